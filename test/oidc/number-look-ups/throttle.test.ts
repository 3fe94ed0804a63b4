import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { endAgreement } from '../../../src/agencies/add-agreement.ts';
import { addResource } from '../../../src/agencies/add-resource.ts';
import { agreementsById } from '../../../src/agencies/find-agreement.ts';
import { SYSTEM } from '../../../src/audit/append.ts';
import { transact } from '../../../src/lib/database.ts';
import { MISSES } from '../../../src/registry/number-look-up.ts';
import { resourceFile } from '../../agencies/resource-files.ts';
import { startTestServer } from '../../harness.ts';
import type { TestServer } from '../../harness.ts';
import { signUp, signUpOfficer } from '../../walk.ts';
import { dpopProof, postForm, serviceKey } from '../keyed-party.ts';
import { agree, protectedApi } from '../protected-api.ts';
import { relyingParty, signInAt, tokenRequest } from '../relying-party.ts';
import { anotherNode, askForToken, asker, holder, lookUp, resourceOf, tokenFor } from './asking.ts';

let server: TestServer;
let number: string;

beforeAll(async () => {
  server = await startTestServer({ TRUSTED_PROXIES: '1' });
  ({ number } = await holder(server.app));
}, 30_000);

/** Each test from a network of its own. */
let networks = 0;
const aNetwork = () => `198.51.100.${(networks += 1) + 10}`;

