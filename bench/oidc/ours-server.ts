import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { addResource } from '../../src/agencies/add-resource.ts';
import { addService } from '../../src/agencies/add-service.ts';
import { createApp, createServer } from '../../src/app.ts';
import type { FullApp } from '../../src/app.ts';
import { insertAccount } from '../../src/accounts/account-store.ts';
import { insertPasskey } from '../../src/accounts/passkey-store.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { openDeployment } from '../../src/deployment.ts';
import { digestToken } from '../../src/lib/blind-index.ts';
import { addSeconds, toPlainDate } from '../../src/lib/clock.ts';
import { transact } from '../../src/lib/database.ts';
import { AccountId, PasskeyId, SessionId } from '../../src/lib/ids.ts';
import { giveConsent } from '../../src/oidc/consents.ts';
import { enrolPerson } from '../../src/registry/enrol-person.ts';
import { insertSession } from '../../src/web/session-store.ts';
import { benchedEnrolment } from '../benched-enrolment.ts';
import {
  API,
  CLIENT_ID,
  CONSENT_CLIENT_ID,
  MACHINE_CLIENT_ID,
  PUBLIC_CLIENT_ID,
  REDIRECT_URI,
  serveUsage,
} from './protocol.ts';
import type { Ready } from './protocol.ts';

/* Our server as it is, on PostgreSQL, with people who are signed in, enrolled, and agreed before. */

const PEOPLE = Number(process.env.BENCH_PEOPLE);
const deployment = await openDeployment(process.env);
const app = await createApp(deployment);
const secret = 's'.repeat(43);
if (process.env.BENCH_BESIDE === undefined) {
  await register(app, { clientId: CLIENT_ID });
  await register(app, { clientId: PUBLIC_CLIENT_ID, authMethod: 'none' });
  await register(app, { clientId: CONSENT_CLIENT_ID });
  await register(app, {
    clientId: MACHINE_CLIENT_ID,
    more: { grant_types: ['client_credentials'], redirect_uris: [], claims: [] },
  });
  await registerApi(app, API.jwt, 'jwt');
  await registerApi(app, API.opaque, 'opaque');
}
const people: string[] = [];
for (let index = 0; index < PEOPLE; index++) people.push(await addPerson(app, index));
const server = createServer(app).listen(app.config.PORT, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  serveUsage(countWaits());
  process.send?.({ port, secret, people } satisfies Ready);
});

/** Every statement that any part of the process sends, counted where all of them pass. */
function countWaits(): () => number {
  let waits = 0;
  const { prototype } = pg.Client;
  const send = Reflect.get(prototype, 'query') as (...args: unknown[]) => unknown;
  Object.assign(prototype, {
    query(this: pg.Client, ...args: unknown[]) {
      waits++;
      return send.apply(this, args);
    },
  });
  return () => waits;
}

async function registerApi(app: FullApp, resource: string, format: string): Promise<void> {
  const name = { name: 'bench:read', description: 'Read', 'description#th': 'Read' };
  const file = {
    resource,
    resource_name: 'Bench',
    'resource_name#th': 'Bench',
    agency: 'bench',
    token_format: format,
    scopes: [{ ...name, without_person: true }],
    services: [MACHINE_CLIENT_ID],
  };
  const added = await transact(app.db, (tx) => addResource(tx, app, { file, actor: SYSTEM }));
  if (!added.ok) throw new Error(JSON.stringify(added));
}

async function register(
  app: FullApp,
  service: { clientId: string; authMethod?: string; more?: object },
): Promise<void> {
  const { clientId, authMethod = 'client_secret_basic', more = {} } = service;
  const added = await transact(app.db, (tx) =>
    addService(tx, app, {
      metadata: {
        client_id: clientId,
        client_name: 'Bench',
        'client_name#th': 'Bench',
        agency: { code: 'bench', name: 'Bench', 'name#th': 'Bench' },
        purpose: 'To measure.',
        'purpose#th': 'To measure.',
        redirect_uris: [REDIRECT_URI],
        token_endpoint_auth_method: authMethod,
        id_token_signed_response_alg: 'ES256',
        grant_types: ['authorization_code', 'refresh_token'],
        claims: ['name', 'family_name', 'given_name', 'birthdate'],
        ...more,
      },
      actor: SYSTEM,
      ...(authMethod === 'none' ? {} : { secret }),
    }),
  );
  if (!added.ok) throw new Error(JSON.stringify(added));
}

/** Gives the cookie of a person's session. */
async function addPerson(app: FullApp, index: number): Promise<string> {
  const accountId = AccountId.make(app);
  const passkeyId = PasskeyId.make(app);
  const now = app.clock.now();
  const token = app.random.token();
  await transact(app.db, async (tx) => {
    const dataKeyId = await app.cipher.createDataKey(tx);
    const key = await app.cipher.openDataKey(tx, dataKeyId);
    await insertAccount(tx, {
      id: accountId,
      kind: 'subscriber',
      state: 'active',
      dataKeyId,
      userHandle: app.random.bytes(32),
      displayName: null,
      lang: 'en',
      failedAttempts: 0,
      createdAt: now,
    });
    await insertPasskey(tx, {
      id: passkeyId,
      accountId,
      credentialId: app.random.bytes(32),
      publicKey: app.random.bytes(77),
      counter: 0,
      transports: [],
      aaguid: '00000000-0000-0000-0000-000000000000',
      backupEligible: true,
      backedUp: true,
      label: key.encrypt({ table: 'passkeys', column: 'label', row: passkeyId }, 'Bench'),
      createdAt: now,
      lastUsedAt: now,
    });
    await insertSession(
      tx,
      {
        id: SessionId.make(app),
        kind: 'subscriber',
        accountId,
        passkeyId,
        aal: 2,
        amr: ['pop', 'user', 'mfa'],
        authTime: now,
        createdAt: now,
        lastSeenAt: now,
        expiresAt: addSeconds(now, 12 * 3600),
      },
      digestToken(app.keys.tokenDigestKey, token),
    );
    for (const serviceId of [CLIENT_ID, PUBLIC_CLIENT_ID])
      await giveConsent(tx, app, {
        accountId,
        serviceId,
        scopes: ['openid', 'profile'],
        claims: ['name', 'family_name', 'given_name', 'birthdate'],
      });
  });
  await enrol(app, accountId, index);
  return `tangchat_session=${token}`;
}

/** A name of its own for each. */
function letters(index: number): string {
  const digits = Array.from(String(index).padStart(5, '0'));
  return digits.map((digit) => 'BDFGKLMPRT'[Number(digit)]).join('A');
}

async function enrol(app: FullApp, accountId: AccountId, index: number): Promise<void> {
  const passport = {
    primaryIdentifier: 'ERIKSSON',
    secondaryIdentifier: `ANNA ${letters(index)}`,
    // Nobody looks like anybody: no officer decides here who is who.
    dateOfBirth: toPlainDate(addSeconds(new Date('1950-01-01T00:00:00Z'), index * 86_400 * 31)),
    sex: 'F',
    nationality: 'UTO',
    documentCode: 'P',
    issuingState: 'UTO',
    documentNumber: `B${String(index).padStart(8, '0')}`,
    dateOfExpiry: '2034-05-14',
  } as const;
  const done = await transact(app.db, (tx) =>
    enrolPerson(tx, app, benchedEnrolment(app, { accountId, passport })),
  );
  if (!done.ok) throw new Error(done.reason);
}
