import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { KEY_KINDS } from '../../../src/oidc/signing-keys/key-life.ts';
import { startKeyFollower } from '../../../src/oidc/signing-keys/follow-keys.ts';
import { placeOf } from '../../../src/oidc/signing-keys/make-key.ts';
import { recordKeySteps } from '../../../src/oidc/signing-keys/record-steps.ts';
import { dropKey, rotateKeys } from '../../../src/oidc/signing-keys/rotate-keys.ts';
import { findSealedKeys, listKeys } from '../../../src/oidc/signing-keys/store.ts';
import { atEnd } from '../../at-end.ts';
import { startTestServer } from '../../harness.ts';
import type { TestServer } from '../../harness.ts';
import { newWalker, signIn, signUp } from '../../walk.ts';
import type { SignedIn } from '../../walk.ts';
import { authorizationRequest, follow, relyingParty, signInAt } from '../relying-party.ts';
import type { RelyingParty } from '../relying-party.ts';
import { jwksOf, verifyIdToken } from './keys-at.ts';

let server: TestServer;
let party: RelyingParty;
beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server);
  // Time goes forward only: from one test to the next too.
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(() => vi.useRealTimers());

/** From now on it is so many seconds later, and this node has looked. */
async function later(seconds: number): Promise<void> {
  vi.setSystemTime(Date.now() + seconds * 1000);
  await server.app.providerKeys.refresh();
}

const kids = async () => (await jwksOf(server)).keys.map(({ kid }) => kid);
let people = 0;
/** A person who signed in just now. */
const newcomer = () => signUp(server, { email: `anna${(people += 1)}@example.org` });
const idTokenOf = async ({ walker }: SignedIn) => (await signInAt(walker, party)).tokens.id_token!;
const idToken = async () => idTokenOf(await newcomer());
const eventsOf = async (kid: string) => {
  const rows = await server.app
    .db('audit_events')
    .where({ subject_id: kid })
    .orderBy(['at', 'id'])
    .select<{ action: string }[]>('action');
  return rows.map(({ action }) => action);
};

it('publishes, waits a day, signs, and retires the former key when nothing it signed is of use', async () => {
  const [former] = server.app.keys.oidcJwks.keys.map(({ kid }) => kid!);
  const [rotation] = await rotateKeys(server.app, { kinds: ['RS256'], soon: false });
  const { kid } = rotation!;
  const first = await idToken();
  expect((await verifyIdToken(server, first)).kid).toBe(former);

  await later(86_400 - 60);
  expect(await kids()).toEqual(expect.arrayContaining([former, kid]));
  expect((await rotateKeys(server.app, { kinds: ['RS256'], soon: false }))[0]).toMatchObject({
    outcome: 'waits_already',
    kid,
  });
  await later(61);
  expect((await verifyIdToken(server, await idToken())).kid).toBe(kid);
  expect((await verifyIdToken(server, first).catch((error: Error) => error.name)) as unknown).toBe(
    'JWTExpired',
  );
  expect(await eventsOf(former!)).toEqual(['oidc.key_published']);
  await later(31);
  await recordKeySteps({}, server.app);
  await recordKeySteps({}, server.app);
  expect(await eventsOf(former!)).toEqual(['oidc.key_published', 'oidc.key_retired']);
  expect(await eventsOf(kid)).toEqual(['oidc.key_published', 'oidc.key_in_use']);
  // The private half is gone for good; a node that starts now needs it no more.
  expect(await findSealedKeys(server.app.db, [former!])).toEqual([]);
  expect(await kids()).toContain(former);
  await later(86_400 + 600);
  await recordKeySteps({}, server.app);
  expect(await kids()).not.toContain(former);
  expect(await eventsOf(former!)).toContain('oidc.key_removed');
});

it('brings a waiting key forward, no further than caches allow', async () => {
  await rotateKeys(server.app, { kinds: ['ES256'], soon: false });
  const startedAt = Date.now();
  const [soon] = await rotateKeys(server.app, { kinds: ['ES256'], soon: true });
  expect(soon!.outcome).toBe('brought_forward');
  const waits = (soon!.usedFrom.getTime() - startedAt) / 1000;
  expect(waits).toBeGreaterThan(600);
  expect(waits).toBeLessThan(640);
  const line = (await listKeys(server.app.db, server.app.clock.now())).filter(
    ({ kind }) => kind === 'ES256',
  );
  expect(line.map(({ usedUntil }) => usedUntil)).toEqual([soon!.usedFrom, null]);
});

it('hears of a change at once', async () => {
  const app = {
    ...server.app,
    config: { ...server.app.config, KEY_POLL_SECONDS: 3600 },
  };
  const follower = startKeyFollower(app, { databaseUrl: server.databaseUrl });
  atEnd(() => follower.stop());
  await vi.waitFor(async () => {
    const { rows } = await app.db.raw<{ rows: unknown[] }>(
      `select 1 from pg_stat_activity
        where datname = current_database() and application_name like 'listen %' and state = 'idle'`,
    );
    expect(rows).toHaveLength(1);
  });
  const [rotation] = await rotateKeys(server.app, { kinds: ['PS256'], soon: false });
  await vi.waitFor(async () => expect(await kids()).toContain(rotation!.kid), { timeout: 3000 });
});