describe('a token for looking numbers up', () => {
  it('is for who has an agreement in force, with its scopes, by client_credentials alone', async () => {
    const early = { valid_from: '2090-01-01T00:00:00+07:00' };
    const later = await asker(server, 'not-yet', early);
    expect((await askForToken(server, later)).body).toMatchObject({
      error: 'invalid_target',
      error_description: expect.stringContaining('no agreement in force'),
    });
    const stranger = await asker(server, 'stranger', null);
    expect((await askForToken(server, stranger)).body).toMatchObject({ error: 'invalid_target' });
    const party = await asker(server, 'checks');
    expect((await askForToken(server, party)).body).toMatchObject({ scope: 'numbers:check' });
    expect((await askForToken(server, party, 'numbers:check numbers:state')).body).toMatchObject({
      error: 'invalid_scope',
      error_description: expect.stringContaining('covers numbers:check and nothing else'),
    });
    const { walker } = await signUp(server, { email: 'anna@example.org' });
    const web = await relyingParty(server, { client_id: 'web', agency: labour() });
    await agree(server, {
      service: 'web',
      resource: resourceOf(server),
      scopes: ['numbers:check'],
    });
    const refused = await signInAt(walker, web, {
      resource: resourceOf(server),
      scope: 'openid numbers:check',
    }).catch((error: unknown) => JSON.stringify(error));
    expect(JSON.stringify(refused)).toContain('invalid_target');
  });

  it('is no good if it is none, another kind, for another resource, or of a suspended service', async () => {
    const network = aNetwork();
    const party = await asker(server, 'kinds', {}, { grant_types: ['client_credentials'] });
    const maps = await protectedApi(server, {
      resource: 'https://api.labour.example/maps',
      agency: 'labour',
      token_format: 'opaque',
      services: ['kinds'],
    });
    const other = await tokenRequest(server, party, {
      grant_type: 'client_credentials',
      resource: maps,
      scope: 'registry:count',
    });
    const { walker } = await signUp(server, { email: 'mai@example.org' });
    const web = await relyingParty(server, { client_id: 'web-too', agency: labour() });
    const ofPerson = (await signInAt(walker, web)).tokens.access_token;
    for (const token of [null, 'nonsense', String(other.body.access_token), ofPerson]) {
      const { status, headers, json } = await lookUp(server.url, token, number, { network });
      expect(status).toBe(401);
      expect(json).toMatchObject({ code: 'not_signed_in' });
      expect(headers['www-authenticate']).toContain('resource_metadata=');
      expect(headers['content-type']).toContain('application/problem+json');
    }
    const token = await tokenFor(server, party);
    expect((await lookUp(server.url, token, number, { network })).status).toBe(200);
    await server.app.db('services').where({ client_id: 'kinds' }).update({ state: 'suspended' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await lookUp(server.url, token, number, { network })).status).toBe(401);
  });

  it('opens nothing any more once the agreement has ended', async () => {
    const network = aNetwork();
    const party = await asker(server, 'ending');
    const token = await tokenFor(server, party);
    const [row] = await server.app.db('agreements').where({ service_id: 'ending' }).select('id');
    await transact(server.app.db, (tx) =>
      endAgreement(tx, server.app, { id: row.id, actor: SYSTEM }),
    );
    expect([...(await agreementsById(server.app.db, [row.id])).keys()]).toEqual([row.id]);
    const { status, headers } = await lookUp(server.url, token, number, { network });
    expect(status).toBe(403);
    expect(headers['www-authenticate']).toContain('insufficient_scope');
  });

  it('bound to a key is worth nothing without a fresh proof of that key', async () => {
    const network = aNetwork();
    const party = await asker(server, 'bound', {}, { dpop_bound_access_tokens: true });
    const key = await serviceKey();
    const htu = `${server.url}/oidc/token`;
    const basic = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64');
    const getToken = async (nonce?: string) =>
      postForm(
        htu,
        {
          grant_type: 'client_credentials',
          resource: resourceOf(server),
          scope: 'numbers:check',
        },
        {
          authorization: `Basic ${basic}`,
          dpop: await dpopProof(key, { htm: 'POST', htu, ...(nonce ? { nonce } : {}) }),
        },
      );
    const nonce = (await getToken()).headers.get('dpop-nonce')!;
    const token = String((await getToken(nonce)).body.access_token);
    const ath = createHash('sha256').update(token).digest('base64url');
    const target = { htm: 'POST', htu: resourceOf(server), ath };
    const withProof = (dpop: string, scheme = 'DPoP') =>
      lookUp(server.url, null, number, {
        network,
        headers: { authorization: `${scheme} ${token}`, dpop },
      });
    expect((await lookUp(server.url, token, number, { network })).status).toBe(401);
    const unasked = await withProof(await dpopProof(key, target));
    expect(unasked.status).toBe(401);
    expect(unasked.headers['www-authenticate']).toMatch(/^DPoP .*error="use_dpop_nonce"/);
    const fresh = unasked.headers['dpop-nonce']!;
    const proof = await dpopProof(key, { ...target, nonce: fresh });
    expect((await withProof(proof)).status).toBe(200);
    expect((await withProof(proof)).status).toBe(401);
    const wrong = [
      dpopProof(await serviceKey(), { ...target, nonce: fresh }),
      dpopProof(key, { ...target, nonce: fresh, htu: `${server.url}/oidc/userinfo` }),
      dpopProof(key, { ...target, nonce: fresh, ath: 'another' }),
    ];
    for (const made of wrong) expect((await withProof(await made)).status).toBe(401);
    const unbound = await tokenFor(server, await asker(server, 'unbound'));
    const forUnbound = await lookUp(server.url, null, number, {
      network,
      headers: {
        authorization: `DPoP ${unbound}`,
        dpop: await dpopProof(key, {
          ...target,
          nonce: fresh,
          ath: createHash('sha256').update(unbound).digest('base64url'),
        }),
      },
    });
    expect(forUnbound.status).toBe(401);
  });

  it('comes from us alone: nobody else registers our address as theirs', async () => {
    const added = await transact(server.app.db, (tx) =>
      addResource(tx, server.app, {
        file: resourceFile({ resource: resourceOf(server), agency: 'labour', services: [] }),
        actor: SYSTEM,
        replace: true,
      }),
    );
    expect(added).toMatchObject({ ok: false, faults: [{ path: 'resource' }] });
    const metadata = await fetch(
      `${server.url}/.well-known/oauth-protected-resource/api/numbers/look-ups`,
    );
    expect(await metadata.json()).toMatchObject({
      resource: resourceOf(server),
      scopes_supported: ['numbers:check', 'numbers:state'],
    });
  });
});

