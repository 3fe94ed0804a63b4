import * as openid from 'openid-client';
import { afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { recordIssuerCompromise } from '../../src/registry/lower-assurance.ts';
import { recordStay } from '../../src/registry/record-stay.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, officer, SIGNER } from '../registry/enrolment.ts';
import { newWalker, signIn, signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { agree, authorizationRequest, follow, relyingParty, signInAt } from './relying-party.ts';
import type { Arrival, RelyingParty } from './relying-party.ts';
import { startNode } from './start-node.ts';

const ACR = 'urn:tangchat:acr:';
let server: TestServer;
let lands: RelyingParty;
let strict: RelyingParty;
let demanding: RelyingParty;
/** Another process of ours on the same database. */
let secondNode: string;

beforeAll(async () => {
  server = await startTestServer();
  const claims = ['name', 'nationality', 'stay'];
  lands = await relyingParty(server, { claims });
  strict = await relyingParty(server, { client_id: 'strict', claims, minimum_ial: 2 });
  demanding = await relyingParty(server, {
    client_id: 'demanding',
    claims,
    minimum_ial: 2,
    demands_lawful_stay: true,
  });
  secondNode = await startNode(server);
});

afterEach(() => {
  vi.useRealTimers();
});

let serial = 0;
async function holder() {
  serial += 1;
  const person = await signUp(server, { email: `person${serial}@example.org` });
  const document = { ...anna, documentNumber: `LEVELS${String(serial).padStart(3, '0')}` };
  return { ...person, ...(await enrol(server, person.accountId, document)) };
}

/** Calls an endpoint of the other node as `party`. */
async function atSecondNode(party: RelyingParty, path: string, fields: Record<string, string>) {
  const basic = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64');
  const response = await fetch(`${secondNode}${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { authorization: `Basic ${basic}` },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** What tokens issued before are worth at the other node, and what a new one says. */
async function worth(
  party: RelyingParty,
  tokens: { access_token: string; refresh_token?: string },
) {
  const info = await fetch(`${secondNode}/oidc/userinfo`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  const introspection = await atSecondNode(party, '/oidc/introspection', {
    token: tokens.access_token,
  });
  const refresh = await atSecondNode(party, '/oidc/token', {
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token!,
  });
  const idToken = refresh.body.id_token as string | undefined;
  return {
    userinfo: info.status,
    active: introspection.body.active,
    refresh: refresh.status,
    levels: idToken === undefined ? null : levelsIn(idToken),
  };
}

function levelsIn(idToken: string): unknown[] {
  const [, payload] = idToken.split('.');
  const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as {
    acr: string;
    ial: number;
    aal: number;
  };
  return [claims.acr, claims.ial, claims.aal];
}

const GOOD = { userinfo: 200, active: true, refresh: 200, levels: [`${ACR}ial2:aal2`, 2, 2] };
const WORTHLESS = { userinfo: 401, active: false, refresh: 400, levels: null };

/** Commits `change` at this node; the very next look at the other one must show it. */
async function thenAtOnce(change: () => Promise<unknown>, look: () => Promise<void>) {
  await change();
  await look();
}

describe('what changes on record changes the next token on every node at once', () => {
  it('a suspended ID: nothing issued before is worth anything, nothing new is issued', async () => {
    const person = await holder();
    const { tokens } = await signInAt(person.walker, lands);
    expect(await worth(lands, tokens)).toEqual(GOOD);
    await thenAtOnce(
      () =>
        transact(server.app.db, (tx) =>
          transitionId(tx, server.app, {
            personId: person.personId,
            to: 'suspended',
            reason: 'suspected_fraud',
            actor: officer,
          }),
        ),
      async () => expect(await worth(lands, tokens)).toEqual(WORTHLESS),
    );
  });

  it('a compromised document signer: levels fall, and end where a service needs them', async () => {
    const person = await holder();
    const plain = await signInAt(person.walker, lands);
    const needed = await signInAt(person.walker, strict);
    expect(await worth(strict, needed.tokens)).toEqual(GOOD);
    await thenAtOnce(
      () =>
        transact(server.app.db, (tx) =>
          recordIssuerCompromise(tx, server.app, {
            key: 'document_signer',
            fingerprint: SIGNER,
            actor: officer,
          }),
        ),
      async () => {
        expect(await worth(lands, plain.tokens)).toEqual({
          ...GOOD,
          levels: [`${ACR}ial0:aal2`, 0, 2],
        });
        expect(await worth(strict, needed.tokens)).toEqual(WORTHLESS);
      },
    );
  });

  it('an ended stay: told as it is, and the end where a service demands a lawful one', async () => {
    const person = await holder();
    const plain = await signInAt(person.walker, lands, { scope: 'openid stay' });
    const needed = await signInAt(person.walker, demanding, { scope: 'openid stay' });
    expect(await worth(demanding, needed.tokens)).toEqual(GOOD);
    await thenAtOnce(
      () => endStay(person.personId),
      async () => {
        expect(await worth(demanding, needed.tokens)).toEqual(WORTHLESS);
        expect(await worth(lands, plain.tokens)).toEqual(GOOD);
        const info = await fetch(`${secondNode}/oidc/userinfo`, {
          headers: { authorization: `Bearer ${plain.tokens.access_token}` },
        });
        expect(await info.json()).toMatchObject({ stay: { status: 'expired' } });
      },
    );
  });

  const endStay = (personId: PersonId) =>
    transact(server.app.db, (tx) =>
      recordStay(tx, server.app, {
        personId,
        stay: {
          status: 'expired',
          admittedUntil: '2026-01-01',
          basis: 'ED',
          asOf: new Date().toISOString(),
          source: 'sandbox',
        },
        actor: officer,
      }),
    );

  it('withdrawn consent, in the portal', async () => {
    const person = await holder();
    const { tokens } = await signInAt(person.walker, lands);
    expect(await worth(lands, tokens)).toEqual(GOOD);
    await thenAtOnce(
      () => person.walker.post(`/services/${lands.clientId}/withdrawal`),
      async () => expect(await worth(lands, tokens)).toEqual(WORTHLESS),
    );
  });
});

describe('the acr of a token', () => {
  it('answers an essential acr even beside acr_values, and says how the person signed in', async () => {
    const person = await holder();
    const { claims, tokens } = await signInAt(person.walker, lands, {
      acr_values: `${ACR}ial0:aal1`,
      claims: JSON.stringify({
        id_token: { acr: { essential: true, values: [`${ACR}ial3:aal3`, `${ACR}ial2:aal1`] } },
      }),
    });
    expect(claims).toMatchObject({
      acr: `${ACR}ial2:aal1`,
      ial: 2,
      aal: 2,
      fal: 2,
      amr: ['pop', 'user', 'mfa'],
      auth_time: expect.any(Number) as number,
      aligned_levels: {
        nist: { ial: 'IAL2', aal: 'AAL2', fal: 'FAL2' },
        eidas: 'substantial',
        thai: { ial: '2.3', reviewed: false, as_of: '2026-11-22' },
      },
    });
    const refreshed = await openid.refreshTokenGrant(lands.config, tokens.refresh_token!);
    expect(refreshed.claims()).toMatchObject({
      acr: `${ACR}ial2:aal1`,
      auth_time: claims.auth_time,
    });
  });

  it('is refused at once where it is insisted on and out of reach, whatever the service itself needs', async () => {
    const { walker } = await signUp(server, { email: 'unproven@example.org' });
    const acr = { essential: true, value: `${ACR}ial3:aal2` };
    const claims = JSON.stringify({ id_token: { acr } });
    // Not sent through a proofing for the service's IAL2 first.
    expect(await errorOf(walker, strict, { claims })).toBe('unmet_authentication_requirements');
    const odd = JSON.stringify({ id_token: { acr: { essential: true, value: 3 } } });
    expect(await errorOf(walker, lands, { claims: odd })).toBe('invalid_request');
  });
});

/** The error that a request comes back with; null with a code. Fails where a page of ours is shown. */
async function errorOf(
  walker: ReturnType<typeof newWalker>,
  party: RelyingParty,
  parameters: Record<string, string>,
): Promise<string | null> {
  const arrival = await follow(walker, (await authorizationRequest(party, parameters)).path);
  if (arrival.at === 'page') throw new Error(`shown ${arrival.path}: ${titleOf(arrival)}`);
  return arrival.url.searchParams.get('error');
}

function titleOf(arrival: Arrival): string {
  if (arrival.at === 'service') return arrival.url.searchParams.get('error') ?? 'code';
  return /<h1[^>]*>([^<]*)/.exec(arrival.answer.text)![1]!;
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
