import { once } from 'node:events';
import * as openid from 'openid-client';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp, createServer } from '../../src/app.ts';
import { removeExpired } from '../../src/oidc/remove-expired.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { newWalker, signUp } from '../walk.ts';
import { approve, beginDevice, DEVICE, pollDevice, type, xsrfOf } from './device.ts';
import { relyingParty } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/* The codes of RFC 8628: the one that is typed (§5.1, §5.4: guessed, sent by others) and the one that is polled with. */
let server: TestServer;
let tv: RelyingParty;
let kiosk: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  const registered = { ...DEVICE, client_id: 'lands-tv', token_endpoint_auth_method: 'none' };
  tv = await relyingParty(server, registered);
  kiosk = await relyingParty(server, { ...DEVICE, client_id: 'lands-kiosk' });
});

afterEach(() => void vi.useRealTimers());

function later(seconds: number): void {
  const at = Date.now() + seconds * 1000;
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(at);
}

const poll = (party: RelyingParty, code: string, at: { url: string } = server) =>
  pollDevice(at, party, code);

describe('a code', () => {
  it('in an address fills the field and approves nothing; language switches keep it', async () => {
    const begun = await beginDevice(server, tv);
    const { walker } = await signUp(server, { email: 'scans@example.org' });
    const page = await walker.get(
      new URL(begun.verification_uri_complete).pathname +
        new URL(begun.verification_uri_complete).search,
    );
    expect(page.status).toBe(200);
    expect(page.text).toContain(`value="${begun.user_code}"`);
    expect(page.text).toContain('your device must show exactly this code');
    expect(page.text).toMatch(
      new RegExp(
        `lang=th[^"]*user_code=${begun.user_code}|user_code=${begun.user_code}[^"]*lang=th`,
      ),
    );
    expect((await poll(tv, begun.device_code)).body.error).toBe('authorization_pending');
    const odd = await walker.get(
      `/device?user_code=${encodeURIComponent('"><script>alert(1)</script>')}`,
    );
    expect(odd.text).not.toContain('<script>alert');
  });

  it('works once, in one browser; every other answer is one and the same', async () => {
    const begun = await beginDevice(server, tv);
    const first = await signUp(server, { email: 'first@example.org' });
    const second = await signUp(server, { email: 'second@example.org' });
    // Both have the confirmation before them; one goes on.
    const pages = await Promise.all(
      [first, second].map(({ walker }) => type(walker, begun.user_code)),
    );
    const answers = await Promise.all(
      [first, second].map(({ walker }, index) =>
        walker.post('/device', {
          xsrf: xsrfOf(pages[index]!),
          user_code: begun.user_code,
          confirm: 'yes',
        }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 422]);
    const stranger = newWalker(server.url);
    const refusals = await Promise.all([
      type(stranger, begun.user_code),
      type(newWalker(server.url), 'BBBB-BBBB'),
      type(newWalker(server.url), '%00'),
      type(newWalker(server.url), 'x'.repeat(5000)),
    ]);
    const told = refusals.map(({ status, text }) => [
      status,
      /<p class="ds-validation-message"[^>]*>([^<]+)</.exec(text)?.[1],
    ]);
    expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(told[0]).toEqual([422, expect.stringContaining('This code does not work')]);
  });

  it('cannot be confirmed by another site, nor without the token of the page', async () => {
    const begun = await beginDevice(server, tv);
    const { walker } = await signUp(server, { email: 'forged@example.org' });
    const page = await type(walker, begun.user_code);
    const fields = { user_code: begun.user_code, confirm: 'yes' };
    const foreign = await walker.post(
      '/device',
      { ...fields, xsrf: xsrfOf(page) },
      { origin: 'https://evil.example' },
    );
    expect(foreign.status).toBe(403);
    const bare = await walker.post('/device', fields);
    expect(bare.status).toBe(422);
    expect((await poll(tv, begun.device_code)).body.error).toBe('authorization_pending');
  });

  it('can be guessed at so often only, from a network or by an account', async () => {
    const own = await startTestServer();
    const walker = newWalker(own.url);
    const page = await walker.get('/device');
    const statuses: number[] = [];
    for (let tries = 0; tries < 41; tries++)
      statuses.push(
        (await walker.post('/device', { xsrf: xsrfOf(page), user_code: 'ZZZZZZZZ' })).status,
      );
    expect(statuses.at(-1)).toBe(429);
    expect(statuses.filter((status) => status === 429).length).toBe(1);
  });
});

describe('a device_code', () => {
  it('is worth nothing to another service, and ends what it gave when it comes again', async () => {
    const begun = await beginDevice(server, kiosk);
    const { walker } = await signUp(server, { email: 'replay@example.org' });
    await approve(walker, begun.user_code);
    expect((await poll(tv, begun.device_code)).body.error).toBe('invalid_grant');
    const tokens = await poll(kiosk, begun.device_code);
    expect(tokens.status).toBe(200);
    expect((await poll(kiosk, begun.device_code)).body.error).toBe('slow_down');
    later(20);
    expect((await poll(kiosk, begun.device_code)).body.error).toBe('invalid_grant');
    const info = await openid.tokenIntrospection(kiosk.config, String(tokens.body.access_token));
    expect(info.active).toBe(false);
    for (const code of ['', 'x', 'x'.repeat(10_000), '\u0000'])
      expect((await poll(kiosk, code)).status).toBe(400);
  });

  it('polled on two nodes at once gives tokens once', async () => {
    const { config, db, keys, log } = server.app;
    const node = createServer(await createApp({ config, db, keys, log })).listen(0, '127.0.0.1');
    await once(node, 'listening');
    const { port } = node.address() as { port: number };
    const other = { url: `http://127.0.0.1:${port}` };
    const { walker } = await signUp(server, { email: 'races@example.org' });
    for (let races = 0; races < 5; races++) {
      const begun = await beginDevice(server, kiosk);
      await approve(walker, begun.user_code);
      const answers = await Promise.all(
        [server, other, server, other].map((at) => poll(kiosk, begun.device_code, at)),
      );
      const won = answers.filter(({ status }) => status === 200);
      expect(won.length).toBe(1);
      const info = await openid.tokenIntrospection(kiosk.config, String(won[0]!.body.access_token));
      expect(info.active).toBe(true);
    }
    node.closeAllConnections();
    node.close();
  });

  it('is kept by digest, sealed, and leaves an hour after its end', async () => {
    const begun = await beginDevice(server, tv, { login_hint: 'canary@example.org' });
    const rows = await server.app.db('oidc_device_codes').select();
    const text = JSON.stringify(
      rows.map((row: Record<string, unknown>) =>
        Object.values(row).map((value) =>
          Buffer.isBuffer(value) ? value.toString('latin1') : value,
        ),
      ),
    );
    for (const secret of [begun.device_code, begun.user_code.replace('-', ''), 'canary'])
      expect(text).not.toContain(secret);
    later(600 + 3700);
    await removeExpired({}, server.app);
    expect(await server.app.db('oidc_device_codes').pluck('service_id')).toEqual([]);
  });
});
