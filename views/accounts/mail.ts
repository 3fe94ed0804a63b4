import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Lang } from '../ui.ts';

/** What a mail says. */
export interface MailModel {
  subject: string;
  paragraphs: readonly string[];
  code?: string;
  actions: readonly { label: string; url: string }[];
  footer: string;
}

/** The mail as plain text. */
export function mailText(model: MailModel): string {
  return [
    ...model.paragraphs.slice(0, 1),
    ...(model.code ? [`    ${spaced(model.code)}`] : []),
    ...model.paragraphs.slice(1),
    ...model.actions.map(({ label, url }) => `${label}:\n${url}`),
    '--',
    model.footer,
    '',
  ].join('\n\n');
}

/** The mail as a page. Mail programs drop style sheets, so the styles stand on the elements. */
export function mailDocument(model: MailModel, lang: Lang): Html {
  const [first, ...more] = model.paragraphs.map(
    (text) => html`<p style="margin:0 0 16px">${text}</p>`,
  );
  const actions = model.actions.map(
    ({ label, url }, index) =>
      html`<p style="margin:0 0 16px">
        <a href="${url}" style="${index === 0 ? PRIMARY : SECONDARY}">${label}</a>
      </p>`,
  );
  const code = model.code
    ? html`<p style="margin:0 0 16px;font-size:32px;font-weight:700;letter-spacing:6px">
        ${spaced(model.code)}
      </p>`
    : null;
  return html`<html lang="${lang}">
    <head>
      <meta charset="utf-8" />
      <title>${model.subject}</title>
    </head>
    <body
      style="margin:0;background:#eef2f8;padding:24px 12px;font-family:system-ui,'Noto Sans','Noto Sans Thai',sans-serif;font-size:16px;line-height:1.5;color:#14213a"
    >
      <div style="max-width:560px;margin:0 auto;background:#fff;border-radius:12px;padding:28px">
        <p style="margin:0 0 20px;font-weight:700;color:#143a73">Tangchat ID · ต่างชาติ</p>
        <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${model.subject}</h1>
        ${first}${code}${more}${actions}
        <p
          style="margin:24px 0 0;border-top:1px solid #d5deea;padding-top:16px;font-size:14px;color:#51607a"
        >
          ${model.footer}
        </p>
      </div>
    </body>
  </html>`;
}

const PRIMARY =
  'display:inline-block;background:#143a73;color:#fff;padding:12px 20px;border-radius:8px;text-decoration:none;font-weight:600';
const SECONDARY = 'color:#143a73;font-weight:600';

function spaced(code: string): string {
  return code.replace(/^(\d{3})(\d{3})$/, '$1 $2');
}
