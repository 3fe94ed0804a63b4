import { addSeconds } from '../../lib/clock.ts';
import type { RegisterVisa } from '../../visas/register-answer.ts';
import { bangkokDate } from '../../visas/stay.ts';
import { addDays } from './play-event.ts';
import type { RegisterContent, SandboxRecord } from './sandbox-record.ts';

/** A person of the story, with the stay that the story gives them, in days from the day the register is made. */
interface DemoStay {
  registerPersonId: string;
  nameAsRecorded: string;
  dateOfBirth: string;
  sex: 'F' | 'M' | 'X';
  documentNumber: string;
  visaNumber: string;
  visaClass: string;
  entriesAllowed: number | null;
  durationOfStayDays: number;
  admittedDaysAgo: number;
  stayEndsInDays: number;
  workAllowed: boolean;
  email: string;
}

const DEMO_STAYS: readonly DemoStay[] = [
  {
    registerPersonId: 'SBX-0001',
    nameAsRecorded: 'ERIKSSON, ANNA MARIA',
    dateOfBirth: '1990-08-12',
    sex: 'F',
    documentNumber: 'L898902C3',
    visaNumber: 'V100000001',
    visaClass: 'B',
    entriesAllowed: null,
    durationOfStayDays: 90,
    admittedDaysAgo: 30,
    stayEndsInDays: 59,
    workAllowed: true,
    email: 'anna.eriksson@example.org',
  },
  {
    registerPersonId: 'SBX-0002',
    nameAsRecorded: 'NGUYEN, THI MAI',
    dateOfBirth: '1996-02-03',
    sex: 'F',
    documentNumber: 'X12345678',
    visaNumber: 'V100000002',
    visaClass: 'TR',
    entriesAllowed: 2,
    durationOfStayDays: 60,
    admittedDaysAgo: 10,
    stayEndsInDays: 49,
    workAllowed: false,
    email: 'mai.nguyen@example.org',
  },
  {
    registerPersonId: 'SBX-0003',
    nameAsRecorded: 'SUKARNO',
    dateOfBirth: '1984-07-01',
    sex: 'M',
    documentNumber: 'S00000017',
    visaNumber: 'V100000003',
    visaClass: 'LTR',
    entriesAllowed: null,
    durationOfStayDays: 1826,
    admittedDaysAgo: 400,
    stayEndsInDays: 1425,
    workAllowed: true,
    email: 'sukarno@example.org',
  },
  {
    registerPersonId: 'SBX-0004',
    nameAsRecorded: 'ŌKUBO, TOMÁS',
    dateOfBirth: '2000-12-31',
    sex: 'M',
    documentNumber: 'T22000129',
    visaNumber: 'V100000004',
    visaClass: 'ED',
    entriesAllowed: 1,
    durationOfStayDays: 90,
    admittedDaysAgo: 101,
    stayEndsInDays: -12,
    workAllowed: false,
    email: 'tomas.okubo@example.org',
  },
];

/** Document numbers at which the register misbehaves and still knows somebody (magic-inputs.ts). */
const MAGIC_DOCUMENTS = ['SLOW00001', 'FLAKY0001', 'PENDING01', 'CANCEL001'];

/** What the sandbox register knows when it is made, reckoned from `now`. */
export function demoContent(now: Date): RegisterContent {
  const anna = DEMO_STAYS[0]!;
  const magic = MAGIC_DOCUMENTS.map((documentNumber, index) => ({
    ...anna,
    documentNumber,
    registerPersonId: `SBX-9${String(index + 1).padStart(3, '0')}`,
    nameAsRecorded: `SPECIMEN, ${documentNumber.replace(/\d+$/, '')}`,
    visaNumber: `V90000000${index + 1}`,
    email: `${documentNumber.toLowerCase()}@example.org`,
  }));
  const records = [...DEMO_STAYS, ...magic].map((stay) => demoRecord(stay, now));
  return { version: 1, down: false, records };
}

function demoRecord(stay: DemoStay, now: Date): SandboxRecord {
  const today = bangkokDate(now);
  const usedUp = stay.entriesAllowed === 1;
  const visa: RegisterVisa = {
    number: stay.visaNumber,
    class: stay.visaClass,
    entriesAllowed: stay.entriesAllowed,
    entriesUsed: 1,
    validFrom: addDays(today, -stay.admittedDaysAgo - 14),
    validUntil: addDays(today, -stay.admittedDaysAgo + 351),
    durationOfStayDays: stay.durationOfStayDays,
    status: usedUp ? 'used' : 'in_effect',
  };
  return {
    person: {
      registerPersonId: stay.registerPersonId,
      nameAsRecorded: stay.nameAsRecorded,
      dateOfBirth: stay.dateOfBirth,
      nationality: 'UTO',
      sex: stay.sex,
    },
    documents: [{ issuingState: 'UTO', documentNumber: stay.documentNumber, status: 'current' }],
    visa,
    admission: {
      admittedAt: addSeconds(now, -stay.admittedDaysAgo * 86400).toISOString(),
      port: 'Suvarnabhumi Airport',
      basis: 'visa',
      permission: 'until_date',
      admittedUntil: addDays(today, stay.stayEndsInDays),
      underConsiderationUntil: null,
      revokedAt: null,
      conditions: stay.workAllowed ? [] : ['no_work'],
      workAllowed: stay.workAllowed,
    },
    departure: null,
    contacts: [{ kind: 'email', address: stay.email }],
    entryPhotoHeld: true,
  };
}
