import { expect, it } from 'vitest';
import { decisionTable } from '../../src/documents/decision-table.ts';
import { DECISION_KINDS, DECISION_REASONS } from '../../src/proofing/decision.ts';
import { FOREIGN_ID_STATES, TRANSITIONS } from '../../src/registry/id-lifecycle.ts';
import { CROSS_REFERENCE_KINDS } from '../../src/registry/cross-reference.ts';
import { MERGE_REASONS, SPLIT_REASONS } from '../../src/registry/proposal.ts';
import { LANGUAGES, loadLanguages } from '../../src/web/languages.ts';

/** The console names what others list as codes: a new code without words would be a page that fails. */
const languages = loadLanguages({ strict: true });

it.each(LANGUAGES.map(({ lang }) => lang))('has words in %s for every code it shows', (lang) => {
  const t = languages.translator(lang);
  const reasons = Object.values(TRANSITIONS).flatMap((targets) => Object.values(targets).flat());
  const keys = [
    ...decisionTable.map(({ check }) => `admin.check.${check}`),
    ...Object.keys(DECISION_REASONS).map((reason) => `admin.reason.${reason}`),
    ...DECISION_KINDS.map((kind) => `admin.decision.${kind}`),
    ...FOREIGN_ID_STATES.map((state) => `admin.id_state.${state}`),
    ...reasons.map((reason) => `admin.id_reason.${reason}`),
    ...CROSS_REFERENCE_KINDS.map((kind) => `admin.reference.kind_${kind}`),
    ...[...MERGE_REASONS, ...SPLIT_REASONS].map((reason) => `admin.proposal.reason_${reason}`),
  ];
  expect(keys.length).toBeGreaterThan(50);
  for (const key of keys) expect(t(key)).toMatch(/\S/);
});
