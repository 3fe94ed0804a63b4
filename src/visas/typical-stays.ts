import type { ReplayedStay } from './replay-stays.ts';
import type { StayRule } from './stay-rules.ts';

/** Of a rule that names no state. */
const ANY_STATE = 'XXX';
const MOST = 2000;

/**
 * Stays on which a change of rules must show: one entry under each rule of either set, on the first and last day of it and
 * today, with a state that it names. Nobody's; for comparing two sets where no file of stays is at hand.
 */
export function typicalStays(rules: readonly StayRule[], today: string): ReplayedStay[] {
  const stays = new Map<string, ReplayedStay>();
  for (const rule of rules)
    for (const basis of rule.bases)
      for (const admittedOn of [rule.effectiveFrom, rule.effectiveTo, today]) {
        if (admittedOn === null || stays.size >= MOST) continue;
        const visaClass = basis === 'visa' ? rule.code : null;
        const issuingState = rule.states?.[0] ?? ANY_STATE;
        const id = [basis, visaClass ?? '', issuingState, admittedOn]
          .join('_')
          .replaceAll(' ', '-');
        stays.set(id, { id, basis, visaClass, issuingState, admittedOn });
      }
  return [...stays.values()];
}
