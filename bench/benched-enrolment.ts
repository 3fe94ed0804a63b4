import { SYSTEM } from '../src/audit/append.ts';
import { REMOTE_OFFICER } from '../src/dev/sandbox-sign-in/test-people.ts';
import { CaseId } from '../src/lib/ids.ts';
import type { AccountId } from '../src/lib/ids.ts';
import type { App } from '../src/lib/app.ts';
import type { EnrolmentInput } from '../src/registry/enrolment.ts';
import type { PersonAttributes, TravelDocumentFacts } from '../src/registry/person.ts';

/** The enrolment of somebody with a chip, whom an officer approved and whose stay is lawful for years. */
export function benchedEnrolment(
  app: Pick<App, 'clock' | 'random'>,
  {
    accountId,
    passport,
  }: { accountId: AccountId; passport: PersonAttributes & TravelDocumentFacts },
): EnrolmentInput {
  return {
    caseId: CaseId.make(app),
    accountId,
    holder: passport,
    document: passport,
    findings: {
      ...REMOTE_OFFICER,
      documentSigner: 'ab'.repeat(32),
      trustAnchor: 'cd'.repeat(32),
    },
    stay: {
      status: 'lawful_until',
      admittedUntil: '2030-11-30',
      basis: 'visa',
      asOf: '2026-11-20T00:00:00.000Z',
      source: 'bench',
    },
    provisionalUntil: null,
    actor: SYSTEM,
  };
}