it('refuses at once what a dropped key signed, and signs with another', async () => {
  const anna = await newcomer();
  const before = await idTokenOf(anna);
  const { kid } = await verifyIdToken(server, before);
  const [waiting] = await rotateKeys(server.app, { kinds: ['RS256'], soon: false });
  const dropped = await dropKey(server.app, kid!);
  expect(dropped).toEqual({ ok: true, kind: 'RS256', successor: waiting!.kid });
  await server.app.providerKeys.refresh();

  expect(await kids()).not.toContain(kid);
  await expect(verifyIdToken(server, before)).rejects.toThrow('no applicable key');
  const hint = await newWalker(server.url).get(`/oidc/sign-out?id_token_hint=${before}`);
  expect(hint.status).toBe(400);
  const request = await authorizationRequest(party, { id_token_hint: before, prompt: 'none' });
  const arrival = await follow(anna.walker, request.path);
  expect(arrival.at === 'service' && arrival.url.searchParams.get('error')).toBe('invalid_request');

  const after = await idTokenOf(anna);
  expect((await verifyIdToken(server, after)).kid).toBe(waiting!.kid);
  expect(await dropKey(server.app, kid!)).toEqual({ ok: false, reason: 'unknown_key' });
  await vi.waitFor(async () =>
    expect(await eventsOf(kid!)).toEqual(
      expect.arrayContaining(['oidc.key_compromised', 'oidc.key_removed']),
    ),
  );
  expect(await findSealedKeys(server.app.db, [kid!])).toEqual([]);
});

it('makes a new key where none waits, and goes on with the former where a waiting one is dropped', async () => {
  const made = await dropKey(server.app, (await verifyIdToken(server, await idToken())).kid!);
  await server.app.providerKeys.refresh();
  const { kid } = await verifyIdToken(server, await idToken());
  expect(made).toMatchObject({ ok: true, successor: kid });
  const [waiting] = await rotateKeys(server.app, { kinds: ['RS256'], soon: false });
  expect(await dropKey(server.app, waiting!.kid)).toMatchObject({ ok: true, successor: kid });
  await later(2 * 86_400);
  expect((await verifyIdToken(server, await idToken())).kid).toBe(kid);
});

it('lets cookies and open forms of a former secret stand until it is removed, and none of a dropped one', async () => {
  const { walker, device } = await newcomer();
  await signInAt(walker, party);
  const form = await walker.visit('/passkeys');
  const token = /name="csrf" value="([^"]+)"/.exec(form.text)![1];
  await rotateKeys(server.app, { kinds: ['cookie'], soon: true });
  await later(31);
  const quiet = { prompt: 'none' };
  const on = await follow(walker, (await authorizationRequest(party, quiet)).path);
  expect(on.at === 'service' && on.url.searchParams.has('code')).toBe(true);
  // The page was shown before; its form still counts.
  expect((await walker.visit('/passkeys')).text).not.toContain(token);
  const sent = await fetch(`${server.url}/sign-in/options`, {
    method: 'POST',
    headers: {
      'x-csrf-token': token!,
      cookie: [...walker.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    },
  });
  expect(sent.status).toBe(200);

  const secrets = (await listKeys(server.app.db, null)).filter(
    ({ kind, compromisedAt }) => kind === 'cookie' && compromisedAt === null,
  );
  for (const { kid } of secrets) await dropKey(server.app, kid);
  await server.app.providerKeys.refresh();
  const off = await fetch(`${server.url}/sign-in/options`, {
    method: 'POST',
    headers: {
      'x-csrf-token': token!,
      cookie: [...walker.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    },
  });
  expect(off.status).toBe(403);
  // Our own session is no signed cookie: who signs in again is not asked to agree again.
  await signIn(walker, device);
  const again = await follow(walker, (await authorizationRequest(party)).path);
  expect(again.at).toBe('service');
});

it('shows no private half, neither in the tables nor in the JWKS', async () => {
  await rotateKeys(server.app, { kinds: KEY_KINDS, soon: false });
  const { app } = server;
  const tables = ['provider_keys', 'data_keys', 'audit_events', 'graphile_worker._private_jobs'];
  const rows = await Promise.all(
    tables.map((table) => app.db.raw(`select t::text as row from ${table} as t`)),
  );
  const text = (rows as { rows: { row: string }[] }[])
    .flatMap(({ rows }) => rows.map(({ row }) => row))
    .join('\n')
    .toLowerCase();
  const jwks = JSON.stringify(await jwksOf(server));
  const all = await listKeys(app.db, app.clock.now());
  const sealed = await findSealedKeys(
    app.db,
    all.map(({ kid }) => kid),
  );
  const secrets = sealed.flatMap((row) => {
    const opened = app.cipher
      .unwrap(row.dataKeyId, row.wrapped)
      .decryptText(placeOf(row.kid), row.sealed);
    if (!opened.startsWith('{')) return [opened];
    const { d, p, q } = JSON.parse(opened) as Record<string, string>;
    return [d, p, q].filter((part) => part !== undefined);
  });
  expect(secrets.length).toBeGreaterThan(16);
  expect(text).toContain(all[0]!.kid.toLowerCase());
  for (const secret of secrets) {
    expect(jwks).not.toContain(secret);
    expect(text).not.toContain(secret.toLowerCase());
    // Binary columns are shown in hexadecimal.
    expect(text).not.toContain(Buffer.from(secret).toString('hex'));
    expect(text).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
  }
  // Moved to the row of another key, a sealed half cannot be opened.
  const [one, other] = sealed;
  const key = app.cipher.unwrap(one!.dataKeyId, one!.wrapped);
  expect(() => key.decrypt(placeOf(other!.kid), one!.sealed)).toThrow();
});
