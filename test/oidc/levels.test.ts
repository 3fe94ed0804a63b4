import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { recordIssuerCompromise } from '../../src/registry/lower-assurance.ts';
import { recordStay } from '../../src/registry/record-stay.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, officer, SIGNER } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { errorOf } from './first-page.ts';
import { REVENUE, introspect, protectedApi } from './protected-api.ts';
import { authorize, relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';
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

const suspend = (personId: PersonId) =>
  transact(server.app.db, (tx) =>
    transitionId(tx, server.app, {
      personId,
      to: 'suspended',
      reason: 'suspected_fraud',
      actor: officer,
    }),
  );

describe('what changes on record changes the next token on every node at once', () => {
  it('a suspended ID: nothing issued before is worth anything, nothing new is issued', async () => {
    const person = await holder();
    const { tokens } = await signInAt(person.walker, lands);
    expect(await worth(lands, tokens)).toEqual(GOOD);
    await thenAtOnce(
      () => suspend(person.personId),
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

describe("a token for an agency's API is inactive at another node at once", () => {
  const resource = 'https://api.lands.example/maps';
  const scope = 'openid titles:read';
  let revenue: RelyingParty;

  beforeAll(async () => {
    revenue = await relyingParty(server, { client_id: 'revenue-tax', agency: REVENUE });
    await protectedApi(server, { resource, token_format: 'opaque', services: ['revenue-tax'] });
  });

  /** Somebody with such a token, and how the API sees it at the other node. */
  async function apiToken() {
    const person = await holder();
    const { url, checks } = await authorize(person.walker, revenue, { scope, resource });
    const tokens = await openid.authorizationCodeGrant(revenue.config, url, checks, { resource });
    const seen = async () => {
      const { json } = await introspect({ ...server, url: secondNode }, lands, tokens.access_token);
      return json;
    };
    expect(await seen()).toMatchObject({ active: true, aud: resource, ial: 2 });
    return { person, tokens, seen };
  }

  it('when the ID is suspended', async () => {
    const { person, seen } = await apiToken();
    await thenAtOnce(
      () => suspend(person.personId),
      async () => expect(await seen()).toEqual({ active: false }),
    );
  });

  it('when the person withdraws the consent', async () => {
    const { person, tokens, seen } = await apiToken();
    await thenAtOnce(
      () => person.walker.post(`/services/${revenue.clientId}/withdrawal`),
      async () => {
        expect(await seen()).toEqual({ active: false });
        expect(await worth(revenue, tokens)).toEqual(WORTHLESS);
      },
    );
  });

  it('when the person signs out everywhere, and when the service revokes it', async () => {
    const first = await apiToken();
    await thenAtOnce(
      () => first.person.walker.post('/sign-out'),
      async () => expect(await first.seen()).toEqual({ active: false }),
    );
    const second = await apiToken();
    await thenAtOnce(
      () => openid.tokenRevocation(revenue.config, second.tokens.access_token),
      async () => expect(await second.seen()).toEqual({ active: false }),
    );
  });

  it('and tells the level of now, not of when it was issued', async () => {
    const { person, seen } = await apiToken();
    const now = { issuer_compromised_at: new Date() };
    await thenAtOnce(
      () => server.app.db('identity_proofs').where({ person_id: person.personId }).update(now),
      async () => expect(await seen()).toMatchObject({ active: true, ial: 0 }),
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
