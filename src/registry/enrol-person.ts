import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import { identityAssurance } from '../assurance/identity.ts';
import { IDENTITY_POLICY } from '../assurance/identity-evidence.ts';
import type { IdentityEvidence } from '../assurance/identity-evidence.ts';
import { signInPolicy } from '../assurance/sign-in-policy.ts';
import type { StayFacts } from '../assurance/stay.ts';
import type { App } from '../lib/app.ts';
import { toPlainDate } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import { PersonId, RowId } from '../lib/ids.ts';
import type { AccountId, CaseId } from '../lib/ids.ts';
import { drawForeignId } from './foreign-id.ts';
import type { ForeignIdNumber } from './foreign-id.ts';
import { findForeignId, insertForeignId } from './foreign-id-store.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import { documentKey, nameKeys, numberKey } from './look-ups.ts';
import type { PersonAttributes, TravelDocumentFacts } from './person.ts';
import { evidenceOf, recordProof } from './record-proof.ts';
import type { ProofFindings } from './record-proof.ts';
import { recordStay } from './record-stay.ts';
import { openNumber, openPerson, sealDocument, sealNumber, sealPerson } from './sealed-person.ts';
import { endProofs, findProofByCase } from './proof-store.ts';
import {
  findAccountPerson,
  findDocument,
  findPerson,
  findPersonDataKey,
  insertDocument,
  insertNameKeys,
  insertPerson,
  insertPersonAccount,
  lockKeys,
  movePersonAccount,
  updatePerson,
} from './store.ts';
import type { DocumentRow } from './store.ts';
import { recordTransition } from './transition-id.ts';

export interface EnrolmentInput {
  /** Also the key that makes issuing idempotent: one case issues once. */
  caseId: CaseId;
  accountId: AccountId;
  /** Who the document says they are; a `ChipDocument` fits both this and the next. */
  holder: PersonAttributes;
  document: TravelDocumentFacts;
  findings: ProofFindings;
  stay: StayFacts;
  /** The level that the pathway aims at. 1: a data page, which puts the person on record and binds no number. */
  leastIal?: 1 | 2;
  /** For somebody not yet admitted: visa or arrival-card date + 90 days, `YYYY-MM-DD`. */
  provisionalUntil: string | null;
  actor: Actor;
}

export type Enrolment =
  | {
      ok: true;
      /**
       * `issued`: the number is bound. `recorded`: IAL1, no number. `reproofed`: a known holder proved the same document
       * again. `repeated`: this case had enrolled before.
       */
      outcome: 'issued' | 'recorded' | 'reproofed' | 'repeated';
      personId: PersonId;
      /** Null at IAL1, which never binds one. */
      number: ForeignIdNumber | null;
      state: ForeignIdState | 'none';
      /** The account that had this person on record by a data page alone, and lost them to this proof. */
      displaced: AccountId | null;
    }
  /** The findings do not reach the level that the pathway aims at; `missing` names the demands left open. */
  | { ok: false; reason: 'assurance_too_low'; missing: string[] }
  /** The document belongs to another person or account: for an officer to settle, never merged by machine. */
  | { ok: false; reason: 'document_on_record'; personId: PersonId }
  /** The account's holder is another person, or the same with another document: a renewal is a case of its own. */
  | { ok: false; reason: 'account_enrolled'; personId: PersonId }
  /** The person's ID is revoked, superseded, or its holder recorded as dead or naturalised. */
  | { ok: false; reason: 'id_closed'; personId: PersonId; state: ForeignIdState };

/**
 * Resolves a proven applicant to a person and issues the foreign-national ID, in the caller's transaction: person,
 * document, proof, account link, number, stay, history and audit all commit together or not at all.
 * Idempotent by `caseId`. Races are sealed twice: by locks taken in one order, and by unique columns under them.
 */
