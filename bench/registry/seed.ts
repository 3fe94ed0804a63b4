import pg from 'pg';
import { addressKeyOf, sealAddress } from '../../src/accounts/contact-address.ts';
import { addDays, toPlainDate } from '../../src/lib/clock.ts';
import type { App } from '../../src/lib/app.ts';
import type { Tx } from '../../src/lib/database.ts';
import { AccountId, CaseId, PersonId, RowId } from '../../src/lib/ids.ts';
import { withCheckDigits } from '../../src/registry/foreign-id.ts';
import type { ForeignIdNumber } from '../../src/registry/foreign-id.ts';
import { documentKey, nameKeys, nearNameKeys, numberKey } from '../../src/registry/look-ups.ts';
import {
  sealDocument,
  sealHolder,
  sealNumber,
  sealPerson,
} from '../../src/registry/sealed-person.ts';
import { bangkokDate } from '../../src/visas/stay.ts';
import { copyRows } from './copy.ts';
import { personOf } from './people.ts';
import { COLUMNS } from './columns.ts';
import type { Rows, Table } from './columns.ts';

const BATCH = 2_000;
const REMINDED_IN_DAYS = 7;

export interface SeedSize {
  persons: number;
  /** The first so many have an account with an address, and a stay that ends in seven days. */
  holders: number;
  /** So many accounts have a case that waits for an officer. */
  cases: number;
}

/** Of so many processes that fill the registry side by side, this one: every so-many-th batch is its own. */
export interface SeedPart {
  number: number;
  of: number;
}

/**
 * Copies one part of the people in: every person with a key of their own, every field sealed under it, every blind index theirs.
 * The same functions make them as in an enrolment; only the way into the tables is another one.
 */
export async function seedPart(
  app: App,
  url: string,
  given: { size: SeedSize; part: SeedPart },
): Promise<void> {
  const { size, part } = given;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    let sent = Promise.resolve();
    for (let first = part.number * BATCH; first < size.persons; first += part.of * BATCH) {
      const last = Math.min(size.persons, first + BATCH);
      const rows = await makeRows(app, { first, last }, size);
      await sent;
      sent = send(client, rows);
    }
    await sent;
  } finally {
    await client.end();
  }
}

async function send(client: pg.Client, rows: Rows): Promise<void> {
  for (const name of Object.keys(COLUMNS) as Table[])
    await copyRows(client, { name, columns: COLUMNS[name] }, rows[name]);
}

async function makeRows(
  app: App,
  { first, last }: { first: number; last: number },
  size: SeedSize,
): Promise<Rows> {
  const rows = Object.fromEntries(
    Object.keys(COLUMNS).map((name) => [name, []]),
  ) as unknown as Rows;
  for (let index = first; index < last; index++) await addPerson(app, rows, index, size);
  return rows;
}

