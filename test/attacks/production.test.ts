import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { routes } from '../../src/routes.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';

/* What a deployment for real people must not have, and how its cookies go out. */
let server: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'tangchat-production-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ISSUER = 'https://id.example.go.th';
const settings = (): Record<string, string> => ({
  NODE_ENV: 'production',
  ISSUER,
  SMTP_URL: 'smtp://127.0.0.1:1',
  REGISTER_URL: 'https://register.example.go.th',
  REGISTER_JWKS_FILE: join(folder, 'register.json'),
});

beforeAll(async () => {
  const { publicKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'register', alg: 'ES256', use: 'sig' };
  writeFileSync(join(folder, 'register.json'), JSON.stringify({ keys: [jwk] }));
  server = await startTestServer(settings());
}, 30_000);

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** As the proxy that ends TLS calls us. */
function call(path: string, method = 'GET'): Promise<Reply> {
  const { port } = server.server.address() as AddressInfo;
  const headers = { accept: 'text/html' };
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname: '127.0.0.1', port, path, method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

it('has none of the sandbox’s addresses', async () => {
  const dev = routes.filter(({ path }) => path.startsWith('/dev'));
  expect(dev.length).toBeGreaterThan(0);
  for (const { path, method } of dev)
    expect([path, (await call(path, method)).status]).toEqual([path, 404]);
  expect((await call('/metrics')).status).toBe(404);
  expect((await call('/control/records', 'POST')).status).toBe(404);
});

it('says nowhere that it is a sandbox, nor where test mail is', async () => {
  for (const path of ['/', '/create', '/sign-in', '/help', '/recover', '/console/sign-in']) {
    const { status, text } = await call(path);
    expect([path, status]).toEqual([path, 200]);
    expect(text).not.toMatch(/sandbox|\/dev\//i);
  }
});

it('sends every cookie for this host and https alone, out of reach of scripts', async () => {
  const { headers } = await call('/sign-in?lang=th');
  const cookies = headers['set-cookie'] ?? [];
  const names = cookies.map((line) => line.split('=')[0]);
  expect(new Set(names)).toEqual(new Set(['__Host-tangchat_browser', '__Host-tangchat_lang']));
  for (const line of cookies) {
    expect(line).toMatch(/; path=\//i);
    expect(line).toMatch(/; secure/i);
    expect(line).toMatch(/; httponly/i);
    expect(line).toMatch(/; samesite=lax/i);
    expect(line).not.toMatch(/; domain=/i);
  }
  expect(headers['strict-transport-security']).toMatch(/max-age=\d{8}/);
  expect(headers['content-security-policy']).not.toMatch(/127\.0\.0\.1|localhost|http:/);
});

it.each(['SMTP_URL', 'REGISTER_URL', 'REGISTER_JWKS_FILE', 'ISSUER'])(
  'does not start without %s',
  (name) => {
    const rest: Record<string, string> = { ...settings(), KEYS_DIR: folder };
    delete rest[name];
    const read = readConfig(rest);
    expect(read).toMatchObject({ ok: false });
    expect(JSON.stringify(read)).toContain(name);
  },
);

it('does not start on plain http', () => {
  const read = readConfig({ ...settings(), KEYS_DIR: folder, ISSUER: 'http://id.example.go.th' });
  expect(read).toMatchObject({ ok: false, faults: [{ name: 'ISSUER' }] });
});
