import type { StayFacts } from '../../assurance/stay.ts';
import type { ProofFindings } from '../../registry/record-proof.ts';
import type { PersonAttributes } from '../../registry/person.ts';

/** The people whom the sandbox sign-in plays. Each stands four times, once at every IAL: a level is a fact on record. */
export const TEST_PEOPLE = {
  lina: {
    primaryIdentifier: 'TESTER',
    secondaryIdentifier: 'LINA MAY',
    fullNamePrinted: 'Lina May TESTER',
    dateOfBirth: '1991-04-23',
    sex: 'F',
    nationality: 'UTO',
    stay: { status: 'lawful_until', days: 300 },
  },
  // A single name, as many people have.
  batu: {
    primaryIdentifier: 'BATU',
    secondaryIdentifier: '',
    fullNamePrinted: 'BATU',
    dateOfBirth: '1978-11-02',
    sex: 'M',
    nationality: 'UTO',
    stay: { status: 'indefinite', days: null },
  },
  // Letters that the machine-readable zone cannot write, and a stay that is over.
  soren: {
    primaryIdentifier: 'OESTERGAARD',
    secondaryIdentifier: 'SOEREN',
    fullNamePrinted: 'Søren ØSTERGÅRD',
    dateOfBirth: '2001-02-28',
    sex: 'M',
    nationality: 'UTO',
    stay: { status: 'expired', days: -20 },
  },
} as const satisfies Record<
  string,
  PersonAttributes & { stay: { status: StayFacts['status']; days: number | null } }
>;

export type TestPersonKey = keyof typeof TEST_PEOPLE;
export const TEST_PERSON_KEYS = Object.keys(TEST_PEOPLE) as TestPersonKey[];

/** A passport chip proven remotely, the faces compared by an officer. */
export const REMOTE_OFFICER: ProofFindings = {
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
  documentSigner: null,
  trustAnchor: null,
};

/** What is on record at each level: findings that the table of levels (assurance) reads as exactly that level. */
export const FINDINGS: Readonly<Record<1 | 2 | 3, ProofFindings>> = {
  1: {
    ...REMOTE_OFFICER,
    documentCheck: 'data_page',
    chipVerdict: 'absent',
    cloneCheck: 'not_attempted',
    capture: 'uploaded',
    attackDetection: 'not_run',
  },
  2: REMOTE_OFFICER,
  3: {
    ...REMOTE_OFFICER,
    pathway: 'counter',
    capture: 'in_person',
    attackDetection: 'not_run',
    biometricSample: 'kept',
    secondOfficer: true,
  },
};
