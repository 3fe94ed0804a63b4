import type { PersonId } from '../../../src/lib/ids.ts';
import { transitionId } from '../../../src/registry/transition-id.ts';
import { beforeAll } from 'vitest';
import { keepers } from '../../../src/jobs.ts';
import { SYSTEM } from '../../../src/audit/append.ts';
import type { App } from '../../../src/lib/app.ts';
import { toPlainDate } from '../../../src/lib/clock.ts';
import { transact } from '../../../src/lib/database.ts';
import { CaseId } from '../../../src/lib/ids.ts';
import { purgeAll } from '../../../src/proofing/retention/purge.ts';
import { placeHold } from '../../../src/registry/legal-holds.ts';
import { testApp } from '../../harness.ts';
import { enrolled } from '../../registry/enrolment.ts';
import { closedCase, inDays, openAccount } from './records.ts';

export const CHIP = ['EF_SOD', 'DG1', 'DG2', 'live_portrait', 'register_answer'];

/** What the tests of the purge share: a database of the test file, and its people. */
export function retentionWorld(use: (app: App) => void) {
  let app: App;
  beforeAll(async () => {
    app = await testApp();
    use(app);
  });

  const purge = (days: number) => purgeAll(inDays(app, days), keepers);
  const reportOf = (name: string, days = 0) =>
    app
      .db('purge_reports')
      .where({ class: name, day: toPlainDate(inDays(app, days).clock.now()) })
      .first();
  const said = () => {
    const out: string[] = [];
    const io = {
      out: (text: string) => void out.push(text),
      err: (text: string) => void out.push(text),
    };
    return { io, json: () => JSON.parse(out.at(-1)!) as Record<string, unknown> };
  };
  const hold = (target: Parameters<typeof placeHold>[2]['target']) =>
    transact(app.db, (tx) =>
      placeHold(tx, app, { target, reason: 'court_order', reference: '123/2569', actor: SYSTEM }),
    );
  /** Somebody with an ID, an account and the case that proved them. */
  async function proven(kinds: readonly string[] = CHIP) {
    const account = await openAccount(app);
    const caseId = CaseId.make(app);
    const { personId, document } = await enrolled(app, { accountId: account.accountId, caseId });
    await closedCase(app, { ...account, caseId, personId, step: 'approved', kinds });
    return { ...account, personId, caseId, document };
  }
  const revoke = (personId: PersonId) =>
    transact(app.db, (tx) =>
      transitionId(tx, app, { personId, to: 'deceased', reason: 'death_recorded', actor: SYSTEM }),
    );
  return { revoke, purge, reportOf, said, hold, proven };
}
