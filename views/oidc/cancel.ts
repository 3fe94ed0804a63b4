import { button } from '../components/button.ts';
import { form } from '../components/form.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Back to the service with nothing shared. */
export function cancelForm(model: { uid: string; label: string }, ui: Ui): Html {
  return form(
    {
      action: `/interaction/${model.uid}/cancellation`,
      body: button({ label: model.label, variant: 'tertiary' }),
      compact: true,
    },
    ui,
  );
}
