import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** A QR code: `svg` as the qrcode library made it (`raw(…)`), always dark on white; the same way as text for those who cannot scan. */
export function qr(model: { svg: Html; label: string; alternative?: Html | string }): Html {
  const alternative = model.alternative
    ? html`<figcaption>${model.alternative}</figcaption>`
    : null;
  return html`<figure class="tc-qr"><div class="tc-qr-code" role="img" aria-label="${model.label}">${model.svg}</div>${alternative}</figure>`;
}
