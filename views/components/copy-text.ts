import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import { button } from './button.ts';

/** A text to take along, with a copy button where scripts run. */
export function copyText(model: { value: string; label: string }, ui: Ui): Html {
  const copy = button({
    label: ui.t('common.copy.action'),
    variant: 'secondary',
    type: 'button',
    hidden: true,
    data: { 'copy-action': '', 'copy-done': ui.t('common.copy.done') },
  });
  return html`<div class="tc-copy" data-copy>
<span class="tc-copy-label">${model.label}</span>
<code class="tc-copy-value" tabindex="0">${model.value}</code>${copy}
</div>`;
}
