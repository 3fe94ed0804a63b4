import { beforeAll, expect, it } from 'vitest';
import { insertAccount } from '../../../src/accounts/account-store.ts';
import { addService } from '../../../src/agencies/add-service.ts';
import { SYSTEM } from '../../../src/audit/append.ts';
import { transact } from '../../../src/lib/database.ts';
import type { App } from '../../../src/lib/app.ts';
import { AccountId } from '../../../src/lib/ids.ts';
import { flushWrites } from '../../../src/oidc/store/flush-store.ts';
import { lanesOf } from '../../../src/oidc/store/lanes.ts';
import { noWrites } from '../../../src/oidc/store/writes.ts';
import type { Writes } from '../../../src/oidc/store/writes.ts';
import { testApp } from '../../harness.ts';

let app: App;
let accountId: AccountId;
const SERVICE = 'lands-app';

beforeAll(async () => {
  app = await testApp();
  accountId = AccountId.make(app);
  await transact(app.db, async (tx) => {
    await insertAccount(tx, {
      id: accountId,
      kind: 'subscriber',
      state: 'active',
      dataKeyId: await app.cipher.createDataKey(tx),
      userHandle: app.random.bytes(32),
      displayName: null,
      lang: 'en',
      failedAttempts: 0,
      createdAt: new Date(),
    });
    const added = await addService(tx, app, {
      metadata: {
        client_id: SERVICE,
        client_name: 'Lands',
        'client_name#th': 'Lands',
        agency: { code: 'lands', name: 'Lands', 'name#th': 'Lands' },
        purpose: 'To test.',
        'purpose#th': 'To test.',
        redirect_uris: ['http://127.0.0.1:9/callback'],
      },
      actor: SYSTEM,
    });
    expect(added.ok).toBe(true);
  });
});

const inAnHour = () => new Date(Date.now() + 3600_000);

function tokenOf(grantId: string, name: string): Writes['tokens'][number] {
  return {
    idDigest: Buffer.from(name),
    kind: 'RefreshToken',
    grantId,
    sessionUid: null,
    aal: 2,
    payload: Buffer.from([1]),
    consumedAt: null,
    expiresAt: inAnHour(),
  };
}

/** A grant with one token under it. */
async function signedIn(name: string): Promise<void> {
  const writes = noWrites(new Date());
  writes.grants.push({
    id: `grant ${name}`,
    accountId,
    serviceId: SERVICE,
    sessionUid: null,
    consentId: null,
    wardId: null,
    payload: {},
    expiresAt: inAnHour(),
  });
  writes.tokens.push(tokenOf(`grant ${name}`, name));
  await flushWrites(app, [writes]);
}

/** Uses the token `name` up for `issued`. */
function exchange(name: string, issued: string): Writes {
  const writes = noWrites(new Date());
  writes.consume = { idDigest: Buffer.from(name), grantId: `grant ${name}` };
  writes.tokens.push(tokenOf(`grant ${name}`, issued));
  return writes;
}

const tokensLeft = async (...names: string[]) => {
  const rows = await app
    .db('oidc_tokens')
    .whereIn(
      'id_digest',
      names.map((name) => Buffer.from(name)),
    )
    .pluck('id_digest');
  return rows.map((digest: Buffer) => digest.toString()).toSorted();
};

const WAITING = `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

/** How many statements wait for a row that another holds. */
async function waiting(): Promise<number> {
  const { rows } = await app.db.raw<{ rows: unknown[] }>(`select pid ${WAITING}`);
  return rows.length;
}

it('gives each of a batch its own outcome: winners issue, losers end what is under the grant', async () => {
  await signedIn('a');
  await signedIn('b');
  await flushWrites(app, [exchange('b', 'b0')]);
  expect(await flushWrites(app, [exchange('a', 'a1'), exchange('b', 'b1')])).toEqual([
    'done',
    'replayed',
  ]);
  expect(await tokensLeft('a', 'a1', 'b', 'b0', 'b1')).toEqual(['a', 'a1']);
});

it('lets the first of two in one turn win, and the second end what it got', async () => {
  await signedIn('c');
  const { writes } = lanesOf(app);
  const outcomes = await Promise.all([
    writes.do(exchange('c', 'c1')),
    writes.do(exchange('c', 'c2')),
  ]);
  expect(outcomes).toEqual(['done', 'replayed']);
  expect(await tokensLeft('c', 'c1', 'c2')).toEqual([]);
});

it('loses nothing to one who issues under a grant that is gone, in the same batch', async () => {
  const names = Array.from({ length: 20 }, (_, at) => `d${at}`);
  for (const name of names) await signedIn(name);
  const { writes } = lanesOf(app);
  const dead = noWrites(new Date());
  dead.tokens.push(tokenOf('grant that is gone', 'orphan'));
  const outcomes = await Promise.allSettled([
    ...names.slice(0, 10).map((name) => writes.do(exchange(name, `${name} next`))),
    writes.do(dead),
    ...names.slice(10).map((name) => writes.do(exchange(name, `${name} next`))),
  ]);
  expect(outcomes[10]).toMatchObject({ status: 'rejected', reason: { code: '23503' } });
  outcomes.splice(10, 1);
  expect(outcomes.map((outcome) => 'value' in outcome && outcome.value)).toEqual(
    names.map(() => 'done'),
  );
  expect(await tokensLeft(...names.map((name) => `${name} next`), 'orphan')).toHaveLength(20);
});

it('inserts nothing under a grant whose revocation it met on the way', async () => {
  await signedIn('e');
  const revocation = await app.db.transaction();
  await revocation('oidc_grants').where({ id: 'grant e' }).delete();
  const flush = flushWrites(app, [exchange('e', 'e1')]);
  await expect.poll(waiting).toBe(1);
  await revocation.commit();
  expect(await flush).toEqual(['replayed']);
  expect(await tokensLeft('e', 'e1')).toEqual([]);
});

it('answers with a fault, and repeats nothing, where the connection broke under a batch', async () => {
  await signedIn('f');
  await signedIn('g');
  const holder = await app.db.transaction();
  await holder('oidc_grants').where({ id: 'grant f' }).forUpdate().select('id');
  const { writes } = lanesOf(app);
  const outcomes = Promise.allSettled([
    writes.do(exchange('f', 'f1')),
    writes.do(exchange('g', 'g1')),
  ]);
  await expect.poll(waiting).toBe(1);
  await app.db.raw(`select pg_terminate_backend(pid) ${WAITING}`);
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await holder.commit();
  expect(await tokensLeft('f', 'f1', 'g', 'g1')).toEqual(['f', 'g']);
  // Whoever tries again is the first.
  expect(await writes.do(exchange('f', 'f2'))).toBe('done');
});