export async function enrolPerson(tx: Tx, app: App, input: EnrolmentInput): Promise<Enrolment> {
  const key = documentKey(app, input.document);
  await lockKeys(tx, [
    `case:${input.caseId}`,
    `account:${input.accountId}`,
    `document:${key.toString('hex')}`,
  ]);
  const earlier = await findProofByCase(tx, input.caseId);
  if (earlier) return told(tx, app, earlier.personId, 'repeated');

  const document = await findDocument(tx, key);
  const proof = evidenceOf(app, {
    findings: input.findings,
    documentExpiresOn: input.document.dateOfExpiry,
    documentLostAt: document?.lostAt ?? null,
  });
  const assurance = identityAssurance([proof], IDENTITY_POLICY, app.clock.now());
  if (assurance.ial < (input.leastIal ?? 2))
    return {
      ok: false,
      reason: 'assurance_too_low',
      missing: assurance.missing.map((demand) => demand.code),
    };

  const personId = await findAccountPerson(tx, input.accountId);
  const binds = assurance.ial >= 2;
  if (document && document.personId !== personId) {
    // A chip or counter proof displaces a data page's (DESIGN section 3); anything else is for an officer.
    const weaker = personId === null && binds && !(await findForeignId(tx, document.personId));
    if (!weaker) return { ok: false, reason: 'document_on_record', personId: document.personId };
    const displaced = await takeOver(tx, app, { input, personId: document.personId });
    const known = { input, proof, binds, personId: document.personId, document };
    const enrolled = await reproof(tx, app, known);
    return enrolled.ok ? { ...enrolled, displaced } : enrolled;
  }
  if (personId && !document) return { ok: false, reason: 'account_enrolled', personId };
  if (personId && document) return reproof(tx, app, { input, proof, binds, personId, document });
  return enrolNew(tx, app, { input, proof, binds, key });
}

/** Moves a person on record at IAL1 to the account that proved more; what the former account proved counts no more. */
async function takeOver(
  tx: Tx,
  app: App,
  { input, personId }: { input: EnrolmentInput; personId: PersonId },
): Promise<AccountId | null> {
  const displaced = await movePersonAccount(tx, {
    personId,
    accountId: input.accountId,
    caseId: input.caseId,
    at: app.clock.now(),
  });
  await endProofs(tx, personId, toPlainDate(app.clock.now()));
  await appendAudit(tx, app, {
    action: 'registry.record_displaced',
    actor: input.actor,
    subject: { kind: 'person', id: personId },
    details: { caseId: input.caseId, fromAccount: displaced, toAccount: input.accountId },
  });
  return displaced;
}

async function enrolNew(
  tx: Tx,
  app: App,
  given: { input: EnrolmentInput; proof: IdentityEvidence; binds: boolean; key: Buffer },
): Promise<Enrolment> {
  const { input, proof, binds, key } = given;
  const at = app.clock.now();
  const personId = PersonId.make(app);
  const dataKeyId = await app.cipher.createDataKey(tx);
  const dataKey = await app.cipher.openDataKey(tx, dataKeyId);
  const sealed = sealPerson(dataKey, personId, input.holder);
  await insertPerson(tx, { id: personId, dataKeyId, sealed, at });
  await insertNameKeys(tx, personId, nameKeys(app, input.holder));
  await insertPersonAccount(tx, {
    accountId: input.accountId,
    personId,
    caseId: input.caseId,
    at,
  });
  const documentId = RowId.make(app);
  await insertDocument(tx, {
    id: documentId,
    personId,
    key,
    sealed: sealDocument(dataKey, documentId, input.document),
    expiresOn: input.document.dateOfExpiry,
    at,
  });
  await recordProof(tx, app, { input, proof, personId, documentId, created: true });
  const bound = binds
    ? await bindNumber(tx, app, { input, personId, dataKey })
    : { number: null, state: 'none' as const };
  await recordStay(tx, app, { personId, stay: input.stay, actor: input.actor });
  const outcome = binds ? 'issued' : 'recorded';
  return { ok: true, outcome, personId, ...bound, displaced: null };
}

