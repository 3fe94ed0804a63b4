import { linkButton } from '../components/button.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import type { CaseModel } from './case.ts';

/** A counter's case is worked on at a page of its own; its refusal is a letter. */
export function counterLink(model: CaseModel, ui: Ui): Html | null {
  const { t } = ui;
  if (model.pathway !== 'counter') return null;
  if (model.isOpen)
    return linkButton({
      label: t('admin.counter.to_steps'),
      href: `/console/cases/${model.id}/counter`,
      variant: model.step === 'review' ? 'secondary' : 'primary',
    });
  return model.step === 'refused'
    ? linkButton({
        label: t('admin.counter.to_letter'),
        href: `/console/cases/${model.id}/letter`,
        variant: 'secondary',
      })
    : null;
}
