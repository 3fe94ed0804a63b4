import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AccountId } from '../../src/lib/ids.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, arnault } from '../registry/enrolment.ts';
import { signUp, signUpOfficer } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { DEVICE, beginDevice, confirm, pollDevice } from './device.ts';
import { enrol } from './enrolled.ts';
import { ACCESS_TOKEN, EXCHANGE } from './exchange-parties.ts';
import { FOR_WHOM, childOf, choose, jun, latestEvent, mio, signInFor } from './guardian.ts';
import * as apis from './protected-api.ts';
import {
  agree,
  authorizationRequest,
  follow,
  relyingParty,
  signInAt,
  tokenRequest,
} from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let guardian: SignedIn;
let stranger: SignedIn;
let officerId: string;
let child: AccountId;
/** Takes guardians. */
let school: RelyingParty;
/** Does not, though of the same agency. */
let lands: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  officerId = (await signUpOfficer(server, { name: 'Malee', roles: ['officer'] })).accountId;
  stranger = await signUp(server, { email: 'stranger@example.org' });
  guardian = await signUp(server, { email: 'anna@example.org' });
  await enrol(server, guardian.accountId, anna);
  child = await childOf(server, guardian.accountId, { person: jun, officerId });
  const grant_types = ['authorization_code', 'refresh_token', EXCHANGE];
  school = await relyingParty(server, { client_id: 'school', representation: true, grant_types });
  lands = await relyingParty(server);
});

const signIn = (
  who: string,
  party: RelyingParty = school,
  parameters: Record<string, string> = {},
) => signInFor(guardian.walker, who, party, parameters);

const arrive = async (parameters: Record<string, string> = {}) =>
  follow(guardian.walker, (await authorizationRequest(school, parameters)).path);

async function textOf(arrival: Promise<Awaited<ReturnType<typeof follow>>>): Promise<string> {
  const at = await arrival;
  return at.at === 'page' ? at.answer.text : at.url.search;
}

const audited = (action: string) => latestEvent(server, action);

const byGuardian = (subject_id: string) => ({
  actor_kind: 'account',
  actor_id: guardian.accountId,
  subject_kind: 'account',
  subject_id,
});