/** Draws until a number is free: with ten billion of them, twice in a row means that something is wrong. */
const MOST_DRAWS = 8;

async function bindNumber(
  tx: Tx,
  app: App,
  given: {
    input: EnrolmentInput;
    personId: PersonId;
    dataKey: Parameters<typeof sealNumber>[0];
  },
): Promise<{ number: ForeignIdNumber; state: ForeignIdState }> {
  const { input, personId, dataKey } = given;
  const beforeArrival = input.stay.status === 'not_yet_admitted';
  const state = beforeArrival ? 'provisional' : 'active';
  const reason = beforeArrival ? 'issued_before_arrival' : 'issued';
  const id = RowId.make(app);
  for (let draw = 0; draw < MOST_DRAWS; draw += 1) {
    const number = drawForeignId(app.random, app.config.FOREIGN_ID_PREFIX);
    const bound = await insertForeignId(tx, {
      id,
      personId,
      issueKey: input.caseId,
      number: sealNumber(dataKey, id, number),
      numberKey: numberKey(app, number),
      state,
      provisionalUntil: beforeArrival ? input.provisionalUntil : null,
      at: app.clock.now(),
    });
    if (!bound) continue;
    const { actor } = input;
    await recordTransition(tx, app, {
      id,
      personId,
      from: 'reserved',
      to: state,
      reason,
      actor,
      version: 1,
    });
    return { number, state };
  }
  throw new Error('Every drawn foreign-national ID was taken.');
}

/** The known holder of a known document, proven again: the number stays, the new proof counts beside the old. */
async function reproof(
  tx: Tx,
  app: App,
  given: {
    input: EnrolmentInput;
    proof: IdentityEvidence;
    binds: boolean;
    personId: PersonId;
    document: DocumentRow;
  },
): Promise<Enrolment> {
  const { input, proof, binds, personId, document } = given;
  const foreignId = await findForeignId(tx, personId);
  // A suspended ID may be proven again (a compromised issuer asks for it); that alone does not reactivate it.
  if (foreignId && foreignId.state !== 'suspended' && !signInPolicy(foreignId.state).maySignIn)
    return { ok: false, reason: 'id_closed', personId, state: foreignId.state };
  const dataKey = await openPersonKey(tx, app, personId);
  const known = await findPerson(tx, personId);
  // States reuse numbers after years: the same number with another birth date is another document.
  if (!known || openPerson(dataKey, personId, known).dateOfBirth !== input.holder.dateOfBirth)
    return { ok: false, reason: 'document_on_record', personId };
  const at = app.clock.now();
  await updatePerson(tx, { id: personId, sealed: sealPerson(dataKey, personId, input.holder), at });
  await insertNameKeys(tx, personId, nameKeys(app, input.holder));
  await recordProof(tx, app, { input, proof, personId, documentId: document.id, created: false });
  const firstNumber = binds && !foreignId;
  if (firstNumber) await bindNumber(tx, app, { input, personId, dataKey });
  await recordStay(tx, app, { personId, stay: input.stay, actor: input.actor });
  return told(tx, app, personId, firstNumber ? 'issued' : 'reproofed');
}

async function told(
  tx: Tx,
  app: App,
  personId: PersonId,
  outcome: 'issued' | 'repeated' | 'reproofed',
): Promise<Enrolment & { ok: true }> {
  const foreignId = await findForeignId(tx, personId);
  const known = { ok: true, outcome, personId, displaced: null } as const;
  if (!foreignId) return { ...known, number: null, state: 'none' };
  const dataKey = await openPersonKey(tx, app, personId);
  const number = openNumber(dataKey, foreignId.id, foreignId.number);
  return { ...known, number, state: foreignId.state };
}

async function openPersonKey(tx: Tx, app: App, personId: PersonId) {
  const dataKeyId = await findPersonDataKey(tx, personId);
  if (!dataKeyId) throw new Error('A person is missing.');
  return app.cipher.openDataKey(tx, dataKeyId);
}
