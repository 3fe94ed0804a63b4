import { attribute, html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import type { Ui } from '../ui.ts';
import { safeHref } from './button.ts';

/**
 * A part that waits for something. `pollUrl` answers JSON `{ state: string, location?: string }`
 * every 2 s while the page is seen: another state loads the page again, a location (a path of ours) goes there.
 */
export function liveStatus(
  model: { pollUrl: string; state: string; body: HtmlValue; stopAfterSeconds?: number },
  ui: Ui,
): Html {
  const again = html`<a class="ds-link" href="${safeHref(ui.path)}">${ui.t('common.live.reload')}</a>`;
  const attributes = [
    attribute('data-poll', safeHref(model.pollUrl)),
    attribute('data-poll-state', model.state),
    attribute('data-poll-seconds', model.stopAfterSeconds ?? 900),
  ];
  return html`<div class="tc-live"${attributes}>${model.body}
<p class="tc-live-stopped" data-poll-stopped role="status" hidden>${ui.t('common.live.stopped')} ${again}</p>
<noscript><p class="tc-live-stopped">${ui.t('common.live.no_script')} ${again}</p></noscript>
</div>`;
}
