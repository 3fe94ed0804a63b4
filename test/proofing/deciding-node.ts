import { z } from 'zod';
import { CaseId, OfficerId } from '../../src/lib/ids.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import { bareApp } from '../bare-app.ts';
import { asksNobody } from './register-of-nobody.ts';

/** One node of several: an officer at it approves each case that the parent names, and tells what came of it. */
const told = z.object({ caseId: z.string(), officerId: z.string(), version: z.number() });

const app = asksNobody(bareApp(6));
await app.db.raw('select 1');
process.on('message', (message) => void answer(message));
process.on('disconnect', () => process.exit(0));
process.send!('ready');

async function answer(message: unknown): Promise<void> {
  const { caseId, officerId, version } = told.parse(message);
  const result = await decideCase(app, {
    caseId: CaseId.parse(caseId)!,
    officerId: OfficerId.parse(officerId)!,
    expectedVersion: version,
    decision: 'approve',
    reasonCode: 'face_matches',
    note: null,
  }).catch((error: unknown) => ({ ok: false, reason: String(error) }) as const);
  process.send!({ caseId, outcome: result.ok ? result.outcome : result.reason });
}
