import { appendAudit } from '../audit/append.ts';
import { identityAssurance } from '../assurance/identity.ts';
import { IDENTITY_POLICY } from '../assurance/identity-evidence.ts';
import { signInPolicy } from '../assurance/sign-in-policy.ts';
import type { App } from '../lib/app.ts';
import { toPlainDate } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import { PersonId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import { writeTogether } from '../lib/write-together.ts';
import { findApplicantRecord } from './applicant-store.ts';
import { bindDrawn, bindNumber, drawNumber } from './bind-number.ts';
import { findCandidates } from './candidates.ts';
import { moveDocument } from './document-store.ts';
import type { DocumentRow } from './document-store.ts';
import type { Applicant, Enrolment, EnrolmentInput } from './enrolment.ts';
import { drawForeignId } from './foreign-id.ts';
import type { ForeignIdNumber } from './foreign-id.ts';
import { findForeignId } from './foreign-id-store.ts';
import { joinDocument } from './join-document.ts';
import { documentKey, nameKeys, numberKey } from './look-ups.ts';
import { endProofs } from './proof-store.ts';
import { recordDocument } from './record-document.ts';
import { evidenceOf, recordProof } from './record-proof.ts';
import { recordFirstStay, recordStay } from './record-stay.ts';
import { returnErased } from './return-erased.ts';
import { openPerson, sealDocument, sealHolder, sealPerson } from './sealed-person.ts';
import { keepCrossReferences, openPersonKey, putNameKeys, told } from './told.ts';
import {
  findPerson,
  findPersonFate,
  insertPerson,
  insertPersonAccount,
  lockKeys,
  movePersonAccount,
  updatePerson,
} from './store.ts';
import { survivorOf } from './survivor.ts';

export type { Enrolment, EnrolmentInput } from './enrolment.ts';

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
    // Two accounts of one human, each with another passport: the second must find the first.
    ...nameKeys(app, input.holder).map((name) => `name:${name.toString('hex')}`),
  ]);
  const drawn = drawForeignId(app.random, app.config.FOREIGN_ID_PREFIX);
  const { caseId, accountId } = input;
  const found = await findApplicantRecord(tx, {
    caseId,
    accountId,
    documentKey: key,
    numberKey: numberKey(app, drawn),
  });
  if (found.provenAs) return told(tx, app, found.provenAs, 'repeated');

  const { document, accountPersonId: personId } = found;
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
  const applicant = { input, proof, binds: assurance.ial >= 2 };
  if (document) return knownDocument(tx, app, { ...applicant, document, personId });
  if (personId) return joinDocument(tx, app, { ...applicant, personId, key });
  return enrolNew(tx, app, { ...applicant, key, drawn: found.numberTaken ? null : drawn });
}

/** The document is on record: its holder proves it again, or somebody has to settle whose it is. */
async function knownDocument(
  tx: Tx,
  app: App,
  given: Applicant & { document: DocumentRow; personId: PersonId | null },
): Promise<Enrolment> {
  const { input, binds, document, personId } = given;
  const holder = await survivorOf(tx, document.personId);
  if (holder === personId) return reproof(tx, app, { ...given, personId });
  const conflict = { ok: false, reason: 'document_on_record', personId: holder } as const;
  if (personId !== null || !binds) return conflict;
  const fate = await findPersonFate(tx, holder);
  if (fate?.erasedAt)
    return (await returnErased(tx, app, { ...given, personId: holder })) ?? conflict;
  // A chip or counter proof displaces a data page's (DESIGN section 3); anything else is for an officer.
  if (await findForeignId(tx, holder)) return conflict;
  // Asked before anything moves: what is held is not rolled back.
  if (!(await isBornAlike(tx, app, holder, input))) return conflict;
  const displaced = await takeOver(tx, app, { input, personId: holder });
  const enrolled = await reproof(tx, app, { ...given, personId: holder });
  return enrolled.ok ? { ...enrolled, displaced } : enrolled;
}

/** Moves a person on record at IAL1 to the account that proved more; what the former account proved counts no more. */
async function takeOver(
  tx: Tx,
  app: App,
  { input, personId }: { input: EnrolmentInput; personId: PersonId },
): Promise<AccountId | null> {
  const { accountId, caseId, actor } = input;
  const at = app.clock.now();
  const displaced = await movePersonAccount(tx, { personId, accountId, caseId, at });
  await endProofs(tx, personId, toPlainDate(at));
  await appendAudit(tx, app, {
    action: 'registry.record_displaced',
    actor,
    subject: { kind: 'person', id: personId },
    details: { caseId, fromAccount: displaced, toAccount: accountId },
  });
  return displaced;
}

