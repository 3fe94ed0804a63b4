import * as openid from 'openid-client';
import { afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna } from '../registry/enrolment.ts';
import { newWalker, signIn, signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { errorOf, titleOf } from './first-page.ts';
import { agree, authorizationRequest, follow, relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let lands: RelyingParty;
let strict: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  const claims = ['name', 'nationality'];
  lands = await relyingParty(server, { claims });
  strict = await relyingParty(server, { client_id: 'strict', claims });
});

afterEach(() => {
  vi.useRealTimers();
});

let serial = 0;
async function holder() {
  serial += 1;
  const person = await signUp(server, { email: `person${serial}@example.org` });
  const document = { ...anna, documentNumber: `PROMPT${String(serial).padStart(3, '0')}` };
  return { ...person, ...(await enrol(server, person.accountId, document)) };
}

describe('prompt and max_age in all their combinations', () => {
  const FRESH = 'Sign in to Condominium register';
  const CHOOSE = 'Who is signing in?';
  const SHARE = 'Share with Condominium register?';
  /** First thing that happens, for somebody signed in an hour ago who agreed before. */
  const table: [prompt: string | null, maxAge: string | null, first: string][] = [
    [null, null, 'code'],
    [null, '7200', 'code'],
    [null, '60', FRESH],
    [null, '0', FRESH],
    ['none', null, 'code'],
    ['none', '7200', 'code'],
    ['none', '60', 'login_required'],
    ['none', '0', 'login_required'],
    ['login', null, FRESH],
    ['login', '7200', FRESH],
    ['login', '60', FRESH],
    ['login', '0', FRESH],
    ['consent', null, SHARE],
    ['consent', '7200', SHARE],
    ['consent', '60', FRESH],
    ['consent', '0', FRESH],
    ['select_account', null, CHOOSE],
    ['select_account', '7200', CHOOSE],
    ['select_account', '60', CHOOSE],
    ['select_account', '0', CHOOSE],
    ['login consent', null, FRESH],
    ['login consent', '7200', FRESH],
    ['login select_account', null, CHOOSE],
    ['consent select_account', null, CHOOSE],
    ['login consent select_account', '60', CHOOSE],
    ['none login', null, 'invalid_request'],
    ['none consent', null, 'invalid_request'],
    ['none select_account', '60', 'invalid_request'],
    ['create', null, 'invalid_request'],
    ['login', '-1', 'invalid_request'],
    [null, 'soon', 'invalid_request'],
  ];
  let person: Awaited<ReturnType<typeof holder>>;
  beforeAll(async () => {
    person = await holder();
    await signInAt(person.walker, lands, { scope: 'openid' });
  });

  test.each(table)('prompt=%s max_age=%s: %s', async (prompt, maxAge, first) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 3000_000);
    const request = await authorizationRequest(lands, {
      scope: 'openid',
      ...(prompt === null ? {} : { prompt }),
      ...(maxAge === null ? {} : { max_age: maxAge }),
    });
    expect(titleOf(await follow(person.walker, request.path))).toBe(first);
  });

  test.each(['none', 'login', 'consent', 'select_account', 'login consent select_account'])(
    'prompt=%s of somebody who is not signed in',
    async (prompt) => {
      const request = await authorizationRequest(lands, { scope: 'openid', prompt });
      const first = await follow(newWalker(server.url), request.path);
      expect(titleOf(first)).toBe(prompt === 'none' ? 'login_required' : FRESH);
    },
  );

  it('walks through every page that was asked for, once each', async () => {
    const { walker, device } = await holder();
    await signInAt(walker, lands, { scope: 'openid' });
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 5_000);
    const request = await authorizationRequest(lands, {
      scope: 'openid',
      prompt: 'login consent select_account',
      max_age: '1',
    });
    const choice = await follow(walker, request.path);
    if (choice.at !== 'page') throw new Error('no choice');
    expect(choice.answer.text).toContain('ANNA MARIA ERIKSSON');
    const fresh = await follow(
      walker,
      await walker.post(`${choice.path}/account`, { account: 'same' }),
    );
    if (fresh.at !== 'page') throw new Error('no sign-in');
    expect(titleOf(fresh)).toBe(FRESH);
    await signIn(walker, device, { returnTo: fresh.path });
    const share = await follow(walker, fresh.path);
    expect(titleOf(share)).toBe(SHARE);
    const back = await agree(walker, share);
    if (back.at !== 'service') throw new Error('not back');
    const tokens = await openid.authorizationCodeGrant(lands.config, back.url, {
      ...request.checks,
      maxAge: 1,
    });
    expect(tokens.claims()).toMatchObject({ ial: 2 });
  });

  it('lets another person go on in the same browser, and says who it is', async () => {
    const first = await holder();
    const one = await signInAt(first.walker, lands, { scope: 'openid' });
    const second = await holder();
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 5_000);
    const request = await authorizationRequest(lands, {
      scope: 'openid',
      prompt: 'select_account',
    });
    const choice = await follow(first.walker, request.path);
    if (choice.at !== 'page') throw new Error('no choice');
    const fresh = await follow(
      first.walker,
      await first.walker.post(`${choice.path}/account`, { account: 'other' }),
    );
    expect(titleOf(fresh)).toBe(FRESH);
    await signIn(first.walker, second.device, { returnTo: choice.path });
    const back = await agree(first.walker, await follow(first.walker, choice.path));
    if (back.at !== 'service') throw new Error('not back');
    const tokens = await openid.authorizationCodeGrant(lands.config, back.url, request.checks);
    expect(tokens.claims()!.sub).not.toBe(one.claims.sub);
  });
});

