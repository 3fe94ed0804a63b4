/** Longer ones would not stand whole on a phone. */
const MAX_CHARACTERS = 80;
/** At most so many marks on one letter: Thai and Burmese need four, writing over other lines needs more. */
const MAX_MARKS = 4;

const READABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{Sc}+=# ]+$/u;
const STACKED = new RegExp(String.raw`\p{M}{${MAX_MARKS + 1}}`, 'u');
const ADDRESS = /:\/\/|www\.|@/i;

/**
 * Whether a binding message can be shown to the person as it is (CIBA Core §7.1: "relatively short and use a limited
 * set of plain text characters"): letters of any script, digits, punctuation. No control, direction or line characters, which
 * would make it read as another; no markup; no addresses, which somebody would follow.
 */
export function isPlainMessage(text: string): boolean {
  return (
    Array.from(text).length <= MAX_CHARACTERS &&
    READABLE.test(text) &&
    text.trim() === text &&
    !STACKED.test(text) &&
    !ADDRESS.test(text)
  );
}
