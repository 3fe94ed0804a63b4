import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { withdrawConsent } from '../../src/oidc/consents.ts';
import { transact } from '../../src/lib/database.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, officer } from '../registry/enrolment.ts';
import { newWalker, signIn, signUp } from '../walk.ts';
import {
  approve,
  beginDevice,
  confirm,
  DEVICE,
  DEVICE_GRANT,
  pollDevice,
  postAs,
  type,
  xsrfOf,
} from './device.ts';
import { enrol } from './enrolled.ts';
import { agree, follow, relyingParty } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/*
 * RFC 8628: a device without a browser shows a code, its holder types it on a phone. What must not happen: a code sent
 * by somebody else that signs them in without a clear word, a code guessed, a code or device_code used twice.
 */
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

describe('a device', () => {
  it('finds the endpoint by discovery and gets a code that is easy to type', async () => {
    const metadata = tv.config.serverMetadata();
    expect(metadata.device_authorization_endpoint).toBe(`${server.url}/oidc/device-authorization`);
    expect(metadata.grant_types_supported).toContain(DEVICE_GRANT);
    const begun = await openid.initiateDeviceAuthorization(tv.config, { scope: 'openid' });
    expect(begun.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(begun).toMatchObject({
      verification_uri: `${server.url}/device`,
      verification_uri_complete: `${server.url}/device?user_code=${begun.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect(begun.device_code.length).toBeGreaterThan(40);
  });

  it('waits, is told to slow down, and then gets tokens with the level of the sign-in that approved it', async () => {
    const begun = await beginDevice(server, tv);
    expect(await poll(tv, begun.device_code)).toMatchObject({
      status: 400,
      body: { error: 'authorization_pending' },
    });
    expect((await poll(tv, begun.device_code)).body.error).toBe('slow_down');
    // Five seconds longer for good (RFC 8628 §3.5).
    later(6);
    expect((await poll(tv, begun.device_code)).body.error).toBe('slow_down');

    const person = await signUp(server, { email: 'anna@example.org' });
    // Any case, dashes or spaces.
    const typed = begun.user_code.toLowerCase().replace('-', ' ');
    const shown = await type(person.walker, typed);
    for (const text of [begun.user_code, 'Condominium register', 'Department of Lands'])
      expect(shown.text).toContain(text);
    expect(shown.text).toContain('To enter you as the owner of a condominium unit.');
    expect(shown.text).toContain('Did somebody send you this code?');
    const done = await approve(person.walker, begun.user_code);
    expect(done.text).toContain('Your device is signed in');

    const tokens = await poll(tv, begun.device_code);
    expect(tokens.status).toBe(200);
    const claims = decodeJwt(String(tokens.body.id_token));
    expect(claims).toMatchObject({
      aud: 'lands-tv',
      acr: 'urn:tangchat:acr:ial0:aal2',
      aal: 2,
      amr: ['pop', 'user', 'mfa'],
    });
    const session = await server.app
      .db('sessions')
      .where({ account_id: person.accountId })
      .first<{ created_at: Date }>('created_at');
    expect(claims.auth_time).toBe(Math.floor(session.created_at.getTime() / 1000));
    const fresh = await openid.refreshTokenGrant(tv.config, String(tokens.body.refresh_token));
    expect(fresh.claims()).toMatchObject({ sub: claims.sub, auth_time: claims.auth_time, aal: 2 });
    const trail = await server.app
      .db('audit_events')
      .whereIn('action', ['oidc.device_approved', 'oidc.tokens_issued'])
      .whereRaw(`details::json->>'service' = 'lands-tv'`)
      .pluck('action');
    expect(trail).toEqual(['oidc.device_approved', 'oidc.tokens_issued', 'oidc.tokens_issued']);
  });

  it('is told of a refusal, again where it did not hear, and that its code expired', async () => {
    const refused = await beginDevice(server, tv);
    const { walker } = await signUp(server, { email: 'refuses@example.org' });
    const page = await type(walker, refused.user_code);
    const stopped = await walker.post('/device', {
      xsrf: xsrfOf(page),
      user_code: refused.user_code,
      abort: 'yes',
    });
    expect(stopped.text).toContain('Nothing was signed in');
    expect((await poll(tv, refused.device_code)).body.error).toBe('access_denied');
    later(10);
    expect((await poll(tv, refused.device_code)).body.error).toBe('access_denied');

    // At the consent page too.
    const second = await beginDevice(server, tv);
    const consent = await confirm(walker, second.user_code);
    if (consent.at !== 'page') throw new Error('no consent page');
    const over = await follow(
      walker,
      await walker.post(`${consent.path}/consent`, { decision: 'refuse' }),
    );
    expect(over.at === 'page' && over.answer.text).toContain('Nothing was signed in');
    expect((await poll(tv, second.device_code)).body.error).toBe('access_denied');

    const forgotten = await beginDevice(server, tv);
    later(601);
    expect((await poll(tv, forgotten.device_code)).body.error).toBe('expired_token');
    expect((await type(walker, forgotten.user_code)).text).toContain('This code does not work');
  });

  it('signs a new person in on the way, and steps up where the service asks for more', async () => {
    const strict = await relyingParty(server, {
      ...DEVICE,
      client_id: 'lands-strict-tv',
      token_endpoint_auth_method: 'none',
      minimum_ial: 2,
    });
    const person = await signUp(server, { email: 'proven@example.org' });
    const begun = await beginDevice(server, strict);
    const browser = newWalker(server.url);
    const asked = await confirm(browser, begun.user_code);
    if (asked.at !== 'page') throw new Error('no page');
    expect(asked.answer.text).toContain('Sign in to Condominium register');
    await signIn(browser, person.device, { returnTo: asked.path });
    const level = await follow(browser, asked.path);
    if (level.at !== 'page') throw new Error('no page');
    expect(level.answer.text).toContain('Prove who you are');
    expect((await poll(strict, begun.device_code)).body.error).toBe('authorization_pending');
    const { personId } = await enrol(server, person.accountId, anna);
    const done = await agree(browser, await follow(browser, level.path));
    expect(done.at === 'page' && done.answer.text).toContain('Your device is signed in');
    later(12);
    const tokens = await poll(strict, begun.device_code);
    expect(decodeJwt(String(tokens.body.id_token))).toMatchObject({ ial: 2, aal: 2 });

    // A suspension ends it at once.
    await transact(server.app.db, (tx) =>
      transitionId(tx, server.app, {
        personId,
        to: 'suspended',
        reason: 'suspected_fraud',
        actor: officer,
      }),
    );
    const info = await openid.tokenIntrospection(kiosk.config, String(tokens.body.access_token));
    expect(info.active).toBe(false);
    const refresh = await postAs(server, strict, '/oidc/token', {
      grant_type: 'refresh_token',
      refresh_token: String(tokens.body.refresh_token),
    });
    expect(refresh.body.error).toBe('invalid_grant');
  });

  it('loses its tokens with the consent, and with the session that approved it', async () => {
    const { walker, accountId } = await signUp(server, { email: 'leaves@example.org' });
    const first = await beginDevice(server, kiosk);
    await approve(walker, first.user_code);
    const one = await poll(kiosk, first.device_code);
    await transact(server.app.db, (tx) =>
      withdrawConsent(tx, server.app, { accountId, serviceId: kiosk.clientId }),
    );
    const alive = async (tokens: typeof one) =>
      (await openid.tokenIntrospection(kiosk.config, String(tokens.body.access_token))).active;
    expect(await alive(one)).toBe(false);
    const second = await beginDevice(server, kiosk);
    await approve(walker, second.user_code);
    const two = await poll(kiosk, second.device_code);
    expect(await alive(two)).toBe(true);
    await walker.post('/sign-out');
    expect(await alive(two)).toBe(false);
  });
});