describe('a request', () => {
  it('has the number in its body, as text of a sensible length', async () => {
    const network = aNetwork();
    const token = await tokenFor(server, await asker(server, 'forms'));
    for (const wrong of [undefined, 7, '', 'F'.repeat(65), [number], { number }]) {
      const { status, json } = await lookUp(server.url, token, wrong, { network });
      expect([wrong, status, json.code]).toEqual([wrong, 422, 'invalid_input']);
    }
    const at = `${server.url}/api/numbers/look-ups`;
    const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': network };
    const query = await fetch(`${at}?number=${number}`, { method: 'POST', headers });
    expect(query.status).toBe(422);
    expect((await fetch(`${at}?access_token=${token}`, { method: 'POST' })).status).toBe(401);
    expect((await fetch(at, { headers })).status).toBe(404);
    expect((await fetch(`${at}/${number}`, { method: 'POST', headers })).status).toBe(404);
    const notJson = await fetch(at, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{',
    });
    expect(notJson.status).toBe(400);
  });
});

describe('too many', () => {
  it('look-ups of one service are refused over two nodes together, from whatever network', async () => {
    const second = (await anotherNode(server)).url;
    const token = await tokenFor(server, await asker(server, 'busy'));
    const [one, other] = [aNetwork(), aNetwork()];
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, at) =>
        lookUp(at % 2 === 0 ? server.url : second, token, number, {
          network: at % 2 === 0 ? one : other,
        }),
      ),
    );
    const counts = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([counts(200), counts(429)]).toEqual([60, 4]);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(refused.json).toMatchObject({ code: 'too_many_requests' });
    const elsewhere = await tokenFor(server, await asker(server, 'quiet'));
    expect((await lookUp(second, elsewhere, number, { network: one })).status).toBe(200);
  });

  it('calls from one network are refused, with a token or without', async () => {
    const network = aNetwork();
    const answers = await Promise.all(
      Array.from({ length: 121 }, () => lookUp(server.url, 'nonsense', number, { network })),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
    const token = await tokenFor(server, await asker(server, 'innocent'));
    expect((await lookUp(server.url, token, number, { network })).status).toBe(429);
    expect((await lookUp(server.url, token, number, { network: aNetwork() })).status).toBe(200);
  });

  it('numbers without an answer are an alarm, once, and the end of answers, right ones too', async () => {
    const token = await tokenFor(server, await asker(server, 'guesser'));
    const guesses = await Promise.all(
      Array.from({ length: MISSES.most + 5 }, (_, at) =>
        lookUp(server.url, token, `F0000000${String(at).padStart(5, '0')}`, {
          network: aNetwork(),
        }),
      ),
    );
    const refused = guesses.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    expect(guesses.filter(({ json }) => json.result === 'no_answer')).toHaveLength(MISSES.most);
    const right = await lookUp(server.url, token, number, { network: aNetwork() });
    expect([right.status, right.json]).toEqual([
      429,
      { ...refused[0]!.json, instance: right.json.instance },
    ]);
    expect(Number(right.headers['retry-after'])).toBeGreaterThan(3000);
    const alarms = await server.app
      .db('audit_events')
      .where({ action: 'registry.number_enumeration_suspected' })
      .select('subject_id');
    expect(alarms).toEqual([{ subject_id: 'guesser' }]);
    const officer = await signUpOfficer(server, { name: 'Somchai', roles: ['security_officer'] });
    const { text } = await officer.walker.get('/console/alerts');
    expect(text).toContain('The service guesser may be trying numbers out');
    // An hour later it may ask again; what it asked stays on record.
    await server.app
      .db('number_look_ups')
      .where({ service_id: 'guesser' })
      .update({ asked_at: new Date(Date.now() - 3_601_000) });
    expect((await lookUp(server.url, token, number, { network: aNetwork() })).json).toMatchObject({
      result: 'in_use',
    });
  });
});

const labour = () => ({
  code: 'labour',
  name: 'Department of Employment',
  'name#th': 'กรมการจัดหางาน',
});
