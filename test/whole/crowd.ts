import { demoPeople } from '../../src/dev/demo-people.ts';
import { waitForMail } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { STEPS, STEP_NAMES, foreignIdOf, newApplicant } from './applicant.ts';
import type { Applicant } from './applicant.ts';
import { approveCase } from './officer.ts';
import { livePicture, passportFor, putOnRegister } from './papers.ts';
import { persist } from './lives.ts';
import type { Lives } from './lives.ts';

let born = 0;

/** Somebody new, with papers of their own that the register knows. */
export async function newcomer(lives: Lives, numberPrefix = 'CROWD'): Promise<Applicant> {
  const number = (born += 1);
  const { place } = lives;
  const documentNumber = `${numberPrefix}${String(number).padStart(9 - numberPrefix.length, '0')}`;
  const letter = String.fromCharCode(64 + number);
  const person = { ...demoPeople.anna, documentNumber, primaryIdentifier: `NEWCOMER${letter}` };
  const passport = await passportFor(place, person);
  await persist(lives, () =>
    putOnRegister(place, (anna) => ({
      ...anna,
      person: {
        ...anna.person,
        registerPersonId: `CROWD-${number}-${documentNumber}`,
        nameAsRecorded: `${person.primaryIdentifier}, ${person.secondaryIdentifier}`,
      },
      documents: [{ issuingState: 'UTO', documentNumber, status: 'current' }],
    })),
  );
  return newApplicant({
    url: place.url,
    email: `newcomer${number}@example.org`,
    passport,
    livePicture: await livePicture(),
  });
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
