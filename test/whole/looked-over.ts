import { join } from 'node:path';
import { expect } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import { openDatabase } from '../../src/lib/database.ts';
import type { Db } from '../../src/lib/database.ts';
import { findEmbeddedPostgres } from '../../src/lib/embedded-postgres.ts';
import { loadKeys } from '../../src/lib/keys.ts';
import { signIn } from '../walk.ts';
import { expectStatus } from './answers.ts';
import { caseStateOf, foreignIdOf, receivedFiles } from './applicant.ts';
import type { Applicant, StepName } from './applicant.ts';
import type { Place } from './running-product.ts';

/** What must hold in the database at any moment, each with a query that gives the rows that break it. */
const INVARIANTS: Readonly<Record<string, string>> = {
  'every account has a passkey, an address and the record of its making': `
    select a.id from accounts a where a.kind = 'subscriber' and not (
      exists (select from passkeys p where p.account_id = a.id)
      and exists (select from contact_addresses c where c.account_id = a.id)
      and exists (select from audit_events e where e.action = 'accounts.account_created' and e.subject_id = a.id::text))`,
  'a case past the document has an accepted one, with its files': `
    select c.id from cases c where c.step in ('portrait', 'register', 'review', 'approved') and not exists (
      select from case_examinations x where x.case_id = c.id and x.kind = 'document' and x.outcome = 'accepted'
         and (select count(*) from case_evidence v where v.examination_id = x.id) >= 4)`,
  'a case with a portrait has the picture': `
    select c.id from cases c where c.step in ('register', 'review', 'approved') and not exists (
      select from case_examinations x join case_evidence v on v.examination_id = x.id
       where x.case_id = c.id and x.kind = 'portrait')`,
  'an approved case has one decision, one ID, one proof, one account link, one notice': `
    select c.id from cases c where c.step = 'approved' and (
      (select count(*) from case_decisions d where d.case_id = c.id and d.outcome = 'approved') <> 1
      or (select count(*) from foreign_ids f where f.issue_key = c.id) <> 1
      or (select count(*) from identity_proofs p where p.case_id = c.id) <> 1
      or (select count(*) from person_accounts l where l.case_id = c.id and l.account_id = c.account_id) <> 1
      or (select count(*) from messages m where m.account_id = c.account_id and m.template = 'proofing_completed') <> 1
      or (select count(*) from audit_events e where e.action = 'proofing.case_decided' and e.subject_id = c.id::text) <> 1)`,
  'no ID is there without its approved case': `
    select f.id from foreign_ids f where not exists (
      select from cases c where c.id = f.issue_key and c.step = 'approved')`,
  'a mail that waits has its job': `
    select m.id from messages m where m.state = 'queued' and not exists (
      select from graphile_worker._private_jobs j where j.payload->>'messageId' = m.id::text and j.attempts < j.max_attempts)`,
  'a case that waits for the register has its job': `
    select c.id from cases c where c.step in ('portrait', 'register') and c.register_finding is null and not exists (
      select from graphile_worker._private_jobs j where j.key = 'ask_register:' || c.id and j.attempts < j.max_attempts)`,
};

/** The database of a running place, for `work`. */
export async function withDatabase<Result>(
  place: Place,
  work: (db: Db) => Promise<Result>,
): Promise<Result> {
  const url = await findEmbeddedPostgres(place.dataDir);
  const db = openDatabase({ url: url!, poolSize: 2 });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

/** Nothing half-done, nothing lost on its way, and an unbroken audit trail. */
export async function expectSoundDatabase(place: Place): Promise<void> {
  await withDatabase(place, async (db) => {
    for (const [sentence, sql] of Object.entries(INVARIANTS)) {
      const { rows } = await db.raw<{ rows: unknown[] }>(sql);
      expect(rows, sentence).toEqual([]);
    }
    const report = await verifyAudit(db, {
      headsFile: join(place.dataDir, 'audit/heads.jsonl'),
      publicKeys: [loadKeys(place.keysDir).auditSigningJwk],
    });
    expect(report, JSON.stringify(report.faults)).toMatchObject({ sound: true });
  });
}

const STATES = ['document', 'portrait', 'register', 'review', 'approved'];
const LEAST: Partial<Record<StepName, string>> = {
  consent: 'document',
  chip: 'portrait',
  portrait: 'register',
  review: 'review',
};

/** All that was acknowledged to a person is there: asked over HTTP, with what they hold. */
export async function expectAllKept(person: Applicant): Promise<void> {
  const { acknowledged, walker, device } = person;
  if (!acknowledged.has('address')) return;
  if (!acknowledged.has('passkey')) {
    const page = await walker.get(acknowledged.has('code') ? '/create/passkey' : '/create/code');
    // Or the step under way had gone through: then its passkey opens the account.
    if (page.location === '/create') expectStatus(await signIn(walker, device), 303);
    return;
  }
  expectStatus(await walker.get('/home'), 200);
  if (!acknowledged.has('consent')) return;
  const [state = ''] = (await caseStateOf(person)).split('.');
  for (const [step, least] of Object.entries(LEAST))
    if (acknowledged.has(step as StepName))
      expect(STATES.indexOf(state), `${step} leads to ${least}`).toBeGreaterThanOrEqual(
        STATES.indexOf(least),
      );
  if (state === 'document' && person.phone && acknowledged.has('session')) {
    const received = await receivedFiles(person);
    for (const [name, sizeBytes] of person.phone.sent) expect(received.get(name)).toBe(sizeBytes);
  }
  if (person.foreignId) expect(await foreignIdOf(person)).toBe(person.foreignId);
}
