import { addSeconds } from '../../lib/clock.ts';
import type { RegisterVisa, RegisterWorkPermit } from '../../visas/register-answer.ts';
import { bangkokDate } from '../../visas/stay.ts';
import { demoPeople } from '../demo-people.ts';
import type { DemoPerson, DemoPersonKey } from '../demo-people.ts';
import { addDays } from './play-event.ts';
import type { RegisterContent, SandboxRecord } from './sandbox-record.ts';

/** The stay that the story gives a person, in days from the day the register is made. */
interface DemoStay {
  registerPersonId: string;
  visaClass: string;
  entriesAllowed: number | null;
  durationOfStayDays: number;
  admittedDaysAgo: number;
  stayEndsInDays: number;
  workAllowed: boolean;
}

const DEMO_STAYS: Readonly<Record<DemoPersonKey, DemoStay>> = {
  anna: {
    registerPersonId: 'SBX-0001',
    visaClass: 'B',
    entriesAllowed: null,
    durationOfStayDays: 90,
    admittedDaysAgo: 30,
    stayEndsInDays: 59,
    workAllowed: true,
  },
  mai: {
    registerPersonId: 'SBX-0002',
    visaClass: 'TR',
    entriesAllowed: 2,
    durationOfStayDays: 60,
    admittedDaysAgo: 10,
    stayEndsInDays: 49,
    workAllowed: false,
  },
  sukarno: {
    registerPersonId: 'SBX-0003',
    visaClass: 'LTR',
    entriesAllowed: null,
    durationOfStayDays: 1826,
    admittedDaysAgo: 400,
    stayEndsInDays: 1425,
    workAllowed: true,
  },
  tomas: {
    registerPersonId: 'SBX-0004',
    visaClass: 'ED',
    entriesAllowed: 1,
    durationOfStayDays: 90,
    admittedDaysAgo: 101,
    stayEndsInDays: -12,
    workAllowed: false,
  },
};

/** Document numbers at which a register misbehaves and still knows somebody: Anna, to whom any number can be made. */
const MAGIC_DOCUMENTS = [
  'SLOW00001',
  'FLAKY0001',
  'PENDING01',
  'CANCEL001',
  'WRONG0001',
  'LABDOWN01',
  'LABDIFF01',
  'LABOLD001',
  'LOST00001',
  'STOLEN001',
  'WATCHED01',
  'LISTDOWN1',
];

/** What the sandbox register knows when it is made, reckoned from `now`. */
export function demoContent(now: Date): RegisterContent {
  const people = Object.values(demoPeople).map((person) =>
    demoRecord(person, DEMO_STAYS[person.key], now),
  );
  const magic = MAGIC_DOCUMENTS.map((documentNumber, index) => {
    const person = {
      ...demoPeople.anna,
      documentNumber,
      visaNumber: `V9${String(index + 1).padStart(8, '0')}`,
    };
    const record = demoRecord(
      person,
      { ...DEMO_STAYS.anna, registerPersonId: `SBX-9${String(index + 1).padStart(3, '0')}` },
      now,
    );
    return documentNumber.startsWith('WRONG') ? misspelt(record) : record;
  });
  return { version: 1, down: false, records: [...people, ...magic], corrections: [] };
}

function demoRecord(person: DemoPerson, stay: DemoStay, now: Date): SandboxRecord {
  const today = bangkokDate(now);
  const usedUp = stay.entriesAllowed === 1;
  const visa: RegisterVisa = {
    number: person.visaNumber,
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
      nameAsRecorded: nameAsRecorded(person),
      dateOfBirth: person.dateOfBirth,
      nationality: 'UTO',
      sex: person.sex,
    },
    documents: [{ issuingState: 'UTO', documentNumber: person.documentNumber, status: 'current' }],
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
    contacts: [{ kind: 'email', address: person.email }],
    entryPhotoHeld: true,
    workPermit: stay.workAllowed ? workPermit(stay, today) : null,
  };
}

function workPermit(stay: DemoStay, today: string): RegisterWorkPermit {
  return {
    number: `WP-${stay.registerPersonId}`,
    occupation: 'Marine biologist',
    employer: 'Andaman Research Co., Ltd.',
    validFrom: addDays(today, -stay.admittedDaysAgo),
    validUntil: addDays(today, stay.stayEndsInDays),
    status: 'in_effect',
  };
}

/** As a tired clerk typed it. */
function misspelt(record: SandboxRecord): SandboxRecord {
  return { ...record, person: { ...record.person, nameAsRecorded: 'ERIKSEN, ANNA MARIE' } };
}

/** As a clerk types it from the data page, letters with their marks. */
function nameAsRecorded({ printedPrimary, printedSecondary }: DemoPerson): string {
  return printedSecondary === '' ? printedPrimary : `${printedPrimary}, ${printedSecondary}`;
}
