import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandboxRegister } from '../../src/dev/sandbox-register/create-sandbox-register.ts';
import { makeSigningJwk } from '../../src/dev/sandbox-register/signing-key.ts';
import { readConfig } from '../../src/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { loadKeys } from '../../src/lib/keys.ts';
import { createLog } from '../../src/lib/log.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { connectRegisters } from '../../src/visas/connect-register.ts';
import { makeCertificate } from '../oidc/client-certificates.ts';
import { question } from '../dev/sandbox-register/running-register.ts';
import { testConfig } from '../harness.ts';

/** A register that lets nobody in without a certificate of its authority, and several of them from one file. */
const authority = makeCertificate({ name: [['CN', 'Register Authority']], isAuthority: true });
const host = makeCertificate({
  name: [['CN', 'register']],
  alternative: [{ tag: 'ip', value: '127.0.0.1' }],
  by: authority,
});
const ours = makeCertificate({ name: [['CN', 'tangchat']], by: authority });
const stranger = makeCertificate({ name: [['CN', 'tangchat']] });

let folder: string;
let server: Server;
let url: string;
const seen: string[] = [];
const keys = loadKeys(testConfig().KEYS_DIR);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mtls-'));
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const tls = { key: host.keyPem, cert: host.pem, ca: authority.pem, requestCert: true };
  server = createServer({ ...tls, rejectUnauthorized: true }, (request, response) => {
    seen.push((request.socket as TLSSocket).getPeerCertificate().subject.CN as string);
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signingJwk = await makeSigningJwk();
  const { d: _d, ...publicJwk } = signingJwk;
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [publicJwk] }));
  for (const [name, pem] of [
    ['ca.pem', authority.pem],
    ['cert.pem', ours.pem],
    ['key.pem', ours.keyPem],
  ] as const)
    writeFileSync(join(folder, name), pem);
  handle = await createSandboxRegister({
    dataFile: join(folder, 'records.json'),
    signingJwk,
    issuer: url,
    clientId: 'http://localhost:3000',
    clientJwks: { keys: [keys.registerClientJwk] },
    clock: systemClock,
    random: systemRandom,
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

function connect(env: Record<string, string>) {
  const read = readConfig({
    REGISTER_URL: url,
    REGISTER_JWKS_FILE: join(folder, 'jwks.json'),
    ...env,
  });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const log = createLog('silent');
  return connectRegisters({
    config: read.config,
    keys,
    log,
    clock: systemClock,
    random: systemRandom,
  });
}

const withOurs = {
  REGISTER_TLS_CERT: ours.pem,
  REGISTER_TLS_KEY: ours.keyPem,
  REGISTER_TLS_CA: authority.pem,
};

describe('mutual TLS', () => {
  test('shows our certificate, and asks nobody whose certificate is not of the pinned authority', async () => {
    const { main } = await connect(withOurs);
    expect(await main.port.ask(question())).toMatchObject({ kind: 'found' });
    expect(seen.at(-1)).toBe('tangchat');
  });

  test.each([
    [
      'with a certificate of nobody',
      { ...withOurs, REGISTER_TLS_CERT: stranger.pem, REGISTER_TLS_KEY: stranger.keyPem },
    ],
    ['without one', { REGISTER_TLS_CA: authority.pem }],
    ['where the register is of another authority', { ...withOurs, REGISTER_TLS_CA: stranger.pem }],
  ])('%s there is no answer, and none is "not found"', async (_how, env) => {
    const { main } = await connect(env);
    expect(await main.port.ask(question())).toMatchObject({
      kind: 'unavailable',
      reason: 'connection',
    });
  });

  test('a certificate without its key is a fault of the configuration', () => {
    const read = readConfig({ REGISTER_TLS_CERT: ours.pem });
    expect(read).toMatchObject({ ok: false, faults: [{ name: 'REGISTER_TLS_KEY' }] });
  });
});

describe('REGISTERS_FILE', () => {
  const write = (registers: unknown) => {
    const path = join(folder, 'registers.json');
    writeFileSync(path, JSON.stringify({ registers }));
    return connect({ ...withOurs, REGISTERS_FILE: path });
  };
  const tls = { certFile: 'cert.pem', keyFile: 'key.pem', caFile: 'ca.pem' };
  const labour = () => ({
    name: 'labour',
    kind: 'work_permit',
    url: `${url}/labour`,
    jwksFile: 'jwks.json',
    lagSeconds: 86_400,
    tls,
  });
  const watch = () => ({
    name: 'sltd',
    kind: 'watch_list',
    url: `${url}/watch`,
    jwksFile: 'jwks.json',
    tls,
  });

  test('lists further registers and watch lists, each with its own address, keys, lag and certificate', async () => {
    const registers = await write([labour(), watch()]);
    expect(registers.others).toMatchObject([
      { name: 'labour', kind: 'work_permit', lagSeconds: 86_400, required: false },
    ]);
    expect(registers.others[0]?.corrections).toBeNull();
    expect(await registers.others[0]?.port.ask(question())).toMatchObject({
      workPermit: { status: 'in_effect' },
    });
    expect(await registers.watch[0]?.port.ask(question('LOST00001'))).toMatchObject({
      kind: 'hit',
    });
  });

  test.each([
    ['two of one name', () => [labour(), labour()], /two registers have one name/],
    [
      'the name of REGISTER_URL',
      () => [{ ...labour(), name: 'immigration' }],
      /that of REGISTER_URL/,
    ],
    ['a kind that nobody knows', () => [{ ...labour(), kind: 'horoscope' }], /kind/],
    ['keys that are not there', () => [{ ...labour(), jwksFile: 'none.json' }], /cannot be used/],
    ['a setting that nobody knows', () => [{ ...labour(), retries: 9 }], /retries/],
  ])('is refused with %s', async (_what, entries, why) => {
    await expect(write(entries())).rejects.toThrow(why);
  });
});
