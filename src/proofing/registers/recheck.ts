import { appendAudit, SYSTEM } from '../../audit/append.ts';
import type { ChipDocument } from '../../documents/chip-verdict.ts';
import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import type { Tx } from '../../lib/database.ts';
import { RowId } from '../../lib/ids.ts';
import type { CaseId } from '../../lib/ids.ts';
import { findCase } from '../case-store.ts';
import type { ProofingCase, ReviewState } from '../case-state.ts';
import { readDocumentFacts } from '../document-record.ts';
import { judgeRegister } from '../judge-register.ts';
import type { RegisterJudgement } from '../judge-register.ts';
import { readRegisterRecord } from '../register-record.ts';
import { askAll } from './ask-all.ts';
import type { AllAnswers, AskingApp } from './ask-all.ts';
import { findLatestRecheck, insertRecheck } from './recheck-store.ts';
import type { RecheckOutcome } from './recheck-store.ts';
import { hasAlertOf } from './watch-alerts.ts';

/** An approval rests on what registers said at most so long ago. */
export const RECHECK_SECONDS = 30;

/**
 * Asks every register and list once more about a case that is about to be approved, and puts on record whether what is on
 * file still stands. Before the deciding transaction, never within it: no lock is held while somebody else's server takes
 * its time. Does nothing for a case that is not in its review. Who decides one case at the same time, in one process, asks once.
 */
export function recheckRegisters(app: AskingApp, caseId: CaseId): Promise<void> {
  const ofDatabase = underWay.get(app.db) ?? new Map<CaseId, Promise<void>>();
  underWay.set(app.db, ofDatabase);
  const known = ofDatabase.get(caseId);
  if (known) return known;
  const asking = ask(app, caseId).finally(() => ofDatabase.delete(caseId));
  ofDatabase.set(caseId, asking);
  return asking;
}

const underWay = new WeakMap<object, Map<CaseId, Promise<void>>>();

async function ask(app: AskingApp, caseId: CaseId): Promise<void> {
  const proofing = await findCase(app.db, caseId);
  if (proofing?.state.step !== 'review') return;
  const { state } = proofing;
  const document = await readDocumentFacts(app.db, app, {
    proofing,
    examinationId: state.document.examinationId,
  });
  if (!document) return;
  const askedAt = app.clock.now();
  const { issuingState, documentNumber, dateOfBirth } = document;
  const question = { requestId: RowId.make(app), issuingState, documentNumber, dateOfBirth };
  const answers = await askAll(app, question, proofing.dataKeyId);
  const found = await compare(app, { proofing, state, document, answers });
  const id = RowId.make(app);
  const { examinationId } = state.register;
  await transact(app.db, async (tx) => {
    await insertRecheck(tx, { id, caseId, examinationId, askedAt, ...found });
    await appendAudit(tx, app, {
      action: 'proofing.register_rechecked',
      actor: SYSTEM,
      subject: { kind: 'case', id: caseId },
      details: { recheckId: id, outcome: found.outcome },
    });
  });
}

/**
 * Within the deciding transaction, over the locked case: whether the newest word of the registers, whoever asked for it, is
 * about what is on file, fresh, and the same. Otherwise nothing is issued: the case waits and is asked about again.
 */
export async function registersStillSay(
  tx: Tx,
  app: Pick<AskingApp, 'clock'>,
  proofing: ProofingCase & { state: ReviewState },
): Promise<boolean> {
  const { examinationId } = proofing.state.register;
  const latest = await findLatestRecheck(tx, { caseId: proofing.id, examinationId });
  return (
    latest?.outcome === 'stands' && app.clock.now() <= addSeconds(latest.askedAt, RECHECK_SECONDS)
  );
}

async function compare(
  app: AskingApp,
  asked: {
    proofing: ProofingCase;
    state: ReviewState;
    document: ChipDocument;
    answers: AllAnswers;
  },
): Promise<{ outcome: RecheckOutcome; reason: string | null }> {
  const { proofing, state, document, answers } = asked;
  const { main, others, hits, silence } = answers;
  if (silence !== null || main.kind === 'unavailable' || main.kind === 'pending')
    return { outcome: 'silent', reason: silence ?? main.kind };
  const { examinationId } = state.register;
  const record = await readRegisterRecord(app.db, app, { proofing, examinationId, document });
  if (!record) return { outcome: 'changed', reason: 'nothing_on_file' };
  const judged = judgeRegister(main, document, app.clock.now(), {
    others,
    lagSeconds: app.config.REGISTER_LAG_SECONDS,
  });
  const differing = differences(record.judgement, judged);
  for (const { source, hit } of hits)
    if (!(await hasAlertOf(app, { caseId: proofing.id, source, reference: hit.reference })))
      differing.push('watch_list');
  if (differing.length === 0) return { outcome: 'stands', reason: null };
  return { outcome: 'changed', reason: [...new Set(differing)].join('+') };
}

/** What an approval would rest on: every check of the registers, and the stay. How old their data is, is not among it. */
function differences(before: RegisterJudgement, now: RegisterJudgement): string[] {
  const told = (judgement: RegisterJudgement) =>
    new Map(
      judgement.checks.map(({ name, outcome, reason }) => [
        name,
        JSON.stringify([outcome, reason]),
      ]),
    );
  const [earlier, later] = [told(before), told(now)];
  const names = new Set([...earlier.keys(), ...later.keys()]);
  const differing = [...names].filter((name) => earlier.get(name) !== later.get(name));
  const { asOf: _then, ...stayBefore } = before.stay;
  const { asOf: _now, ...stayNow } = now.stay;
  if (before.finding !== now.finding) differing.push('finding');
  if (before.entryPhotoHeld !== now.entryPhotoHeld) differing.push('entry_photo');
  if (JSON.stringify(stayBefore) !== JSON.stringify(stayNow)) differing.push('stay');
  return differing;
}
