import { button } from '../components/button.ts';
import { card } from '../components/card.ts';
import { selectField, textField } from '../components/field.ts';
import { form } from '../components/form.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import type { CaseModel } from './case.ts';

/** Who acts for the child, and what the officer saw of it. */
export function guardianCard(model: CaseModel, ui: Ui): Html | null {
  const { t } = ui;
  const { forChild } = model;
  if (!forChild) return null;
  const facts = summaryList([
    { key: t('admin.guardian.basis'), value: t(`admin.guardian.basis_${forChild.basis}`) },
    {
      key: t('admin.guardian.verified'),
      value: forChild.verifiedHow
        ? t(`admin.guardian.proof_${forChild.verifiedHow}`)
        : t('admin.guardian.not_yet'),
    },
  ]);
  return card({
    title: t('admin.guardian.title'),
    body: html`${facts}${
      forChild.verifiedHow === null && forChild.proofs.length > 0
        ? form(
            {
              action: `/console/cases/${model.id}/guardianship`,
              body: html`${selectField({
                name: 'how',
                label: t('admin.guardian.seen'),
                options: forChild.proofs.map((proof) => ({
                  value: proof,
                  label: t(`admin.guardian.proof_${proof}`),
                })),
              })}${textField({
                name: 'document_number',
                label: t('admin.guardian.number'),
                maxLength: 60,
                required: true,
                spellcheck: false,
              })}${button({ label: t('admin.guardian.verify'), variant: 'secondary' })}`,
            },
            ui,
          )
        : null
    }`,
  });
}
