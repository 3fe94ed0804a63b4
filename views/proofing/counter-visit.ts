import { alert } from '../components/alert.ts';
import { button, link } from '../components/button.ts';
import { card, cardGrid } from '../components/card.ts';
import { checkbox } from '../components/choices.ts';
import { errorSummary } from '../components/error-summary.ts';
import { hiddenField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `counterVisitPage`. */
export interface CounterVisitModel {
  /** Account of the child, where it is for one. */
  child: string | null;
  /** Just made; shown this once. */
  code: string | null;
  expiresAt: Date | null;
  errors: ('consent' | 'biometric_consent')[];
}

/** What to bring to a counter, the agreement, and the code to show there. */
export function counterVisitPage(model: CounterVisitModel, ui: Ui): Html {
  const { t } = ui;
  const errors = model.errors.map((field) => ({
    field,
    message: t(`proofing.counter.${field}_missing`),
  }));
  return html`${errorSummary(errors, ui)}${pageHeading({
    title: t(model.child ? 'proofing.counter.title_child' : 'proofing.counter.title'),
    lead: t(model.child ? 'proofing.counter.lead_child' : 'proofing.counter.lead'),
  })}${model.code && model.expiresAt ? shown(model.code, model.expiresAt, ui) : before(model, ui)}<section class="tc-section">${form(
    {
      action: '/proofing/counter-codes',
      body: html`${model.child ? hiddenField('child', model.child) : null}${consents(model, ui)}${button(
        {
          label: t(model.code ? 'proofing.counter.new_code' : 'proofing.counter.make_code'),
          variant: model.code ? 'tertiary' : 'primary',
        },
      )}`,
    },
    ui,
  )}</section><p>${link({ label: t('proofing.counter.back'), href: model.child ? '/children' : '/proofing' })}</p>`;
}

function before({ child }: CounterVisitModel, { t }: Ui): Html {
  const item = (key: string) => html`<li>${t(`proofing.counter.${key}`)}</li>`;
  return cardGrid(
    card({
      title: t('proofing.counter.bring'),
      body: html`<ul class="ds-list">${[child ? 'bring_passport_child' : 'bring_passport', 'bring_second', 'bring_phone', 'bring_child'].map(item)}</ul>`,
    }),
    card({
      title: t('proofing.counter.happens'),
      body: html`<ol class="ds-list">${['happens_code', 'happens_inspect', 'happens_face', 'happens_decide'].map(item)}</ol>`,
    }),
  );
}

function shown(code: string, expiresAt: Date, ui: Ui): Html {
  const { t } = ui;
  return html`<p class="tc-match" role="status"><span>${t('proofing.counter.your_code')}</span> <strong translate="no">${code}</strong></p>${alert(
    {
      tone: 'info',
      body: t('proofing.counter.code_body', { time: ui.formatDate(expiresAt, 'dateTime') }),
    },
  )}`;
}

/** Given with the first code, they stand for the next ones. */
function consents(model: CounterVisitModel, { t }: Ui): Html {
  if (model.code)
    return html`${hiddenField('consent', 'yes')}${hiddenField('biometric_consent', 'yes')}`;
  const box = (name: CounterVisitModel['errors'][number]) =>
    checkbox({
      name,
      label: t(`proofing.counter.${name}${model.child ? '_child' : ''}`),
      hint: t(`proofing.counter.${name}_hint`),
      error: model.errors.includes(name) ? t(`proofing.counter.${name}_missing`) : null,
    });
  return html`${box('consent')}${box('biometric_consent')}`;
}
