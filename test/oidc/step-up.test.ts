import * as openid from 'openid-client';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna as annasPassport, arnault, tomas } from '../registry/enrolment.ts';
import { newWalker, signIn, signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { agree, authorizationRequest, follow, relyingParty, signInAt } from './relying-party.ts';
import type { Arrival, RelyingParty } from './relying-party.ts';

const IAL2 = 'urn:tangchat:acr:ial2:aal2';
let server: TestServer;
let lands: RelyingParty;
let strict: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  lands = await relyingParty(server);
  strict = await relyingParty(server, {
    client_id: 'lands-strict',
    minimum_ial: 2,
    claims: [
      'name',
      'family_name',
      'given_name',
      'birthdate',
      'nationality',
      'foreign_national_id',
      'stay',
    ],
    initiate_login_uri: 'http://127.0.0.1:4002/initiate-login',
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function textAt(arrival: Arrival): string {
  if (arrival.at !== 'page') throw new Error(`At the service: ${arrival.url.href}`);
  return arrival.answer.text;
}

function pathAt(arrival: Arrival): string {
  if (arrival.at !== 'page') throw new Error(`At the service: ${arrival.url.href}`);
  return arrival.path;
}

describe('a service that needs a proven identity', () => {
  it('sends the person to prove it, resumes, and shows each value before it is shared', async () => {
    const { walker, accountId } = await signUp(server, { email: 'anna@example.org' });
    const request = await authorizationRequest(strict, {
      scope: 'openid profile foreign_national_id stay',
    });
    const level = await follow(walker, request.path);
    expect(textAt(level)).toContain('Prove who you are');
    expect(textAt(level)).toContain(`/proofing?return_to=${encodeURIComponent(pathAt(level))}`);
    expect(textAt(level)).not.toContain('Continue without');
    // A wish to go on without changes nothing: the service's minimum stands.
    const again = await follow(walker, await walker.post(`${pathAt(level)}/level`));
    expect(textAt(again)).toContain('Prove who you are');

    const { number } = await enrol(server, accountId, annasPassport);
    const consent = await follow(walker, pathAt(again));
    expect(textAt(consent)).toContain('ANNA MARIA ERIKSSON');
    expect(textAt(consent)).toContain('12 August 1990');
    expect(textAt(consent)).toContain(number.slice(1, 5));
    const back = await agree(walker, consent);
    if (back.at !== 'service') throw new Error('not back');
    const tokens = await openid.authorizationCodeGrant(strict.config, back.url, request.checks);
    expect(tokens.claims()).toMatchObject({
      acr: IAL2,
      ial: 2,
      aal: 2,
      aligned_levels: { nist: { ial: 'IAL2', aal: 'AAL2' }, eidas: 'substantial' },
      identity_proof: { pathway: 'remote_officer', clone_check: 'passed', document_current: true },
    });
    const info = await openid.fetchUserInfo(
      strict.config,
      tokens.access_token,
      tokens.claims()!.sub,
    );
    expect(info).toMatchObject({
      name: 'ANNA MARIA ERIKSSON',
      family_name: 'ERIKSSON',
      given_name: 'ANNA MARIA',
      birthdate: '1990-08-12',
      foreign_national_id: number,
      stay: { status: 'lawful_until', admitted_until: expect.any(String) as string },
    });
  });

  it('never invents a first or last name', async () => {
    const single = await signUp(server, { email: 'arnault@example.org' });
    await enrol(server, single.accountId, arnault);
    const { tokens, claims } = await signInAt(single.walker, strict);
    const info = await openid.fetchUserInfo(strict.config, tokens.access_token, claims.sub);
    expect(info).toMatchObject({ name: 'SUKARNO' });
    expect(info).not.toHaveProperty('family_name');
    expect(info).not.toHaveProperty('given_name');

    const printed = await signUp(server, { email: 'tomas@example.org' });
    await enrol(server, printed.accountId, tomas);
    const second = await signInAt(printed.walker, strict);
    const told = await openid.fetchUserInfo(
      strict.config,
      second.tokens.access_token,
      second.claims.sub,
    );
    expect(told).toMatchObject({ name: 'Ōkubo Tomás', family_name: 'OKUBO' });
  });
});

describe('a service that would like a level', () => {
  it('gets the person without it where they choose so, and is told the truth', async () => {
    const { walker } = await signUp(server, { email: 'mai@example.org' });
    const request = await authorizationRequest(lands, { acr_values: IAL2 });
    const level = await follow(walker, request.path);
    expect(textAt(level)).toContain('Continue without');
    const consent = await follow(walker, await walker.post(`${pathAt(level)}/level`));
    const back = await agree(walker, consent);
    if (back.at !== 'service') throw new Error('not back');
    const tokens = await openid.authorizationCodeGrant(lands.config, back.url, request.checks);
    expect(tokens.claims()).toMatchObject({ acr: 'urn:tangchat:acr:ial0:aal2', ial: 0 });
  });

  it('names the first of several values that is met', async () => {
    const { walker } = await signUp(server, { email: 'lin@example.org' });
    const low = 'urn:tangchat:acr:ial0:aal1';
    const { claims } = await signInAt(walker, lands, { acr_values: `${IAL2} ${low}` });
    expect(claims).toMatchObject({ acr: low, ial: 0, aal: 2 });
  });
});

describe('a touch of the passkey', () => {
  it('is all that is asked where the sign-in is too weak', async () => {
    const { walker, device, accountId } = await signUp(server, { email: 'weak@example.org' });
    // Our own sign-in pages insist on user verification; a session of old may not have had it.
    await server.app.db('sessions').where({ account_id: accountId }).update({ aal: 1 });
    const request = await authorizationRequest(lands);
    const level = await follow(walker, request.path);
    expect(textAt(level)).toContain('Confirm that it is you');
    expect(textAt(level)).toContain('/sign-in?again=1&amp;return_to=');
    await signIn(walker, device, { returnTo: pathAt(level) });
    const back = await agree(walker, await follow(walker, pathAt(level)));
    if (back.at !== 'service') throw new Error('not back');
    const tokens = await openid.authorizationCodeGrant(lands.config, back.url, request.checks);
    expect(tokens.claims()).toMatchObject({ aal: 2 });
  });

  it('is asked anew for prompt=login and past max_age, once', async () => {
    const { walker, device } = await signUp(server, { email: 'again@example.org' });
    const first = await signInAt(walker, lands);
    for (const parameters of [{ prompt: 'login' }, { max_age: '1' }]) {
      vi.useFakeTimers({ toFake: ['Date'] });
      vi.setSystemTime(Date.now() + 5_000);
      const request = await authorizationRequest(lands, parameters);
      const page = await follow(walker, request.path);
      expect(textAt(page)).toContain('confirm that it is still you');
      // Coming back without a touch asks again.
      expect(textAt(await follow(walker, pathAt(page)))).toContain('confirm that it is still you');
      await signIn(walker, device, { returnTo: pathAt(page) });
      const back = await follow(walker, pathAt(page));
      if (back.at !== 'service') throw new Error('not back');
      const tokens = await openid.authorizationCodeGrant(lands.config, back.url, {
        ...request.checks,
        ...('max_age' in parameters ? { maxAge: 1 } : {}),
      });
      expect(tokens.claims()!.sub).toBe(first.claims.sub);
      expect(tokens.claims()!.auth_time).toBeGreaterThan(first.claims.auth_time as number);
    }
  });

  it('by somebody else does not answer a request for the person of an ID token', async () => {
    const first = await signUp(server, { email: 'first@example.org' });
    const { tokens } = await signInAt(first.walker, lands);
    const second = await signUp(server, { email: 'second@example.org' });
    const request = await authorizationRequest(lands, { id_token_hint: tokens.id_token! });
    const arrival = await follow(second.walker, request.path);
    expect(arrival.at === 'service' && arrival.url.searchParams.get('error')).toBe(
      'login_required',
    );
  });
});

describe('a sign-in that is over', () => {
  it('starts afresh at the service, hours later too', async () => {
    const { walker } = await signUp(server, { email: 'late@example.org' });
    const request = await authorizationRequest(strict);
    const level = await follow(walker, request.path);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 5 * 3600_000);
    // The notice's link, in any browser.
    const answer = await newWalker(server.url).get(pathAt(level));
    expect(answer.status).toBe(303);
    expect(answer.location).toBe(
      `http://127.0.0.1:4002/initiate-login?iss=${encodeURIComponent(server.url)}`,
    );
  });

  it('says what to do where the service has no address for that', async () => {
    const { walker } = await signUp(server, { email: 'gone@example.org' });
    const request = await authorizationRequest(lands);
    const consent = await follow(walker, request.path);
    await agree(walker, consent);
    const after = await walker.get(pathAt(consent));
    expect(after.status).toBe(410);
    expect(after.text).toContain('Go to Condominium register and sign in there again.');
    expect((await walker.get('/interaction/aaaaaaaaaaaaaaaaaaaaaaaaa')).status).toBe(404);
  });
});
