import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { addService } from '../../src/agencies/add-service.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import { transact } from '../../src/lib/database.ts';
import { atEnd } from '../at-end.ts';
import { freePort, startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { newWalker } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { plainVisitor } from './plain-visitor.ts';

/* docs/integrate.md: what it shows is what is in docs/examples, and that runs. */
const DOCS = join(import.meta.dirname, '../../docs');
const EXAMPLES = join(DOCS, 'examples');

let server: TestServer;
let expressApp: string;
let clientApp: string;
beforeAll(async () => {
  server = await startTestServer({ OUTBOUND_LOOPBACK: 'yes' });
  [expressApp, clientApp] = await Promise.all([start('node-express'), start('node-openid-client')]);
});

/** Registers the service of the document, for a port of this test; gives what the examples are told. */
async function settingsOf(example: string, more: Record<string, unknown> = {}) {
  const port = String(await freePort());
  const file = readFileSync(join(EXAMPLES, 'service.json'), 'utf8').replaceAll('4000', port);
  const metadata = { ...(JSON.parse(file) as object), client_id: `example-${example}` };
  const own = `http://127.0.0.1:${port}`;
  const logout = { backchannel_logout_uri: `${own}/backchannel-logout`, ...more };
  const added = await transact(server.app.db, (tx) =>
    addService(tx, server.app, { metadata: { ...metadata, ...logout }, actor: SYSTEM }),
  );
  if (!added.ok) throw new Error(JSON.stringify(added));
  const { clientId: CLIENT_ID } = added.service;
  return { own, ISSUER: server.url, CLIENT_ID, CLIENT_SECRET: added.secret!, PORT: port };
}

/** Starts an example as its reader would; gives the address that it says. */
async function start(example: string): Promise<string> {
  const { own, ...settings } = await settingsOf(example);
  const child = spawn(process.execPath, [join(EXAMPLES, `${example}.mjs`)], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  atEnd(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const said = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(said[0])).toContain(own);
  return own;
}

/** Follows the application to us, signs in, and comes back; gives the page at the end. */
async function through(
  app: Walker,
  path: string,
  who: Parameters<ReturnType<typeof plainVisitor>['visit']>[1] = {},
  visitor = plainVisitor(server),
) {
  const sent = await app.get(path);
  const back = await visitor.visit(sent.location!, who);
  return app.visit(`${back.pathname}${back.search}`);
}

describe('docs/integrate.md', () => {
  const text = readFileSync(join(DOCS, 'integrate.md'), 'utf8');
  const blocks = [...text.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, block]) => block);

  it.each(
    readdirSync(EXAMPLES, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(EXAMPLES.length + 1)),
  )('shows docs/examples/%s as it is', (path) => {
    expect(text).toContain(`examples/${path}`);
    expect(blocks).toContain(readFileSync(join(EXAMPLES, path), 'utf8'));
  });

  it('names only pages and headings that exist', () => {
    for (const [, path] of text.matchAll(/\]\((?!http)([^)#]+)[^)]*\)/g))
      expect([path, exists(join(DOCS, path!))]).toEqual([path, true]);
  });
});

function exists(path: string, mode = constants.R_OK): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

it('signs in with the Express example', async () => {
  const app = newWalker(expressApp);
  const shown = await through(app, '/me');
  expect(JSON.parse(shown.text)).toMatchObject({
    ial: 2,
    aal: 2,
    userinfo: { name: 'Lina May TESTER', nationality: 'UTO' },
  });
});

describe('the openid-client example', () => {
  it('signs in, refreshes and signs out', async () => {
    const app = newWalker(clientApp);
    const visitor = plainVisitor(server);
    const shown = await through(app, '/login', { person: 'batu', ial: 1 }, visitor);
    expect(JSON.parse(shown.text)).toMatchObject({
      claims: { ial: 1, aal: 2 },
      userinfo: { name: 'BATU' },
    });
    expect((await app.get('/refresh')).json()).toMatchObject({ ial: 1, aal: 2 });
    const out = await app.get('/logout');
    const page = await visitor.open(out.location!);
    expect(page.at === 'page' && page.answer.text).toContain('name="logout"');
    expect((await app.get('/me')).location).toContain('/oidc/auth');
  });

  it('sends to us where a page needs more', async () => {
    const sure = newWalker(clientApp);
    await through(sure, '/login', { ial: 2 });
    expect((await sure.get('/land')).text).toBe('Your land titles');
    const fresh = newWalker(clientApp);
    const sent = await fresh.get('/land');
    expect(JSON.parse(new URL(sent.location!).searchParams.get('claims')!)).toMatchObject({
      id_token: { acr: { essential: true } },
    });
    expect((await through(fresh, '/land', { ial: 3 })).path).toBe('/me');
    expect((await fresh.get('/land')).text).toBe('Your land titles');
  });

  it('signs a person out when we tell it by the back channel', async () => {
    const app = newWalker(clientApp);
    const visitor = plainVisitor(server);
    await through(app, '/login', {}, visitor);
    expect((await app.get('/me')).status).toBe(200);
    await visitor.walker.post('/sign-out');
    await expect
      .poll(async () => (await app.get('/me')).location, { interval: 50, timeout: 10_000 })
      .toContain('/oidc/auth');
  });

  it('tells nothing of an error to whoever sends one', async () => {
    const app = newWalker(clientApp);
    await app.get('/login');
    const answer = await app.get('/callback?error=access_denied&state=other');
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('Try again')]);
    const stranger = newWalker(clientApp);
    expect((await stranger.get('/callback?code=x&state=y')).location).toBe('/');
  });
});

const TOOLS = ['bash', 'curl', 'jq', 'openssl'].filter(
  (tool) =>
    !(process.env.PATH ?? '')
      .split(delimiter)
      .some((folder) => exists(join(folder, tool), constants.X_OK)),
);

it.skipIf(TOOLS.length > 0)('signs in by hand, with curl', async () => {
  const { own, ...settings } = await settingsOf('curl', { minimum_ial: 2 });
  const run = (more: Record<string, string> = {}) =>
    promisify(execFile)('bash', [join(EXAMPLES, 'sign-in.sh')], {
      env: { PATH: process.env.PATH, ...settings, CALLBACK: `${own}/callback`, ...more },
    });
  const { stdout } = await run();
  expect(stdout).toContain('"acr": "urn:tangchat:acr:ial2:aal2"');
  expect(stdout).toContain('"name": "Lina May TESTER"');
  await expect(run({ CLIENT_SECRET: 'wrong' })).rejects.toThrow(/help\/errors#invalid_client/);
});