describe('hints', () => {
  it('are taken, and tell nothing: login_hint fills nothing in, whoever it names', async () => {
    const known = await signUp(server, { email: 'known@example.org' });
    await signInAt(known.walker, lands, { scope: 'openid' });
    const pageFor = async (hint: string) => {
      const request = await authorizationRequest(lands, { scope: 'openid', login_hint: hint });
      const arrival = await follow(newWalker(server.url), request.path);
      if (arrival.at !== 'page') throw new Error('not asked');
      expect(arrival.answer.text).not.toContain(hint);
      return titleOf(arrival);
    };
    expect(await pageFor('known@example.org')).toBe(await pageFor('nobody@example.org'));
  });

  it('speak the language that the service asks for, unless the person chose another', async () => {
    const parameters = { scope: 'openid', ui_locales: 'my th-TH en', claims_locales: 'th en' };
    const walker = newWalker(server.url);
    const page = await follow(walker, (await authorizationRequest(lands, parameters)).path);
    if (page.at !== 'page') throw new Error('not asked');
    expect(page.answer.text).toContain('<html lang="th"');
    expect((await walker.get(`${page.path}?lang=en`)).text).toContain('<html lang="en"');
    expect((await walker.get(page.path)).text).toContain('<html lang="en"');
    const other = await authorizationRequest(lands, { scope: 'openid', ui_locales: 'xx ../../x' });
    const fallen = await follow(newWalker(server.url), other.path);
    expect(fallen.at === 'page' && fallen.answer.text).toContain('<html lang="en"');
  });

  it('of an ID token that is none of ours, or another service’s, are refused', async () => {
    const person = await holder();
    const { tokens } = await signInAt(person.walker, lands, { scope: 'openid' });
    expect(
      await errorOf(person.walker, lands, { scope: 'openid', id_token_hint: tokens.id_token! }),
    ).toBeNull();
    expect(await errorOf(person.walker, strict, { id_token_hint: tokens.id_token! })).toBe(
      'invalid_request',
    );
    expect(await errorOf(person.walker, lands, { id_token_hint: 'x.y.z' })).toBe('invalid_request');
  });
});
