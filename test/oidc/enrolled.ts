import type { FullApp } from '../../src/app.ts';
import type { StayFacts } from '../../src/assurance/stay.ts';
import { transact } from '../../src/lib/database.ts';
import type { AccountId, PersonId } from '../../src/lib/ids.ts';
import { enrolPerson } from '../../src/registry/enrol-person.ts';
import type { PersonAttributes, TravelDocumentFacts } from '../../src/registry/person.ts';
import { enrolmentOf } from '../registry/enrolment.ts';

/** Puts a person's proof on record for an account: from now on they hold an ID at IAL2. */
export async function enrol(
  server: { app: FullApp },
  accountId: AccountId,
  person: PersonAttributes & TravelDocumentFacts,
  stay: Partial<StayFacts> = {},
): Promise<{ personId: PersonId; number: string }> {
  const input = enrolmentOf(server.app, person, { accountId });
  const done = await transact(server.app.db, (tx) =>
    enrolPerson(tx, server.app, { ...input, stay: { ...input.stay, ...stay } }),
  );
  if (!done.ok || done.number === null) throw new Error(JSON.stringify(done));
  return { personId: done.personId, number: done.number };
}
