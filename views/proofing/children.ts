import { alert } from '../components/alert.ts';
import { button, linkButton } from '../components/button.ts';
import { card } from '../components/card.ts';
import { radioGroup } from '../components/choices.ts';
import { errorSummary } from '../components/error-summary.ts';
import { form } from '../components/form.ts';
import { pageHeading } from '../components/page-heading.ts';
import { summaryList } from '../components/summary-list.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';

/** Model of `childrenPage`. */
export interface ChildrenModel {
  children: readonly {
    accountId: string;
    /** Null until the child is proven. */
    name: string | null;
    basis: string;
    verified: boolean;
    /** The first day of full age. */
    endsOn: string | null;
    caseId: string | null;
    step: string | null;
  }[];
  /** The signed-in person is proven themselves. */
  mayDeclare: boolean;
  bases: readonly string[];
  /** Locale key. */
  error: string | null;
}

/** The children that somebody acts for, and how to add one. */
export function childrenPage(model: ChildrenModel, ui: Ui): Html {
  const { t } = ui;
  const error = model.error ? t(model.error) : null;
  return html`${errorSummary(error ? [{ field: 'basis', message: error }] : [], ui)}${pageHeading({
    title: t('proofing.children.title'),
    lead: t('proofing.children.lead'),
  })}<div class="tc-stack">${model.children.map((child) => childCard(child, ui))}</div>${
    model.mayDeclare
      ? card({
          title: t('proofing.children.add'),
          body: form(
            {
              action: '/children',
              body: html`${radioGroup({
                name: 'basis',
                legend: t('proofing.children.basis'),
                hint: t('proofing.children.basis_hint'),
                options: model.bases.map((basis) => ({
                  value: basis,
                  label: t(`proofing.children.basis_${basis}`),
                })),
                error,
              })}${button({ label: t('proofing.children.begin') })}`,
            },
            ui,
          ),
        })
      : alert({ tone: 'info', body: t('proofing.children.prove_first') })
  }`;
}

function childCard(child: ChildrenModel['children'][number], ui: Ui): Html {
  const { t } = ui;
  const isProven = child.step === 'approved';
  const href = child.caseId && !isProven ? `/cases/${child.caseId}` : null;
  return card({
    title: child.name ?? t('proofing.children.unnamed'),
    body: summaryList([
      { key: t('proofing.children.basis'), value: t(`proofing.children.basis_${child.basis}`) },
      {
        key: t('proofing.children.verified'),
        value: t(
          child.verified ? 'proofing.children.verified_yes' : 'proofing.children.verified_no',
        ),
      },
      {
        key: t('proofing.children.state'),
        value: t(`proofing.children.state_${isProven ? 'proven' : href ? 'under_way' : 'none'}`),
      },
      ...(child.endsOn
        ? [{ key: t('proofing.children.ends_on'), value: ui.formatDate(child.endsOn, 'long') }]
        : []),
    ]),
    footer: html`${href ? linkButton({ label: t('proofing.children.go_on'), href }) : null}${
      !child.caseId
        ? html`${linkButton({ label: t('proofing.children.prove'), href: `/proofing?child=${child.accountId}` })}`
        : null
    }${
      isProven
        ? null
        : linkButton({
            label: t('proofing.children.to_counter'),
            href: `/proofing/counter?child=${child.accountId}`,
            variant: 'secondary',
          })
    }${form(
      {
        action: `/children/${child.accountId}/end`,
        compact: true,
        body: button({ label: t('proofing.children.end'), variant: 'tertiary' }),
      },
      ui,
    )}`,
  });
}