async function enrolNew(
  tx: Tx,
  app: App,
  given: Applicant & { key: Buffer; drawn: ForeignIdNumber | null },
): Promise<Enrolment> {
  const { input, proof, binds, key, drawn } = given;
  const candidates = await openCandidates(tx, app, input);
  if (candidates.length > 0) return { ok: false, reason: 'candidates_found', candidates };
  const personId = PersonId.make(app);
  const number = binds ? (drawn ?? (await drawNumber(tx, app))) : null;
  const made = await writeTogether(tx, async (later) => {
    const dataKey = await putPerson(later, app, { input, proof, key, personId });
    if (number === null) return { number, state: 'none' as const };
    const bound = await bindDrawn(later, app, { input, personId, dataKey, number });
    const { stay, actor } = input;
    await recordFirstStay(later, app, { personId, stay, actor });
    return bound;
  });
  await keepCrossReferences(tx, app, { input, personId });
  const outcome = binds ? 'issued' : 'recorded';
  return { ok: true, outcome, personId, ...made, displaced: null };
}

/** Person, keys of their name, account, document and proof: written, nothing read. */
async function putPerson(
  tx: Tx,
  app: App,
  given: Pick<Applicant, 'input' | 'proof'> & { key: Buffer; personId: PersonId },
): Promise<DataKey> {
  const { input, proof, key, personId } = given;
  const at = app.clock.now();
  const dataKey = await app.cipher.makeDataKey(tx);
  const sealed = sealPerson(dataKey, personId, input.holder);
  await insertPerson(tx, { id: personId, dataKeyId: dataKey.id, sealed, at });
  await putNameKeys(tx, app, personId, input.holder);
  const { accountId, caseId } = input;
  await insertPersonAccount(tx, { accountId, personId, caseId, at });
  const documentId = await recordDocument(tx, app, { input, personId, key, dataKey });
  await recordProof(tx, app, { input, proof, personId, documentId, created: true });
  return dataKey;
}

/** Whom the search finds before a number is bound, and the officer has not compared the applicant with. */
async function openCandidates(tx: Tx, app: App, input: EnrolmentInput): Promise<PersonId[]> {
  const { dismissed = [] } = input;
  if (dismissed === 'all') return [];
  const found = await findCandidates(tx, app, input.holder, input.crossReferences);
  return found.map(({ personId }) => personId).filter((personId) => !dismissed.includes(personId));
}

/** The known holder of a known document, proven again: the number stays, the new proof counts beside the old. */
async function reproof(
  tx: Tx,
  app: App,
  given: Applicant & { personId: PersonId; document: DocumentRow },
): Promise<Enrolment> {
  const { input, proof, binds, personId, document } = given;
  const foreignId = await findForeignId(tx, personId);
  // A suspended ID may be proven again (a compromised issuer asks for it); that alone does not reactivate it.
  if (foreignId && foreignId.state !== 'suspended' && !signInPolicy(foreignId.state).maySignIn)
    return { ok: false, reason: 'id_closed', personId, state: foreignId.state };
  if (!(await isBornAlike(tx, app, personId, input)))
    return { ok: false, reason: 'document_on_record', personId };
  const dataKey = await openPersonKey(tx, app, personId);
  const at = app.clock.now();
  await updatePerson(tx, { id: personId, sealed: sealPerson(dataKey, personId, input.holder), at });
  await putNameKeys(tx, app, personId, input.holder);
  // One that came by a merge is sealed under the other person's key: from now on under this one's.
  await moveDocument(tx, {
    id: document.id,
    personId,
    sealed: sealDocument(dataKey, document.id, input.document),
    holder: sealHolder(dataKey, document.id, input.holder),
  });
  await recordProof(tx, app, { input, proof, personId, documentId: document.id, created: false });
  const firstNumber = binds && !foreignId;
  if (firstNumber) await bindNumber(tx, app, { input, personId, dataKey });
  await keepCrossReferences(tx, app, { input, personId });
  await recordStay(tx, app, { personId, stay: input.stay, actor: input.actor });
  return told(tx, app, personId, firstNumber ? 'issued' : 'reproofed');
}

/** States reuse numbers after years: the same number with another birth date is another document. */
async function isBornAlike(
  tx: Tx,
  app: App,
  personId: PersonId,
  { holder }: EnrolmentInput,
): Promise<boolean> {
  const known = await findPerson(tx, personId);
  if (!known) return false;
  const dataKey = await openPersonKey(tx, app, personId);
  return openPerson(dataKey, personId, known).dateOfBirth === holder.dateOfBirth;
}
