import type { IdentityEvidence } from '../assurance/identity-evidence.ts';
import type { StayFacts } from '../assurance/stay.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import type { AccountId, PersonId } from '../lib/ids.ts';
import type { ForeignIdNumber } from './foreign-id.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import type { PersonAttributes, TravelDocumentFacts } from './person.ts';
import { openDocument, openNumber, openPerson } from './sealed-person.ts';
import { STANDING_COLUMNS, findStanding, standingJoins, toStandingRow } from './standing-store.ts';
import type { StandingJoinRow, StandingRow } from './standing-store.ts';

/**
 * A person as the register knows them now: `personAssurance` (assurance) takes it as it is. Nothing personal is
 * decrypted until one of the functions is called.
 */
export interface Standing {
  personId: PersonId;
  /** `none`: on record by a data page, without a number. */
  idState: ForeignIdState | 'none';
  /** For `expectedVersion` of a transition. */
  idVersion: number;
  issuedAt: Date | null;
  proofs: readonly IdentityEvidence[];
  stay: StayFacts | null;
  number(this: void): ForeignIdNumber | null;
  attributes(this: void): PersonAttributes;
  /** The document that a proof was made by: for `verified_claims` and the officer's page. */
  documentOf(this: void, proofId: string): TravelDocumentFacts | null;
}

/**
 * The standing of an account's holder, in one query; null where the account has no person yet, or the person
 * was erased. Call it at every token: a suspension, a lost passport or an ended stay shows at once.
 */
export async function standingOf(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  accountId: AccountId,
): Promise<Standing | null> {
  return toStanding(app, await findStanding(db, { accountId }));
}

/** As `standingOf`, for the console. */
export async function standingOfPerson(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  personId: PersonId,
): Promise<Standing | null> {
  return toStanding(app, await findStanding(db, { personId }));
}

/**
 * The same as a part of a larger statement: where a token or session is read anyway, its holder comes along at no
 * further round trip. `select` and `joins` go into the statement, ordered by `order` last; `read` makes the standing of
 * its rows about one account.
 */
export function standingWithin(account: string) {
  return {
    select: STANDING_COLUMNS,
    joins: standingJoins(account),
    order: 'e.proofed_at',
    read: (app: Pick<App, 'cipher'>, rows: readonly object[]): Standing | null =>
      toStanding(app, toStandingRow(rows as StandingJoinRow[])),
  };
}

function toStanding(app: Pick<App, 'cipher'>, row: StandingRow | null): Standing | null {
  if (!row?.wrappedKey) return null;
  const { personId, person, foreignId, proofs, wrappedKey, dataKeyId } = row;
  let opened: DataKey | undefined;
  const key = () => (opened ??= app.cipher.unwrap(dataKeyId, wrappedKey));
  return {
    personId,
    idState: foreignId?.state ?? 'none',
    idVersion: foreignId?.version ?? 0,
    issuedAt: foreignId?.issuedAt ?? null,
    proofs: proofs.map((proof) => proof.evidence),
    stay: row.stay,
    number: () => foreignId && openNumber(key(), foreignId.id, foreignId.number),
    attributes: () => openPerson(key(), personId, person),
    documentOf(proofId) {
      const proof = proofs.find(({ evidence }) => evidence.proofId === proofId);
      return proof ? openDocument(key(), proof.documentId, proof.document) : null;
    },
  };
}
