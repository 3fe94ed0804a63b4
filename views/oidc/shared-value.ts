import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';

/** A travel document as its holder reads it. */
export interface ShownDocument {
  type: string;
  number: string;
  /** State code of the document's zone. */
  issuer: string;
  /** `YYYY-MM-DD`; null where the document states none. */
  expires: string | null;
}

/** What one line of a consent would tell the service. */
export type SharedValue =
  | { kind: 'text'; text: string }
  | { kind: 'date'; date: string }
  | { kind: 'number'; number: string }
  | { kind: 'stay'; status: string; until: string | null }
  | { kind: 'documents'; documents: readonly ShownDocument[] }
  | { kind: 'verification'; ial: number; methods: readonly string[]; at: Date };

/** The value in the person's language. Names, numbers and codes are never translated. */
export function sharedValue(value: SharedValue, ui: Ui): HtmlValue {
  switch (value.kind) {
    case 'text':
      return html`<span translate="no">${value.text}</span>`;
    case 'date':
      return ui.formatDate(value.date);
    case 'number':
      return numberValue(value.number);
    case 'stay':
      return stayValue(value, ui);
    case 'documents':
      return value.documents.map((document) => html`<div>${documentValue(document, ui)}</div>`);
    case 'verification':
      return verificationValue(value, ui);
  }
}

function stayValue(stay: { status: string; until: string | null }, ui: Ui): string {
  const status = ui.t(`oidc.stay.${stay.status}`);
  return stay.until === null
    ? status
    : ui.t('oidc.stay.until', { status, date: ui.formatDate(stay.until) });
}

/** In the groups that people read it in. */
function numberValue(number: string): Html {
  const groups = /^(.)(.{4})(.{4})(.{2})(.{2})$/.exec(number);
  const shown = groups ? groups.slice(1).join(' ') : number;
  return html`<span class="tc-oidc-number" translate="no">${shown}</span>`;
}

function documentValue(document: ShownDocument, ui: Ui): Html {
  const type = ui.t(`oidc.document.${document.type}`);
  const expires = document.expires
    ? ui.t('oidc.document.valid_until', { date: ui.formatDate(document.expires) })
    : null;
  return html`${type} <span translate="no">${document.number} · ${document.issuer}</span>${expires ? html` · ${expires}` : null}`;
}

function verificationValue(
  value: { ial: number; methods: readonly string[]; at: Date },
  ui: Ui,
): Html {
  return html`<div>${ui.t('oidc.verification.level', {
    ial: value.ial,
    date: ui.formatDate(value.at),
  })}</div>${value.methods.map(
    (method) => html`<div>${ui.t(`oidc.verification.${method}`)}</div>`,
  )}`;
}
