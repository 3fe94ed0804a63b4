import type { ProofFindings } from '../../src/registry/record-proof.ts';
import { enrolPerson } from '../../src/registry/enrol-person.ts';
import type { Enrolment, EnrolmentInput } from '../../src/registry/enrol-person.ts';
import type { ForeignIdNumber } from '../../src/registry/foreign-id.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { personAssurance } from '../../src/assurance/person.ts';
import { transact } from '../../src/lib/database.ts';
import type { PersonAttributes, TravelDocumentFacts } from '../../src/registry/person.ts';
import type { App } from '../../src/lib/app.ts';
import { AccountId, CaseId } from '../../src/lib/ids.ts';

/** Anna, as her passport tells it. */
export const anna: PersonAttributes & TravelDocumentFacts = {
  primaryIdentifier: 'ERIKSSON',
  secondaryIdentifier: 'ANNA MARIA',
  dateOfBirth: '1990-08-12',
  sex: 'F',
  nationality: 'UTO',
  documentCode: 'P',
  issuingState: 'UTO',
  documentNumber: 'L898902C3',
  dateOfExpiry: '2034-05-14',
};

/** Arnault has one name only. */
export const arnault: PersonAttributes & TravelDocumentFacts = {
  primaryIdentifier: 'SUKARNO',
  secondaryIdentifier: '',
  dateOfBirth: '1984-07-01',
  sex: 'M',
  nationality: 'UTO',
  documentCode: 'P',
  issuingState: 'UTO',
  documentNumber: 'S00000017',
  dateOfExpiry: '2034-05-14',
};

/** Tomás has diacritics on the printed name. */
export const tomas: PersonAttributes & TravelDocumentFacts = {
  primaryIdentifier: 'OKUBO',
  secondaryIdentifier: 'TOMAS',
  fullNamePrinted: 'Ōkubo Tomás',
  dateOfBirth: '2000-12-31',
  sex: 'M',
  nationality: 'UTO',
  documentCode: 'P',
  issuingState: 'UTO',
  documentNumber: 'T22000129',
  dateOfExpiry: '2034-05-14',
};

export const SIGNER = 'ab'.repeat(32);
export const ANCHOR = 'cd'.repeat(32);

export const officerFindings: ProofFindings = {
  pathway: 'remote_officer',
  documentCheck: 'chip',
  chipVerdict: 'genuine',
  cloneCheck: 'passed',
  cloneCompensated: false,
  registers: 'agree',
  capture: 'capture_page',
  attackDetection: 'judged_by_officer',
  matcher: 'not_run',
  officer: 'match',
  registerCodeConfirmed: false,
  biometricSample: 'not_kept',
  secondOfficer: false,
  documentSigner: SIGNER,
  trustAnchor: ANCHOR,
};

export const officer = { kind: 'officer', id: '01900000-0000-7000-8000-00000000000f' } as const;

/** An enrolment of `person` by a case and an account of their own, unless told. */
export function enrolmentOf(
  app: App,
  person: PersonAttributes & TravelDocumentFacts,
  changes: Partial<EnrolmentInput> = {},
): EnrolmentInput {
  return {
    caseId: CaseId.make(app),
    accountId: AccountId.make(app),
    holder: person,
    document: person,
    findings: officerFindings,
    stay: {
      status: 'lawful_until',
      admittedUntil: '2027-11-30',
      basis: 'visa',
      asOf: '2026-11-20T00:00:00.000Z',
      source: 'immigration',
    },
    provisionalUntil: null,
    actor: officer,
    // The people of these tests look alike; the tests of candidates say otherwise.
    dismissed: 'all',
    ...changes,
  };
}

/** Somebody who has not arrived yet. */
export const notYet = {
  status: 'not_yet_admitted',
  admittedUntil: null,
  basis: 'none',
  asOf: '2026-11-20T00:00:00Z',
  source: 'immigration',
} as const;

/** Anna's namesake with a passport of her own, so that cases do not meet. */
export function somebody(): typeof anna {
  serial += 1;
  return { ...anna, documentNumber: `Z${String(serial).padStart(8, '0')}` };
}
let serial = 0;

export function enrol(app: App, input: EnrolmentInput): Promise<Enrolment> {
  return transact(app.db, (tx) => enrolPerson(tx, app, input));
}

/** As `enrol`, where anything but an ID is a fault of the test. */
export async function issued(
  app: App,
  input: EnrolmentInput,
): Promise<Extract<Enrolment, { ok: true }> & { number: ForeignIdNumber }> {
  const outcome = await enrol(app, input);
  if (!outcome.ok) throw new Error(outcome.reason);
  const { number } = outcome;
  if (number === null) throw new Error('on record without a number');
  return { ...outcome, number };
}

/** Somebody who was issued an ID a moment ago. */
export async function enrolled(app: App, changes: Partial<EnrolmentInput> = {}) {
  const document = somebody();
  const input = enrolmentOf(app, document, changes);
  const { personId } = await issued(app, input);
  return { personId, accountId: input.accountId, document };
}

/** What a token would say of the account's holder now. */
export async function assuranceOf(app: App, accountId: AccountId) {
  return personAssurance(await standingOf(app.db, app, accountId), app.clock.now());
}

export async function countOf(app: App, table: string): Promise<number> {
  const row = await app.db(table).count({ rows: '*' }).first();
  return Number(row?.rows);
}