describe('a guardian at a service that takes them', () => {
  it('is asked for whom, by name and year of birth, on a page that needs no script', async () => {
    const text = await textOf(arrive());
    for (const words of [FOR_WHOM, 'ANNA MARIA ERIKSSON', 'Ōkubo Jun', 'Born 2018', 'type="radio"'])
      expect(text).toContain(words);
    expect(text).not.toContain('2018-05-04');
  });

  it('agrees for the ward, and is told so', async () => {
    const request = await authorizationRequest(school);
    const chosen = await choose(
      guardian.walker,
      await follow(guardian.walker, request.path),
      child,
    );
    const text = await textOf(Promise.resolve(chosen));
    for (const words of ['You agree for Ōkubo Jun', '2018', 'also learns that you acted for them'])
      expect(text).toContain(words);
    expect(text).not.toContain('ERIKSSON');
    expect((await agree(guardian.walker, chosen)).at).toBe('service');
    expect(await audited('oidc.consent_given_for_ward')).toMatchObject({
      ...byGuardian(child),
      details: { service: 'school', grown: false },
    });
    expect(await audited('oidc.signed_in_for_ward')).toMatchObject({
      ...byGuardian(child),
      details: { service: 'school', aal: 2 },
    });
    const [receipt] = await server.app.db('oidc_consents').where({ ward_account_id: child });
    expect(receipt).toMatchObject({
      account_id: null,
      guardian_account_id: guardian.accountId,
      service_id: 'school',
    });
  });

  it('gets tokens about the ward that name the guardian, with claims of the ward', async () => {
    const first = await signIn(child);
    const self = await signIn('self');
    const again = await signIn(child);
    const { sub } = again.claims;
    const act = { sub: self.claims.sub, capacity: 'guardian' };
    expect(first.claims.sub).toBe(sub);
    expect(act.sub).not.toBe(sub);
    expect(self.claims).not.toHaveProperty('act');
    // The very sub that the ward's own account has at this agency.
    expect(await server.app.db('oidc_subjects').where({ account_id: child }).pluck('sub')).toEqual([
      sub,
    ]);
    expect(again.claims).toMatchObject({ ial: 2, aal: 2, act });
    const { access_token: token, refresh_token: refresh } = again.tokens;
    expect(await openid.fetchUserInfo(school.config, token, sub)).toMatchObject({
      sub,
      act,
      name: 'Ōkubo Jun',
      birthdate: '2018-05-04',
    });
    expect(await openid.tokenIntrospection(school.config, token)).toMatchObject({
      active: true,
      sub,
      act,
      ial: 2,
      aal: 2,
    });
    const refreshed = await openid.refreshTokenGrant(school.config, refresh!);
    expect(refreshed.claims()).toMatchObject({ sub, act });
  });

  it('has one person at a time in one browser: who came before is signed out there', async () => {
    const ward = await signIn(child);
    const self = await signIn('self');
    const active = async ({ tokens }: typeof ward) =>
      (await openid.tokenIntrospection(school.config, tokens.access_token)).active;
    expect([await active(ward), await active(self)]).toEqual([false, true]);
  });

  it('is not asked where the service names the ward, nor where no page may be shown', async () => {
    const { tokens } = await signIn(child);
    const hinted = await arrive({ id_token_hint: tokens.id_token! });
    expect(hinted).toMatchObject({ at: 'service' });
    const silent = await authorizationRequest(school, { prompt: 'none' });
    const back = await follow(guardian.walker, silent.path);
    if (back.at !== 'service') throw new Error(back.path);
    const renewed = await openid.authorizationCodeGrant(school.config, back.url, silent.checks);
    expect(renewed.claims()).toMatchObject({
      sub: tokens.claims()!.sub,
      act: { capacity: 'guardian' },
    });
  });

  it('needs the level of both: the ward’s proof and the guardian’s touch, which a wish does not raise', async () => {
    const wished = await signIn(child, school, { acr_values: 'urn:tangchat:acr:ial3:aal2' });
    expect(wished.claims).toMatchObject({ acr: 'urn:tangchat:acr:ial2:aal2', ial: 2 });
    const arrival = await choose(
      guardian.walker,
      await arrive({
        claims: JSON.stringify({
          id_token: { acr: { essential: true, value: 'urn:tangchat:acr:ial3:aal2' } },
        }),
      }),
      child,
    );
    expect(arrival.at === 'service' && arrival.url.searchParams.get('error')).toBe(
      'unmet_authentication_requirements',
    );
  });

  it('is told to APIs of other agencies by the sub that those know, and innermost where services exchange', async () => {
    await relyingParty(server, { client_id: 'revenue-tax', agency: apis.REVENUE });
    const resource = 'https://api.revenue.example/returns';
    const scopes = ['titles:read'];
    await apis.protectedApi(server, { resource, agency: 'revenue', services: [school.clientId] });
    const own = await signIn(child, school, { scope: 'openid titles:read', resource });
    const { payload } = await apis.verifyAccessToken(server, own.tokens.access_token, resource);
    const known = await server.app
      .db('oidc_subjects as s')
      .join('agencies as a', 'a.id', 's.agency_id')
      .where('a.code', 'revenue')
      .select('s.account_id', 's.sub');
    const subs = new Map(known.map(({ account_id, sub }) => [account_id, sub]));
    const act = { sub: subs.get(guardian.accountId), capacity: 'guardian' };
    expect(payload).toMatchObject({ sub: subs.get(child), act, ial: 2, aal: 2 });
    expect(act.sub).not.toBe((own.claims.act as { sub: string }).sub);

    await apis.protectedApi(server, { resource, agency: 'revenue', services: [] });
    await apis.agree(server, { service: 'school', resource, scopes });
    const { tokens } = await signIn(child);
    const exchanged = await tokenRequest(server, school, {
      grant_type: EXCHANGE,
      subject_token: tokens.access_token,
      subject_token_type: ACCESS_TOKEN,
      resource,
      scope: 'titles:read',
    });
    const token = String(exchanged.body.access_token);
    const { payload: passed } = await apis.verifyAccessToken(server, token, resource);
    expect(passed).toMatchObject({ sub: subs.get(child), act: { sub: 'school', act } });
  });
});

