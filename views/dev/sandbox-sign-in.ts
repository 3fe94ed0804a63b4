import { alert } from '../components/alert.ts';
import { button } from '../components/button.ts';
import { radioGroup } from '../components/choices.ts';
import { hiddenField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Signs a test person in at chosen levels. Names and ids of the controls are stable: suites drive them by machine. */
export function sandboxSignInPage(
  model: { returnTo: string; people: readonly { key: string; name: string; stay: string }[] },
  ui: Ui,
): Html {
  const { t } = ui;
  const key = 'dev.sandbox_sign_in';
  const levels = (name: 'ial' | 'aal', values: readonly number[]) =>
    radioGroup({
      name,
      legend: t(`${key}.${name}`),
      value: '2',
      options: values.map((value) => ({
        value: String(value),
        label: `${name.toUpperCase()}${value}`,
        hint: t(`${key}.${name}${value}`),
      })),
    });
  return html`${pageHeading({ title: t(`${key}.title`), lead: t(`${key}.lead`) })}${alert({
    tone: 'info',
    body: t(`${key}.only_here`),
  })}${form(
    {
      action: '/dev/sign-in',
      id: 'sandbox-sign-in',
      body: html`${hiddenField('return_to', model.returnTo)}${radioGroup({
        name: 'person',
        legend: t(`${key}.person`),
        value: model.people[0]?.key,
        options: model.people.map(({ key: value, name, stay }) => ({
          value,
          label: html`<span translate="no">${name}</span>`,
          hint: t(`${key}.stay.${stay}`),
        })),
      })}${levels('ial', [0, 1, 2, 3])}${levels('aal', [1, 2, 3])}${button({
        label: t(`${key}.action`),
        id: 'sandbox-sign-in-submit',
        fullWidth: true,
      })}`,
    },
    ui,
  )}`;
}
