import type { BesideModel } from '../../views/admin/beside.ts';
import type { Lang } from '../../views/ui.ts';
import type { CaseId } from '../lib/ids.ts';
import type { BesideCase } from '../proofing/registers/beside-case.ts';
import { stayFrom } from '../visas/stay.ts';

/** What stands beside a case, for its page. Everything is shown as recorded; nothing is judged here. */
export function besideModel(
  id: CaseId,
  beside: BesideCase,
  shown: { lang: Lang; now: Date },
): BesideModel {
  const { registers, lastKnown, rule } = beside;
  return {
    id,
    registers,
    lastKnown: lastKnown && {
      kind: lastKnown.answer.kind,
      ageMinutes: Math.round(lastKnown.ageSeconds / 60),
      name: lastKnown.answer.kind === 'found' ? lastKnown.answer.person.nameAsRecorded : null,
      stay: stayFrom(lastKnown.answer, shown.now).status,
    },
    corrections: beside.corrections.map((one) => ({
      id: one.id,
      entry: one.entry,
      state: one.state.kind,
      at: one.contestedAt,
    })),
    stickers: beside.stickers.map((one) => ({
      id: one.id,
      outcome: one.outcome,
      findings: one.findings,
      mrzLines: one.mrzLines,
      zoneNumber: one.zoneNumber,
      seal: one.sealOutcome,
      at: one.givenAt,
      setAside: one.setAside,
    })),
    rule: rule && {
      code: rule.rule.code,
      name: rule.rule.name[shown.lang],
      lastDay: rule.lastDay,
      lastDayExtended: rule.lastDayExtended,
      nextReportBy: rule.nextReportBy,
      work: rule.rule.work,
      reentryPermit: rule.rule.reentryPermit,
      source: rule.rule.source.name,
      confidence: rule.rule.confidence,
      review: rule.rule.review,
    },
  };
}
