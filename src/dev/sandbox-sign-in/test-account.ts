import { SYSTEM } from '../../audit/append.ts';
import type { Ial } from '../../assurance/acr.ts';
import { savePasskey } from '../../accounts/create-account.ts';
import { findAccountByAddress } from '../../accounts/find-account.ts';
import type { App } from '../../lib/app.ts';
import { addDays, toPlainDate } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import type { Tx } from '../../lib/database.ts';
import { CaseId } from '../../lib/ids.ts';
import type { AccountId, PasskeyId } from '../../lib/ids.ts';
import { passkeysOf } from '../../accounts/own-passkeys.ts';
import { enrolPerson } from '../../registry/enrol-person.ts';
import { openKeylessAccount } from '../keyless-account.ts';
import { FINDINGS, TEST_PEOPLE, TEST_PERSON_KEYS } from './test-people.ts';
import type { TestPersonKey } from './test-people.ts';

/** A test person at one level, ready to be signed in. */
export interface TestAccount {
  accountId: AccountId;
  passkeyId: PasskeyId;
}

/**
 * The account of a test person at an IAL, made at its first use: account, passkey, and below IAL0 the person with a proof of
 * that level. The same ever after, so that a service sees one `sub`. Its passkey has no private key: only this sandbox
 * opens the account.
 */
export async function testAccount(
  app: App,
  wanted: { person: TestPersonKey; ial: Ial },
): Promise<TestAccount> {
  const known = await findTestAccount(app, wanted);
  if (known) return known;
  try {
    return await transact(app.db, (tx) => makeTestAccount(tx, app, wanted));
  } catch (error) {
    // Another request made it meanwhile.
    const made = await findTestAccount(app, wanted);
    if (made) return made;
    throw error;
  }
}

export interface KnownTestAccount extends TestAccount {
  person: TestPersonKey;
  ial: Ial;
}

/** The accounts of test persons that were used before, at whatever level. */
export async function knownTestAccounts(app: App): Promise<KnownTestAccount[]> {
  const wanted = TEST_PERSON_KEYS.flatMap((person) =>
    ([0, 1, 2, 3] as const).map((ial) => ({ person, ial })),
  );
  const found = await Promise.all(
    wanted.map(async (one) => {
      const account = await findTestAccount(app, one);
      return account && { ...one, ...account };
    }),
  );
  return found.filter((one) => one !== null);
}

/** `.invalid` can never be delivered to (RFC 2606 §2): nobody is written to by mistake. */
function addressOf(wanted: { person: TestPersonKey; ial: Ial }): string {
  return `${wanted.person}.ial${wanted.ial}@test.invalid`;
}

async function findTestAccount(
  app: App,
  wanted: { person: TestPersonKey; ial: Ial },
): Promise<TestAccount | null> {
  const accountId = await findAccountByAddress(app.db, app, addressOf(wanted));
  if (!accountId) return null;
  const [passkey] = await passkeysOf(app.db, app, accountId);
  return passkey ? { accountId, passkeyId: passkey.id } : null;
}

async function makeTestAccount(
  tx: Tx,
  app: App,
  wanted: { person: TestPersonKey; ial: Ial },
): Promise<TestAccount> {
  const { accountId, key } = await openKeylessAccount(tx, app, addressOf(wanted));
  const passkeyId = await savePasskey(tx, app, {
    accountId,
    key,
    label: 'Sandbox',
    passkey: {
      credentialId: app.random.bytes(32),
      // No COSE key at all: no signature can ever match it.
      publicKey: app.random.bytes(32),
      counter: 0,
      transports: [],
      aaguid: '00000000-0000-0000-0000-000000000000',
      backupEligible: false,
      backedUp: false,
    },
  });
  if (!passkeyId) throw new Error('A random credential id was taken.');
  if (wanted.ial > 0) await enrolTestPerson(tx, app, { ...wanted, accountId });
  return { accountId, passkeyId };
}

async function enrolTestPerson(
  tx: Tx,
  app: App,
  wanted: { person: TestPersonKey; ial: Ial; accountId: AccountId },
): Promise<void> {
  const { stay, ...holder } = TEST_PEOPLE[wanted.person];
  const now = app.clock.now();
  const today = toPlainDate(now);
  const enrolled = await enrolPerson(tx, app, {
    caseId: CaseId.make(app),
    accountId: wanted.accountId,
    holder,
    document: {
      documentCode: 'P',
      issuingState: 'UTO',
      documentNumber: `T${wanted.ial}${wanted.person.toUpperCase()}`,
      dateOfExpiry: addDays(today, 2920),
    },
    findings: FINDINGS[Math.max(1, wanted.ial) as 1 | 2 | 3],
    leastIal: wanted.ial === 1 ? 1 : 2,
    stay: {
      status: stay.status,
      admittedUntil: stay.days === null ? null : addDays(today, stay.days),
      basis: 'sandbox',
      asOf: now.toISOString(),
      source: 'sandbox',
    },
    provisionalUntil: null,
    // A test person stands once at every IAL: alike, and yet another each time.
    dismissed: 'all',
    actor: SYSTEM,
  });
  if (!enrolled.ok) throw new Error(`A test person could not be enrolled: ${enrolled.reason}`);
}
