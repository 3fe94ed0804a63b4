import { insertAccount } from '../../src/accounts/account-store.ts';
import { addService } from '../../src/agencies/add-service.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { requireConfig } from '../../src/deployment.ts';
import { createBlindIndex } from '../../src/lib/blind-index.ts';
import type { App } from '../../src/lib/app.ts';
import { addSeconds } from '../../src/lib/clock.ts';
import { migrate, openDatabase, transact } from '../../src/lib/database.ts';
import { createFieldCipher } from '../../src/lib/field-encryption.ts';
import { AccountId } from '../../src/lib/ids.ts';
import { migrateQueue } from '../../src/lib/job-runner.ts';
import { loadKeys } from '../../src/lib/keys.ts';
import { createLog } from '../../src/lib/log.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { removeExpired } from '../../src/oidc/remove-expired.ts';
import { lanesOf } from '../../src/oidc/store/lanes.ts';
import { noWrites } from '../../src/oidc/store/writes.ts';
import type { Writes } from '../../src/oidc/store/writes.ts';
import { report } from '../report.ts';
import { CLIENT_ID, REDIRECT_URI } from './protocol.ts';
import { startDeployment } from './start-server.ts';

const SIGN_INS = Number(process.env.BENCH_SIGN_INS ?? 100_000);
const DAYS = 5;
const AT_ONCE = 50;
const SWEEP_SECONDS = 300;
const VACUUM_SECONDS = 3600;
const TABLES = ['oidc_tokens', 'oidc_grants', 'oidc_sessions'] as const;

/**
 * Sign-ins of some days, as their requests write them, under a clock that runs ahead: what is swept stays swept, and the
 * tables do not grow. The clock leaves the database's own sweeper behind, so that it is called once a simulated hour.
 */
export async function runExpiry(): Promise<void> {
  const deployment = await startDeployment();
  const db = openDatabase({ url: deployment.databaseUrl, poolSize: 8 });
  try {
    await migrateQueue(deployment.databaseUrl);
    await migrate(db);
    let now = new Date();
    const clock = { now: () => now };
    const config = requireConfig({ KEYS_DIR: deployment.keysDir, DATA_DIR: deployment.keysDir });
    const keys = loadKeys(deployment.keysDir);
    const app: App = {
      config,
      db,
      keys,
      clock,
      random: systemRandom,
      log: createLog('error'),
      cipher: createFieldCipher({
        keyEncryptionKey: keys.keyEncryptionKey,
        clock,
        random: systemRandom,
      }),
      blindIndex: createBlindIndex(keys.blindIndexKey),
    };
    const accountId = await prepare(app);
    const millis: number[] = [];
    const step = (DAYS * 86_400 * AT_ONCE) / SIGN_INS;
    let sweepAt = addSeconds(now, SWEEP_SECONDS);
    let vacuumAt = addSeconds(now, VACUUM_SECONDS);
    for (let done = 0; done < SIGN_INS; done += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          const startedAt = performance.now();
          await signIn(app, accountId);
          millis.push(performance.now() - startedAt);
        }),
      );
      now = addSeconds(now, step);
      if (now >= sweepAt) {
        await removeExpired({}, app);
        sweepAt = addSeconds(now, SWEEP_SECONDS);
      }
      if (now >= vacuumAt) {
        for (const table of TABLES) await db.raw('vacuum analyze ??', [table]);
        vacuumAt = addSeconds(now, VACUUM_SECONDS);
      }
    }
    const before = await sizes(app);
    for (const table of TABLES) await db.raw('vacuum full ??', [table]);
    const live = await sizes(app);
    const tenth = Math.floor(millis.length / 10);
    report('oidc-expiry', [
      ...TABLES.map((table) => ({
        what: `${table}: size to live size`,
        figure: round(before[table]! / live[table]!),
      })),
      { what: 'p99 of a sign-in, second tenth, ms', figure: p99(millis.slice(tenth, 2 * tenth)) },
      { what: 'p99 of a sign-in, last tenth, ms', figure: p99(millis.slice(-tenth)) },
    ]);
  } finally {
    await db.destroy();
    await deployment.stop();
  }
}

async function prepare(app: App): Promise<AccountId> {
  const id = AccountId.make(app);
  await transact(app.db, async (tx) => {
    await insertAccount(tx, {
      id,
      kind: 'subscriber',
      state: 'active',
      dataKeyId: await app.cipher.createDataKey(tx),
      userHandle: app.random.bytes(32),
      displayName: null,
      lang: 'en',
      failedAttempts: 0,
      createdAt: app.clock.now(),
    });
    const added = await addService(tx, app, {
      metadata: {
        client_id: CLIENT_ID,
        client_name: 'Bench',
        'client_name#th': 'Bench',
        agency: { code: 'bench', name: 'Bench', 'name#th': 'Bench' },
        purpose: 'To measure.',
        'purpose#th': 'To measure.',
        redirect_uris: [REDIRECT_URI],
      },
      actor: SYSTEM,
    });
    if (!added.ok) throw new Error(JSON.stringify(added));
  });
  return id;
}

/** What the two requests of a sign-in write: session, grant and code; then the code used, access and refresh token. */
async function signIn(app: App, accountId: AccountId): Promise<void> {
  const { config, random } = app;
  const now = app.clock.now();
  const { writes } = lanesOf(app);
  const grantId = random.token();
  const token = (kind: Writes['tokens'][number]['kind'], seconds: number) => ({
    idDigest: random.bytes(32),
    kind,
    grantId,
    sessionUid: null,
    aal: 2 as const,
    payload: Buffer.from(random.token(400)),
    consumedAt: null,
    expiresAt: addSeconds(now, seconds),
  });
  const code = token('AuthorizationCode', config.CODE_SECONDS);
  const first = noWrites(now);
  first.sessions.push({
    uid: random.token(),
    idDigest: random.bytes(32),
    accountId: null,
    webSessionId: null,
    payload: Buffer.from(random.token(400)),
    expiresAt: addSeconds(now, config.SESSION_SECONDS + config.REFRESH_TOKEN_SECONDS),
  });
  first.grants.push({
    id: grantId,
    accountId,
    serviceId: CLIENT_ID,
    sessionUid: null,
    consentId: null,
    wardId: null,
    payload: { openid: { scope: 'openid profile', claims: ['name', 'birthdate'] } },
    expiresAt: addSeconds(now, 2 * config.SESSION_SECONDS + config.REFRESH_TOKEN_SECONDS),
  });
  first.tokens.push(code);
  await writes.do(first);
  const second = noWrites(now);
  second.consume = { idDigest: code.idDigest, grantId };
  second.tokens.push(
    token('AccessToken', config.ACCESS_TOKEN_SECONDS),
    token('RefreshToken', config.REFRESH_TOKEN_SECONDS),
  );
  if ((await writes.do(second)) !== 'done') throw new Error('A code was not taken.');
}

async function sizes(app: App): Promise<Record<string, number>> {
  const entries = TABLES.map(async (table) => {
    const { rows } = await app.db.raw<{ rows: { size: number }[] }>(
      'select pg_total_relation_size(?::regclass) as size',
      [table],
    );
    return [table, rows[0]!.size] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const round = (value: number) => Math.round(value * 100) / 100;
const p99 = (values: readonly number[]) =>
  round(values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)]!);
