import type { Ui } from '../ui.ts';

/** A text in each language of the pages. */
export interface BothLanguages {
  en: string;
  th: string;
}

/** The text in the language of the page. */
export function inLanguage(text: BothLanguages, ui: Ui): string {
  return text[ui.lang];
}