describe('on a device without a browser', () => {
  it('a guardian signs in for a ward too', async () => {
    const tv = await relyingParty(server, {
      ...DEVICE,
      client_id: 'school-tv',
      representation: true,
    });
    const begun = await beginDevice(server, tv);
    const asked = await confirm(guardian.walker, begun.user_code);
    expect(await textOf(Promise.resolve(asked))).toContain(FOR_WHOM);
    const chosen = await choose(guardian.walker, asked, child);
    const done = await agree(guardian.walker, chosen);
    expect(await textOf(Promise.resolve(done))).toContain('Your device is signed in');
    const { body } = await pollDevice(server, tv, begun.device_code);
    const { sub, act } = (await signIn(child)).claims;
    expect(decodeJwt(String(body.id_token))).toMatchObject({ sub, act });
    const info = await openid.fetchUserInfo(tv.config, String(body.access_token), sub);
    expect(info).toMatchObject({ name: 'Ōkubo Jun', act });
    expect(await audited('oidc.device_approved_for_ward')).toMatchObject(byGuardian(child));
  });
});

describe('on their own pages', () => {
  it('guardian and ward see who agreed for whom, and each ends it, for the ward alone', async () => {
    const ward = await signUp(server, { email: 'mio@example.org' });
    await childOf(server, guardian.accountId, {
      person: mio,
      officerId,
      accountId: ward.accountId,
    });
    const own = await signInAt(guardian.walker, lands);
    for (const person of [guardian, ward]) {
      const { tokens } = await signIn(ward.accountId);
      const active = async (party: RelyingParty, token: string) =>
        (await openid.tokenIntrospection(party.config, token)).active;
      expect(await active(school, tokens.access_token)).toBe(true);
      const hers = (await guardian.walker.get('/services')).text;
      expect(hers).toContain('You agreed for Ōkubo Mio, as guardian');
      const its = (await ward.walker.get('/services')).text;
      expect(its).toContain('ANNA MARIA ERIKSSON agreed for you, as guardian');
      const receipt = /name="receipt" value="([\w-]+)"/.exec(its)![1]!;
      const end = (by: SignedIn, service = 'school') =>
        by.walker.post(`/services/${service}/withdrawal`, { receipt });
      expect((await end(stranger)).status).toBe(404);
      expect((await end(person, lands.clientId)).status).toBe(404);
      expect(await active(school, tokens.access_token)).toBe(true);
      expect((await end(person)).status).toBe(303);
      expect(await active(school, tokens.access_token)).toBe(false);
      expect(await active(lands, own.tokens.access_token)).toBe(true);
      expect(await audited('oidc.consent_withdrawn_for_ward')).toMatchObject({
        ...byGuardian(ward.accountId),
        actor_id: person.accountId,
      });
    }
    expect((await ward.walker.get('/services')).text).toContain('ended on');
  });
});

describe('nobody is asked', () => {
  it('at a service that takes no guardians, where a guardian is themselves', async () => {
    const { claims } = await signInAt(guardian.walker, lands);
    expect(claims).not.toHaveProperty('act');
    expect(claims.sub).toBe((await signIn('self')).claims.sub);
  });

  it('who acts for nobody, and no wait on the database is added for them', async () => {
    const person = await signUp(server, { email: 'arnault@example.org' });
    await enrol(server, person.accountId, arnault);
    for (const party of [school, lands]) await signInAt(person.walker, party);
    const waits = { school: [] as number[], lands: [] as number[] };
    const { client } = server.app.db as unknown as {
      client: { acquireConnection: () => Promise<unknown> };
    };
    const acquire = client.acquireConnection;
    let count = 0;
    client.acquireConnection = () => {
      count++;
      return acquire.call(client);
    };
    for (let turn = 0; turn < 3; turn++)
      for (const [name, party] of Object.entries({ school, lands })) {
        count = 0;
        await signInAt(person.walker, party);
        waits[name as 'school'].push(count);
      }
    client.acquireConnection = acquire;
    expect(Math.min(...waits.school)).toBe(Math.min(...waits.lands));
    expect(Math.min(...waits.school)).toBeLessThanOrEqual(4);
  });
});