async function addPerson(app: App, rows: Rows, index: number, size: SeedSize): Promise<void> {
  const at = app.clock.now();
  const today = toPlainDate(at);
  const person = personOf(index);
  const personId = PersonId.make(app);
  const key = await makeKey(app, rows);
  const sealed = sealPerson(key, personId, person);
  rows.persons.push([
    personId,
    key.id,
    sealed.primary_identifier,
    sealed.secondary_identifier,
    sealed.full_name_printed,
    sealed.date_of_birth,
    sealed.sex,
    sealed.nationality,
    at,
    at,
  ]);
  for (const nameKey of [...nameKeys(app, person), ...nearNameKeys(app, person)])
    rows.person_name_keys.push([personId, nameKey]);
  const accountId = AccountId.make(app);
  const caseId = CaseId.make(app);
  rows.person_accounts.push([accountId, personId, caseId, at]);
  const documentId = RowId.make(app);
  const document = sealDocument(key, documentId, person);
  rows.travel_documents.push([
    documentId,
    personId,
    documentKey(app, person),
    document.document_code,
    document.issuing_state,
    document.document_number,
    person.dateOfExpiry,
    sealHolder(key, documentId, person),
    at,
  ]);
  rows.identity_proofs.push([
    RowId.make(app),
    caseId,
    personId,
    documentId,
    'remote_officer',
    'chip',
    'genuine',
    'passed',
    false,
    'agree',
    'capture_page',
    'judged_by_officer',
    'not_run',
    'match',
    false,
    'not_kept',
    false,
    SIGNER,
    ANCHOR,
    at,
    addDays(today, 3652),
  ]);
  const foreignId = RowId.make(app);
  const number = numberOf(index, app.config.FOREIGN_ID_PREFIX);
  rows.foreign_ids.push([
    foreignId,
    personId,
    caseId,
    sealNumber(key, foreignId, number),
    numberKey(app, number),
    'active',
    1,
    at,
    at,
  ]);
  rows.foreign_id_transitions.push([
    RowId.make(app),
    foreignId,
    1,
    'reserved',
    'active',
    'issued',
    'system',
    null,
    at,
  ]);
  const ends = index < size.holders ? REMINDED_IN_DAYS : 60 + (index % 600);
  rows.stay_facts.push([
    personId,
    'lawful_until',
    addDays(bangkokDate(at), ends),
    'visa',
    at,
    'immigration',
    at,
  ]);
  if (index < Math.max(size.holders, size.cases))
    await addAccount(app, rows, accountId, index, size);
}

async function addAccount(
  app: App,
  rows: Rows,
  accountId: AccountId,
  index: number,
  size: SeedSize,
): Promise<void> {
  const at = app.clock.now();
  const key = await makeKey(app, rows);
  const lang = index % 2 === 0 ? 'en' : 'th';
  rows.accounts.push([accountId, 'subscriber', 'active', key.id, app.random.bytes(32), lang, at]);
  if (index < size.holders) {
    const id = RowId.make(app);
    const address = `holder${index}@example.org`;
    rows.contact_addresses.push([
      id,
      accountId,
      'email',
      sealAddress(key, id, address),
      addressKeyOf(app, address),
      at,
    ]);
  }
  if (index >= size.cases) return;
  // Spread over a month, some at the same instant: a page must not skip or repeat those.
  const started = new Date(at.getTime() - Math.floor(index / 3) * 25);
  const expires = new Date(started.getTime() + 30 * 86_400_000);
  rows.cases.push([
    CaseId.make(app),
    accountId,
    key.id,
    'chip',
    'review',
    5,
    RowId.make(app),
    'chip',
    'passed',
    started,
    RowId.make(app),
    RowId.make(app),
    'agrees',
    true,
    started,
    RowId.make(app),
    started,
    started,
    started,
    started,
    started,
    expires,
  ]);
}

const SIGNER = Buffer.alloc(32, 0xab);
const ANCHOR = Buffer.alloc(32, 0xcd);

/** The app's own cipher makes and wraps the key; where it would insert the row, we keep it for the batch. */
async function makeKey(app: App, rows: Rows) {
  let wrapped: Buffer | null = null;
  const keep = () => ({
    insert: (row: { id: string; wrapped_key: Buffer; created_at: Date }) => {
      wrapped = row.wrapped_key;
      rows.data_keys.push([row.id, row.wrapped_key, row.created_at]);
      return Promise.resolve();
    },
  });
  const id = await app.cipher.createDataKey(keep as unknown as Tx);
  return app.cipher.unwrap(id, wrapped!);
}

const NUMBERS = 10n ** 10n;
/** Shares no factor with the count of numbers: no two people get the same. */
const STEP = 6_180_339_887n;

/** Drawn by chance, some fifty of a million would be drawn twice; issuing draws again, copying does not look. */
function numberOf(index: number, prefix: string): ForeignIdNumber {
  return withCheckDigits(`${prefix}${String((BigInt(index) * STEP) % NUMBERS).padStart(10, '0')}`);
}
