import { insertAccount } from '../../../src/accounts/account-store.ts';
import type { App } from '../../../src/lib/app.ts';
import { transact } from '../../../src/lib/database.ts';
import { AccountId, CaseId, EvidenceId, RowId } from '../../../src/lib/ids.ts';
import type { DataKeyId, PersonId } from '../../../src/lib/ids.ts';

const DAY = 86_400_000;

/** The same app, so many days later. */
export const inDays = (app: App, days: number): App => ({
  ...app,
  clock: { now: () => new Date(app.clock.now().getTime() + days * DAY) },
});

export async function openAccount(
  app: App,
  id = AccountId.make(app),
): Promise<{ accountId: AccountId; dataKeyId: DataKeyId }> {
  const dataKeyId = await transact(app.db, async (tx) => {
    const made = await app.cipher.createDataKey(tx);
    await insertAccount(tx, {
      id,
      kind: 'subscriber',
      state: 'active',
      dataKeyId: made,
      userHandle: app.random.bytes(32),
      displayName: null,
      lang: 'en',
      failedAttempts: 0,
      createdAt: app.clock.now(),
    });
    return made;
  });
  return { accountId: id, dataKeyId };
}

/** A case that closed now, with evidence of the kinds named. */
export async function closedCase(
  app: App,
  given: {
    accountId: AccountId;
    dataKeyId: DataKeyId;
    step: 'approved' | 'withdrawn' | 'expired';
    personId?: PersonId;
    caseId?: CaseId;
    kinds: readonly string[];
  },
): Promise<CaseId> {
  const id = given.caseId ?? CaseId.make(app);
  const at = app.clock.now();
  await app.db('cases').insert({
    id,
    account_id: given.accountId,
    data_key_id: given.dataKeyId,
    pathway: 'chip',
    step: given.step,
    version: 1,
    person_id: given.personId ?? null,
    consented_at: at,
    biometric_consent_at: at,
    created_at: at,
    updated_at: at,
    expires_at: new Date(at.getTime() + 30 * DAY),
    closed_at: at,
  });
  const examinationId = RowId.make(app);
  await app
    .db('case_examinations')
    .insert({ id: examinationId, case_id: id, kind: 'document', outcome: 'accepted', at });
  await app.db('case_checks').insert({
    examination_id: examinationId,
    position: 0,
    name: 'signature',
    outcome: 'passed',
    reason: null,
    clause: null,
  });
  for (const kind of given.kinds)
    await app.db('case_evidence').insert({
      id: EvidenceId.make(app),
      examination_id: examinationId,
      kind,
      content: Buffer.from(`bytes of ${kind}`),
      size_bytes: 10,
      digest: app.random.bytes(32),
      created_at: at,
    });
  return id;
}

/** The kinds of evidence of a case that still have their bytes. */
export async function kindsLeft(app: App, caseId: CaseId): Promise<string[]> {
  const rows = await app
    .db('case_evidence as v')
    .join('case_examinations as e', 'e.id', 'v.examination_id')
    .where('e.case_id', caseId)
    .whereNotNull('v.content')
    .orderBy('v.kind')
    .select('v.kind');
  return rows.map((row: { kind: string }) => row.kind);
}
