import type { Service } from '../agencies/service.ts';
import { verifyChip } from '../documents/verify-chip.ts';
import type { ChipVerdict } from '../documents/chip-verdict.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import { heldFacts, claimFacts, readHolder } from '../oidc/holder.ts';
import { levelClaims } from '../oidc/level-claims.ts';
import { subjectOf } from '../oidc/subject.ts';
import { formatForeignId } from '../registry/foreign-id.ts';
import type { ForeignIdNumber } from '../registry/foreign-id.ts';
import type { ProofFindings } from '../registry/record-proof.ts';
import { chipTrust } from '../trust/chip-trust.ts';
import { comparePerson } from '../visas/compare-person.ts';
import type { RegisterFound } from '../visas/register-answer.ts';
import type { RegisterPort } from '../visas/register-port.ts';
import { demoPeople } from './demo-people.ts';
import type { DemoPerson } from './demo-people.ts';
import { answerActiveAuthentication } from './passport-maker/answer-active-authentication.ts';
import { openKeylessAccount } from './keyless-account.ts';
import { REMOTE_OFFICER } from './sandbox-sign-in/test-people.ts';
import type { SandboxPassport } from './passport-maker/make-passport.ts';

/** Somebody new at every run: one who is on record from the last one would be asked who they are. */
export function newTraveller(app: Pick<App, 'random'>): DemoPerson {
  const syllables = ['BER', 'DAL', 'FJELL', 'GREN', 'HOLM', 'KVIST', 'LUND', 'RYD', 'SKOG', 'VIK'];
  const draw = () => syllables[app.random.integer(syllables.length)]!;
  const name = `${draw()}${draw()}${draw()}`;
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    ...demoPeople.anna,
    primaryIdentifier: name,
    printedPrimary: name,
    secondaryIdentifier: 'LIV SOFIA',
    printedSecondary: 'LIV SOFIA',
    dateOfBirth: `${1970 + app.random.integer(30)}-${two(1 + app.random.integer(12))}-${two(1 + app.random.integer(28))}`,
    documentNumber: drawDocumentNumber(app),
    visaNumber: `V${String(app.random.integer(1_000_000_000)).padStart(9, '0')}`,
    email: `liv.${name.toLowerCase()}@test.invalid`,
  };
}

export function drawDocumentNumber(app: Pick<App, 'random'>): string {
  return `L${String(app.random.integer(100_000_000)).padStart(8, '0')}`;
}

/** An account without a passkey: nobody signs in to it but this play. */
export function openDemoAccount(app: App, address: string): Promise<AccountId> {
  return transact(app.db, async (tx) => (await openKeylessAccount(tx, app, address)).accountId);
}

export type ReadChip = ChipVerdict & { document: NonNullable<ChipVerdict['document']> };

/** Reads the chip as a phone does, and judges it with the anchors of the trust store: real files, real signatures. */
export async function readChip(app: App, passport: SandboxPassport): Promise<ReadChip> {
  const challenge = app.random.bytes(8);
  const response = answerActiveAuthentication(passport.chipKey, challenge, app.random);
  const verdict = verifyChip({
    files: passport.files,
    now: app.clock.now(),
    activeAuthentication: { challenge, response },
    ...(await chipTrust(app.db, app, passport.files)),
  });
  if (verdict.outcome !== 'genuine' || !verdict.document)
    throw new Error(`The sandbox passport is ${verdict.outcome}.`);
  return { ...verdict, document: verdict.document };
}

/** What the register says of a document, over HTTP, signed; it must name the person that the chip names. */
export async function askRegister(
  app: App & { register: RegisterPort },
  { document }: ReadChip,
): Promise<RegisterFound> {
  const answer = await app.register.ask({
    requestId: RowId.make(app),
    issuingState: document.issuingState,
    documentNumber: document.documentNumber,
    dateOfBirth: document.dateOfBirth,
  });
  if (answer.kind !== 'found') throw new Error(`The sandbox register says ${answer.kind}.`);
  if (!comparePerson(answer, document).agree) throw new Error('The sandbox register disagrees.');
  return answer;
}

/** What such a proofing leaves on record: an officer compared the faces (played here), the clone check passed. */
export function findingsOf(verdict: ReadChip): ProofFindings {
  return {
    ...REMOTE_OFFICER,
    chipVerdict: verdict.outcome,
    cloneCheck: verdict.cloneCheck,
    documentSigner: verdict.fingerprints.documentSigner ?? null,
    trustAnchor: verdict.fingerprints.chain?.at(-1) ?? null,
  };
}

/** What a service is told at a sign-in with a passkey (AAL2), if the person shared everything it may ask for. */
export interface Seen {
  sub: string;
  maySignIn: boolean;
  acr: string;
  number: string | null;
  name: string | null;
  documentCurrent: boolean | null;
  stay: string;
  admittedUntil: string | null;
}

export async function whatServiceSees(
  app: App,
  service: Service,
  accountId: AccountId,
): Promise<Seen> {
  const holder = await readHolder(app, accountId);
  const facts = claimFacts(holder, service);
  const { levels } = heldFacts(holder, 2);
  const acr = `${app.config.ACR_BASE}ial${levels.ial}:aal${levels.aal}`;
  const claims = levelClaims({ acr, levels, assurance: holder.assurance });
  const attributes = facts.attributes();
  const number = facts.number();
  return {
    sub: await subjectOf(app, service.agency, accountId),
    maySignIn: holder.assurance.signIn.maySignIn,
    acr: String(claims.acr),
    number: number === null ? null : formatForeignId(number as ForeignIdNumber),
    name: attributes && `${attributes.primaryIdentifier}, ${attributes.secondaryIdentifier}`,
    documentCurrent: holder.assurance.identity.documentCurrent,
    stay: holder.assurance.stay,
    admittedUntil: facts.stay?.admittedUntil ?? null,
  };
}
