import { card } from '../components/card.ts';
import { statusTag } from '../components/status-tag.ts';
import { table } from '../components/table.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Ui } from '../ui.ts';
import type { CaseCheck, CaseModel } from './case.ts';

const TONES = {
  passed: 'success',
  failed: 'danger',
  unknown: 'warning',
  warned: 'warning',
} as const;

/** Every check with its outcome: what did not pass first, the rest folded away. */
export function checksCard(model: Pick<CaseModel, 'checks'>, ui: Ui): Html {
  const { t } = ui;
  const passed = model.checks.filter(({ outcome }) => outcome === 'passed');
  const others = model.checks.filter(({ outcome }) => outcome !== 'passed');
  return card({
    title: t('admin.case.checks'),
    body: html`${others.length > 0 ? checkTable(others, ui) : null}
      <details class="ds-details">
        <summary>${t('admin.case.checks_passed', { count: passed.length })}</summary>
        <div>${checkTable(passed, ui)}</div>
      </details>`,
  });
}

function checkTable(checks: readonly CaseCheck[], ui: Ui): Html {
  const { t } = ui;
  return table({
    caption: t('admin.case.checks'),
    captionHidden: true,
    columns: ['check', 'outcome', 'reason', 'clause'].map((name) => ({
      label: t(`admin.case.check_${name}`),
    })),
    rows: checks.map((check) => [
      t(`admin.check.${check.name}`),
      statusTag({
        label: t(`admin.outcome.${check.outcome}`),
        tone: TONES[check.outcome as keyof typeof TONES] ?? 'neutral',
      }),
      check.reason ? html`<code>${check.reason}</code>` : '',
      check.clause ?? '',
    ]),
  });
}
