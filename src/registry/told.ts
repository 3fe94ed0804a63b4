import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import type { PersonId } from '../lib/ids.ts';
import type { Enrolment, EnrolmentInput, EnrolmentOutcome } from './enrolment.ts';
import { findForeignId } from './foreign-id-store.ts';
import { nameKeys, nearNameKeys } from './look-ups.ts';
import type { PersonAttributes } from './person.ts';
import { recordCrossReference } from './record-cross-reference.ts';
import { openNumber } from './sealed-person.ts';
import { findPersonDataKey, insertNameKeys } from './store.ts';

/** How an enrolment ended for a person on record. */
export async function told(
  tx: Tx,
  app: App,
  personId: PersonId,
  outcome: Exclude<EnrolmentOutcome, 'recorded'>,
): Promise<Enrolment & { ok: true }> {
  const foreignId = await findForeignId(tx, personId);
  const known = { ok: true, outcome, personId, displaced: null } as const;
  if (!foreignId) return { ...known, number: null, state: 'none' };
  const dataKey = await openPersonKey(tx, app, personId);
  const number = openNumber(dataKey, foreignId.id, foreignId.number);
  return { ...known, number, state: foreignId.state };
}

export async function openPersonKey(tx: Tx, app: App, personId: PersonId): Promise<DataKey> {
  const dataKeyId = await findPersonDataKey(tx, personId);
  if (!dataKeyId) throw new Error('A person is missing.');
  return app.cipher.openDataKey(tx, dataKeyId);
}

/** All by which a person of this name and birth date is found. */
export function putNameKeys(
  tx: Tx,
  app: App,
  personId: PersonId,
  holder: PersonAttributes,
): Promise<void> {
  return insertNameKeys(tx, personId, [...nameKeys(app, holder), ...nearNameKeys(app, holder)]);
}

/** Keeps the numbers that registers gave. One that is another person's stays theirs: the officer was shown it. */
export async function keepCrossReferences(
  tx: Tx,
  app: App,
  { input, personId }: { input: EnrolmentInput; personId: PersonId },
): Promise<void> {
  for (const reference of input.crossReferences ?? [])
    await recordCrossReference(tx, app, { ...reference, personId, actor: input.actor });
}
