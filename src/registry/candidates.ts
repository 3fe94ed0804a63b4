import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { PersonId } from '../lib/ids.ts';
import { plainState } from '../visas/compare-person.ts';
import { plainCrossReference } from './cross-reference.ts';
import type { CrossReferenceKind } from './cross-reference.ts';
import { findCrossReferences } from './cross-reference-store.ts';
import type { FoundPerson } from './find-persons.ts';
import { crossReferenceKey, nameKeys, nearNameKeys } from './look-ups.ts';
import type { PersonAttributes } from './person.ts';
import { openPerson } from './sealed-person.ts';
import { findLink, listByNameKeys } from './store.ts';
import { survivorOf } from './survivor.ts';

/** Why somebody on record may be the one described, strongest first. */
export type CandidateReason =
  | CrossReferenceKind
  | 'name_and_birth_date'
  | 'name_and_near_birth_date';

export interface Candidate extends FoundPerson {
  reasons: readonly CandidateReason[];
  /** Two nationalities are ordinary: another one weighs, it does not exclude. */
  sameNationality: boolean;
}

/**
 * Persons who may be the one described (DESIGN section 4: searched before issue): a number of another register in
 * common; a form of the name and the birth date; the name and a part of the birth date. Candidates only, for an officer to
 * look at: never merged by machine. Somebody who was merged is told as the person whose number counts. Strongest first.
 */
export async function findCandidates(
  db: Db | Tx,
  app: App,
  described: PersonAttributes,
  numbers: readonly { kind: CrossReferenceKind; number: string }[] = [],
): Promise<Candidate[]> {
  const found = new Map<PersonId, Candidate>();
  const add = (link: FoundPerson, reason: CandidateReason, sameNationality: boolean) => {
    const known = found.get(link.personId);
    const reasons = known?.reasons ?? [];
    found.set(link.personId, {
      ...link,
      reasons: reasons.includes(reason) ? reasons : [...reasons, reason],
      sameNationality: sameNationality || known?.sameNationality === true,
    });
  };
  for (const { kind, personId } of await findByNumbers(db, app, numbers)) {
    const link = await survivingLink(db, personId);
    if (link) add(link, kind, false);
  }
  for (const row of await byName(db, app, described)) {
    const link = row.mergedInto ? await survivingLink(db, row.mergedInto) : row.found;
    const reason = row.exact ? 'name_and_birth_date' : 'name_and_near_birth_date';
    if (link) add(link, reason, row.sameNationality);
  }
  return [...found.values()].toSorted((a, b) => weight(b) - weight(a));
}

async function survivingLink(db: Db | Tx, personId: PersonId): Promise<FoundPerson | null> {
  return findLink(db, await survivorOf(db, personId));
}

/** Whose the numbers of other registers are; malformed ones are nobody's. */
export function findByNumbers(
  db: Db | Tx,
  app: Pick<App, 'blindIndex'>,
  numbers: readonly { kind: CrossReferenceKind; number: string }[],
) {
  const keys = numbers.flatMap(({ kind, number }) => {
    const plain = plainCrossReference(kind, number);
    return plain === null ? [] : [crossReferenceKey(app, kind, plain)];
  });
  return findCrossReferences(db, keys);
}

async function byName(db: Db | Tx, app: App, described: PersonAttributes) {
  const keys = { exact: nameKeys(app, described), near: nearNameKeys(app, described) };
  const rows = keys.exact.length + keys.near.length > 0 ? await listByNameKeys(db, keys) : [];
  return rows.flatMap((row) => {
    const { found, dataKeyId, wrappedKey, sealed } = row;
    if (!wrappedKey) return [];
    const person = openPerson(app.cipher.unwrap(dataKeyId, wrappedKey), found.personId, sealed);
    const sameNationality = plainState(person.nationality) === plainState(described.nationality);
    return [{ ...row, sameNationality }];
  });
}

function weight({ reasons, sameNationality }: Candidate): number {
  const byNumber = reasons.some((reason) => !reason.startsWith('name_'));
  const exact = reasons.includes('name_and_birth_date');
  return Number(byNumber) * 4 + Number(exact) * 2 + Number(sameNationality);
}
