import { attribute, html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';
import { alert } from './alert.ts';
import { button, safeHref } from './button.ts';

const MESSAGES = [
  'too_dark',
  'too_bright',
  'too_small',
  'denied',
  'missing',
  'busy',
  'failed',
  'unsupported',
] as const;

/**
 * The live picture: opens the camera inside the page, guides, takes, lets retake, and posts a
 * JPEG as the multipart file field `field` (default `portrait`) to `action`, after the CSRF field and `fields`. A picture
 * from a file would prove less (DESIGN section 3), so without scripts it only says what to do.
 */
export function cameraCapture(
  model: { action: string; field?: string; fields?: HtmlValue },
  ui: Ui,
): Html {
  const messages = MESSAGES.map((key) =>
    attribute(`data-message-${key.replace('_', '-')}`, ui.t(`common.camera.${key}`)),
  );
  const control = (data: string, label: string, variant: 'primary' | 'secondary', hidden = true) =>
    button({ label, variant, type: 'button', hidden, data: { [data]: '' } });
  const attributes = [attribute('action', safeHref(model.action)), ...messages];
  return html`<form class="tc-form tc-camera" method="post" enctype="multipart/form-data" data-camera data-state="closed"${attributes}>
${ui.csrfField()}${model.fields}
<p>${ui.t('common.camera.intro')}</p>
${stage(ui)}
<input type="file" name="${model.field ?? 'portrait'}" accept="image/jpeg" data-camera-file hidden>
<p class="tc-script-status" data-camera-review role="status" hidden>${ui.t('common.camera.review')}</p>
<div class="tc-script-message" data-camera-message role="alert" hidden></div>
<noscript>${alert({ tone: 'warning', body: ui.t('common.camera.no_script') })}</noscript>
<div class="tc-buttons">
${control('camera-open', ui.t('common.camera.open'), 'primary')}
${control('camera-take', ui.t('common.camera.take'), 'primary')}
${control('camera-use', ui.t('common.camera.use'), 'primary')}
${control('camera-retake', ui.t('common.camera.retake'), 'secondary')}
</div>
</form>`;
}

/** Where the camera's picture shows, under the oval that guides. */
function stage(ui: Ui): Html {
  const guide = ui.t('common.camera.guide');
  return html`<div class="tc-camera-stage">
<video class="tc-camera-video" data-camera-video playsinline muted aria-label="${guide}"></video>
<canvas class="tc-camera-picture" data-camera-picture role="img" aria-label="${ui.t('common.camera.preview')}" hidden></canvas>
${oval()}
<p class="tc-camera-hint" data-camera-hint role="status">${guide}</p>
</div>`;
}

/** All but an oval is dimmed; the same shape as the proportions of a passport portrait. */
function oval(): Html {
  const shape = 'M150 62c-62 0-98 52-98 124s40 146 98 146 98-74 98-146S212 62 150 62z';
  return html`<svg class="tc-camera-oval" viewBox="0 0 300 400" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
<path fill-rule="evenodd" d="M-300-300h900v1000h-900z${shape}" fill="#0b1526" fill-opacity=".55"/>
<path d="${shape}" fill="none" stroke="#fff" stroke-width="3" stroke-dasharray="10 7"/>
</svg>`;
}
