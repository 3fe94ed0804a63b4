import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { anna } from '../registry/enrolment.ts';
import { signUp, waitForMail } from '../walk.ts';
import { ciba, COUNTER, touch, waiting } from './ciba.ts';
import { enrol } from './enrolled.ts';
import { relyingParty, signInAt } from './relying-party.ts';

/*
 * CIBA: a service names a person, the person approves with a passkey on their own device. What must not happen: a
 * service that learns who has an account, a person worn down by prompts, an approval without a touch, a ping that
 * reaches into our own network.
 */
const { server, counter, ask, poll, asked, settled } = ciba();

afterEach(() => void vi.useRealTimers());

function later(seconds: number): void {
  const at = Date.now() + seconds * 1000;
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(at);
}

describe('a request', () => {
  it('is found by discovery, polled, approved by a touch, and gives tokens of that touch', async () => {
    expect(counter().config.serverMetadata()).toMatchObject({
      backchannel_authentication_endpoint: `${server().url}/oidc/backchannel-authentication`,
      backchannel_token_delivery_modes_supported: ['poll', 'ping'],
      backchannel_user_code_parameter_supported: false,
    });
    const person = await signUp(server(), { email: 'anna@example.org' });
    await enrol(server(), person.accountId, anna);
    const message = 'Counter 7 · ช่อง 7';
    const { id, path, body } = await asked(person, { binding_message: message });
    expect(body).toEqual({ auth_req_id: id, expires_in: 600, interval: 5 });
    expect((await poll(id)).body.error).toBe('authorization_pending');
    expect((await poll(id)).body.error).toBe('slow_down');

    const mail = await waitForMail(server().url, person.email, ({ text }) =>
      text.includes('/approvals'),
    );
    for (const word of ['Condominium', 'Lands', 'Counter', 'ANNA'])
      expect(`${mail.subject} ${mail.text}`).not.toContain(word);
    expect((await person.walker.get('/home')).text).toContain(`href="${path}"`);
    const page = await person.walker.get(path);
    for (const text of [
      'Condominium register asks for your approval',
      'Department of Lands will receive',
      'To enter you as the owner',
      message,
      'ERIKSSON',
      'I did not ask for this',
    ])
      expect(page.text).toContain(text);

    later(30);
    const done = await touch(person, path);
    expect(done.location).toBe('/approvals?answered=approved');
    expect((await person.walker.get(done.location!)).text).toContain('Approved');
    const { status, body: tokens } = await poll(id);
    expect(status).toBe(200);
    const claims = decodeJwt(String(tokens.id_token));
    expect(claims).toMatchObject({
      aud: 'lands-counter',
      acr: 'urn:tangchat:acr:ial2:aal2',
      ial: 2,
      aal: 2,
      amr: ['pop', 'user', 'mfa'],
      // Of the touch, not of the session that was there before.
      auth_time: Math.floor(Date.now() / 1000),
    });
    const info = await openid.fetchUserInfo(
      counter().config,
      String(tokens.access_token),
      claims.sub!,
    );
    expect(info).toMatchObject({ family_name: 'ERIKSSON' });
    const fresh = await openid.refreshTokenGrant(counter().config, String(tokens.refresh_token));
    expect(fresh.claims()).toMatchObject({ sub: claims.sub, auth_time: claims.auth_time, aal: 2 });
    const trail = await server()
      .app.db('audit_events')
      .where('action', 'like', 'oidc.%')
      .whereIn('action', ['oidc.approval_asked', 'oidc.approval_answered', 'oidc.consent_given'])
      .orderBy('at')
      .pluck('action');
    expect(trail.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'oidc.approval_answered',
      'oidc.approval_asked',
      'oidc.consent_given',
    ]);
    expect((await person.walker.get(path)).status).toBe(410);
  });

  it('may name the person by the sub or an ID token, of this agency only', async () => {
    const person = await signUp(server(), { email: 'hinted@example.org' });
    const { tokens, claims } = await signInAt(person.walker, counter());
    const bySub = await asked(person, { login_hint: claims.sub });
    const { body } = await ask({ id_token_hint: tokens.id_token! });
    expect(body.auth_req_id).toBeTypeOf('string');
    await settled(2, person.accountId);
    expect(await waiting(person)).toHaveLength(2);
    await touch(person, bySub.path);
    const given = await poll(bySub.id);
    expect(decodeJwt(String(given.body.id_token)).sub).toBe(claims.sub);

    const other = await relyingParty(server(), {
      ...COUNTER,
      client_id: 'revenue-counter',
      agency: { code: 'revenue', name: 'Revenue Department', 'name#th': 'กรมสรรพากร' },
    });
    const foreign = await ask({ login_hint: claims.sub }, other);
    expect(foreign.status).toBe(200);
    const row = await server()
      .app.db('oidc_backchannel_requests')
      .where({ service_id: 'revenue-counter' })
      .first<{ account_id: unknown }>('account_id');
    expect(row.account_id).toBeNull();
    for (const fields of [
      {},
      { login_hint_token: 'x' },
      { id_token_hint: 'x.y.z' },
      { login_hint: claims.sub, id_token_hint: tokens.id_token! },
      { login_hint: 'x'.repeat(300) },
    ])
      expect(await ask(fields as Record<string, string>)).toMatchObject({
        status: 400,
        body: { error: 'invalid_request' },
      });
  });

  it('for nobody is a person who does not answer', async () => {
    const somebody = await signUp(server(), { email: 'silent@example.org' });
    const one = await asked(somebody);
    const nobody = await ask({ login_hint: 'nobody@example.org' });
    expect(nobody.status).toBe(200);
    expect(Object.keys(nobody.body)).toEqual(Object.keys(one.body));
    expect(String(nobody.body.auth_req_id).length).toBe(one.id.length);
    for (const [seconds, error] of [
      [0, 'authorization_pending'],
      [1, 'slow_down'],
      [700, 'expired_token'],
    ] as const) {
      later(seconds);
      const answers = await Promise.all([poll(one.id), poll(String(nobody.body.auth_req_id))]);
      expect(answers.map(({ status, body }) => [status, body.error])).toEqual([
        [400, error],
        [400, error],
      ]);
      expect(answers[0].body).toEqual(answers[1].body);
    }
  });

  it('is answered by no other person, by no other passkey, and not without a touch', async () => {
    const person = await signUp(server(), { email: 'own@example.org' });
    const stranger = await signUp(server(), { email: 'stranger@example.org' });
    const { id, path } = await asked(person);
    expect((await stranger.walker.get(path)).status).toBe(404);
    expect((await stranger.walker.post(`${path}/refusal`, { reason: 'refused' })).status).toBe(404);
    expect((await touch(stranger, path)).status).toBe(404);
    const bare = await person.walker.post(`${path}/approval`, { credential: '{}' });
    expect(bare.status).toBe(422);
    expect(bare.text).toContain('Nothing was approved');
    const forged = await person.walker.post(
      `${path}/approval`,
      { credential: '{}' },
      { origin: 'https://evil.example' },
    );
    expect(forged.status).toBe(403);
    // The stranger's passkey in this browser signs the stranger in; the request is not theirs.
    const mixed = await touch({ walker: person.walker, device: stranger.device }, path);
    expect(mixed.status).toBe(404);
    expect((await poll(id)).body.error).toBe('authorization_pending');
    expect((await person.walker.get('/approvals/x')).status).toBe(404);
  });

  it('refused or reported gives access_denied, and quiet', async () => {
    const person = await signUp(server(), { email: 'refuses@example.org' });
    const first = await asked(person);
    await person.walker.post(`${first.path}/refusal`, { reason: 'refused' });
    expect((await poll(first.id)).body.error).toBe('access_denied');
    // The service tries again at once: it hears nothing of the limit.
    const again = await ask({ login_hint: person.email });
    expect(again.status).toBe(200);
    await settled(2, person.accountId);
    expect(await waiting(person)).toEqual([]);
    expect((await poll(String(again.body.auth_req_id))).body.error).toBe('authorization_pending');

    const other = await relyingParty(server(), { ...COUNTER, client_id: 'lands-phone' });
    const bad = await asked(person, {}, other);
    const told = await person.walker.post(`${bad.path}/refusal`, { reason: 'reported' });
    expect((await person.walker.get(told.location!)).text).toContain('Thank you for telling us');
    expect((await poll(bad.id, other)).body.error).toBe('access_denied');
    const [event] = await server()
      .app.db('audit_events')
      .where({ action: 'oidc.approval_answered', actor_id: person.accountId })
      .orderBy('at', 'desc')
      .pluck('details');
    expect(JSON.parse(String(event))).toMatchObject({ service: 'lands-phone', answer: 'reported' });
    expect((await person.walker.post(`${bad.path}/refusal`, { reason: 'refused' })).status).toBe(
      410,
    );
  });

  it('asks for levels as a browser sign-in does', async () => {
    const person = await signUp(server(), { email: 'levels@example.org' });
    const claims = JSON.stringify({
      id_token: { acr: { essential: true, value: 'urn:tangchat:acr:ial2:aal2' } },
    });
    const proof = await asked(person, { claims });
    expect((await person.walker.get(proof.path)).text).toContain('Prove who you are first');
    expect((await touch(person, proof.path)).location).toBe(proof.path);
    expect((await poll(proof.id)).body.error).toBe('authorization_pending');

    const far = await asked(person, {
      claims: claims.replace('ial2:aal2', 'ial0:aal3'),
    });
    expect((await person.walker.get(far.path)).text).toContain('more certainty than you can give');
    await person.walker.post(`${far.path}/refusal`, { reason: 'out_of_reach' });
    expect((await poll(far.id)).body.error).toBe('unmet_authentication_requirements');

    // Voluntary: approved as the person is, and told so.
    const wish = await asked(person, { acr_values: 'urn:tangchat:acr:ial2:aal2' });
    await touch(person, wish.path);
    const tokens = await poll(wish.id);
    expect(decodeJwt(String(tokens.body.id_token)).acr).toBe('urn:tangchat:acr:ial0:aal2');
  });
});
