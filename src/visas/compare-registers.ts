import { addSeconds } from '../lib/clock.ts';
import { plainState } from './compare-person.ts';
import { nameSpellings } from './normalise-name.ts';
import type { RegisterFound } from './register-answer.ts';
import type { RegisterAnswer } from './register-port.ts';
import type { RegisterFacts, RegisterKind } from './registers.ts';
import { bangkokDate, stayFrom } from './stay.ts';

export const REGISTER_FACTS = [
  'name',
  'date_of_birth',
  'nationality',
  'visa',
  'visa_status',
  'stay',
  'admitted_until',
  'work_allowed',
  'work_permit',
] as const;
export type RegisterFactName = (typeof REGISTER_FACTS)[number];

/**
 * Which register's word stands for which fact, best first: the first that speaks of it. Others are shown beside it and
 * never mixed in. Name, birth date and nationality are the travel document's to say: no register's word stands for them.
 */
export const AUTHORITIES: Readonly<Record<RegisterFactName, readonly RegisterKind[]>> = {
  name: [],
  date_of_birth: [],
  nationality: [],
  visa: ['visa', 'immigration', 'border'],
  visa_status: ['visa', 'immigration', 'border'],
  stay: ['immigration', 'border', 'arrival_card'],
  admitted_until: ['immigration', 'border'],
  work_allowed: ['work_permit', 'immigration'],
  work_permit: ['work_permit'],
};

/** One register's answer to the question that all were asked. */
export interface SourcedAnswer {
  register: RegisterFacts;
  answer: RegisterAnswer;
}

export interface SourcedValue {
  register: string;
  /** As that register says it; null: it says that there is none. */
  value: string | null;
  asOf: string;
  /** Its data is older than its own lag allows. */
  behind: boolean;
}

/** One fact as each register holds it. */
export interface FactRow {
  fact: RegisterFactName;
  sources: readonly SourcedValue[];
  /** Whose word stands; null where it is the document's to say, or nobody entitled spoke. */
  authority: string | null;
  disagree: boolean;
}

export interface RegisterComparison {
  facts: readonly FactRow[];
  /** Registers that told nothing of the person, and how: `not_found`, `pending`, `unavailable`. */
  silent: readonly { register: string; kind: Exclude<RegisterAnswer['kind'], 'found'> }[];
}

/** Every fact with what each register says of it, never averaged. Pure; `now` is the day on which stays are told. */
export function compareRegisters(answers: readonly SourcedAnswer[], now: Date): RegisterComparison {
  const found = answers.flatMap(({ register, answer }) =>
    answer.kind === 'found' ? [{ register, said: answer }] : [],
  );
  const silent = answers.flatMap(({ register, answer }) =>
    answer.kind === 'found' ? [] : [{ register: register.name, kind: answer.kind }],
  );
  const facts = REGISTER_FACTS.flatMap((fact): FactRow[] => {
    const spoken = found.flatMap(({ register, said }) => {
      const value = valueOf(fact, said, register.kind, now);
      if (value === undefined) return [];
      const behind = addSeconds(new Date(said.asOf), register.lagSeconds) < now;
      return [{ register: register.name, kind: register.kind, value, asOf: said.asOf, behind }];
    });
    if (spoken.length === 0) return [];
    const authority = AUTHORITIES[fact]
      .map((kind) => spoken.find((source) => source.kind === kind)?.register)
      .find((name) => name !== undefined);
    return [
      {
        fact,
        sources: spoken.map(({ register, value, asOf, behind }) => ({
          register,
          value,
          asOf,
          behind,
        })),
        authority: authority ?? null,
        disagree: spoken.some(({ value }) => !isSame(fact, value, spoken[0]!.value)),
      },
    ];
  });
  return { facts, silent };
}

/** The answer that the stay is told from: that of the first register entitled to it that knows of an admission. */
export function stayAuthority(answers: readonly SourcedAnswer[]): RegisterFound | null {
  for (const kind of AUTHORITIES.stay)
    for (const { register, answer } of answers)
      if (register.kind === kind && answer.kind === 'found' && answer.admission) return answer;
  return null;
}

/** Undefined: this register does not speak of it. */
function valueOf(
  fact: RegisterFactName,
  said: RegisterFound,
  kind: RegisterKind,
  now: Date,
): string | null | undefined {
  const ofStays = kind === 'immigration' || kind === 'border';
  const { person, visa, admission, workPermit } = said;
  switch (fact) {
    case 'name':
      return person.nameAsRecorded;
    case 'date_of_birth':
      return person.dateOfBirth;
    case 'nationality':
      return person.nationality;
    case 'visa':
      return visa ? `${visa.class} ${visa.number}` : ofStays || kind === 'visa' ? null : undefined;
    case 'visa_status':
      return visa?.status;
    case 'stay':
      return ofStays ? stayFrom(said, now).status : undefined;
    case 'admitted_until':
      return ofStays ? (admission?.admittedUntil ?? null) : undefined;
    case 'work_allowed':
      return workAllowed(said, now);
    case 'work_permit':
      return workPermit === undefined ? undefined : (workPermit?.number ?? null);
    default:
      return fact satisfies never;
  }
}

function workAllowed({ admission, workPermit }: RegisterFound, now: Date): string | undefined {
  if (workPermit !== undefined) {
    const inForce = workPermit?.status === 'in_effect' && bangkokDate(now) <= workPermit.validUntil;
    return inForce ? 'yes' : 'no';
  }
  return admission ? (admission.workAllowed ? 'yes' : 'no') : undefined;
}

function isSame(fact: RegisterFactName, a: string | null, b: string | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (fact === 'nationality') return plainState(a) === plainState(b);
  if (fact !== 'name') return false;
  const words = (name: string) => nameSpellings(name).map((one) => one.toSorted().join(' '));
  return words(a).some((one) => words(b).includes(one));
}
