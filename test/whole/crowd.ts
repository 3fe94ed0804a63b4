import { demoPeople } from '../../src/dev/demo-people.ts';
import type { DemoPerson } from '../../src/dev/demo-people.ts';
import { waitForMail } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { STEPS, STEP_NAMES, foreignIdOf, newApplicant } from './applicant.ts';
import type { Applicant } from './applicant.ts';
import { approveCase } from './officer.ts';
import { livePicture, passportFor, putOnRegister } from './papers.ts';
import { persist } from './lives.ts';
import type { Lives } from './lives.ts';
import type { Place } from './running-product.ts';

let born = 0;

/** Somebody new with papers of their own, which the register knows unless the prefix of their number is null. */
export async function newcomer(
  lives: Lives,
  numberPrefix: string | null = 'CROWD',
): Promise<Applicant> {
  const number = (born += 1);
  const { place } = lives;
  const prefix = numberPrefix ?? 'STRAY';
  const person = {
    ...demoPeople.anna,
    documentNumber: `${prefix}${String(number).padStart(9 - prefix.length, '0')}`,
    // Nobody looks like anybody else: a look-alike would be held for a registrar.
    dateOfBirth: `${1950 + (number % 50)}-0${1 + (number % 9)}-${10 + (number % 19)}`,
    // Zones hold letters only.
    primaryIdentifier: `NEWCOMER${String.fromCharCode(65 + Math.floor(number / 26), 65 + (number % 26))}`,
  };
  if (numberPrefix !== null) await persist(lives, () => register(place, person));
  return newApplicant({
    url: place.url,
    email: `newcomer${number}@example.org`,
    passport: await passportFor(place, person),
    livePicture: await livePicture(),
  });
}

function register(place: Place, person: DemoPerson): Promise<void> {
  const { documentNumber, primaryIdentifier, secondaryIdentifier, dateOfBirth } = person;
  return putOnRegister(place, (anna) => ({
    ...anna,
    person: {
      ...anna.person,
      registerPersonId: `CROWD-${documentNumber}`,
      dateOfBirth,
      nameAsRecorded: `${primaryIdentifier}, ${secondaryIdentifier}`,
    },
    documents: [{ issuingState: 'UTO', documentNumber, status: 'current' }],
  }));
}

/** The whole journey as a list of what gets acknowledged, one after the other. */
export function journeyOf(person: Applicant, officer: Walker): readonly (() => Promise<unknown>)[] {
  const steps = STEP_NAMES.map((name) => async () => {
    await STEPS[name](person);
    person.acknowledged.add(name);
  });
  const decide = () => approveCase(officer, person.caseId!, 'Eyes, nose and ears agree.');
  const read = async () => {
    person.foreignId = await foreignIdOf(person);
    if (!person.foreignId) throw new Error('The case is approved and there is no ID.');
  };
  const beTold = () => waitForMail(person.url, person.email, ({ text }) => /\/freeze\//.test(text));
  return [...steps, decide, read, beTold];
}

/** Lives through the journey whatever is killed meanwhile. */
export async function liveThrough(lives: Lives, person: Applicant, officer: Walker): Promise<void> {
  for (const step of journeyOf(person, officer)) await persist(lives, step);
}
