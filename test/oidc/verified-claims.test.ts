import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, officer, tomas } from '../registry/enrolment.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';
import { schemaFaults } from './verified-claims-schema.ts';

let server: TestServer;
let bank: RelyingParty;
let annas: Awaited<ReturnType<typeof signUp>>;
let personId: PersonId;

beforeAll(async () => {
  server = await startTestServer();
  bank = await relyingParty(server, {
    client_id: 'bank',
    claims: ['name', 'birthdate', 'nationalities', 'travel_document'],
  });
  annas = await signUp(server, { email: 'anna@example.org' });
  ({ personId } = await enrol(server, annas.accountId, anna));
});

const WHOLE = {
  trust_framework: null,
  assurance_level: null,
  assurance_process: { policy: null, procedure: null, assurance_details: [{}] },
  time: null,
  verification_process: null,
  evidence: [
    {
      type: { value: 'document' },
      check_details: [{ check_method: null, check_id: null }],
      document_details: { type: null, issuer: { country_code: null }, date_of_expiry: null },
    },
    {
      type: { value: 'electronic_record' },
      check_details: [{ check_method: null }],
      record: { type: null, source: { name: null, country_code: null } },
    },
  ],
};

const claimsOf = (value: unknown) => ({ scope: 'openid', claims: JSON.stringify(value) });

/** Signs in and reads both places. */
async function told(person: typeof annas, party: RelyingParty, claims: unknown) {
  const signedIn = await signInAt(person.walker, party, claimsOf(claims));
  const info = await openid.fetchUserInfo(
    party.config,
    signedIn.tokens.access_token,
    signedIn.claims.sub,
  );
  return { ...signedIn, idToken: signedIn.claims, info };
}

describe('verified_claims', () => {
  it('are told in the ID token and at userinfo, each as it was asked, and fit the schema', async () => {
    const answer = await told(annas, bank, {
      id_token: {
        verified_claims: { verification: { trust_framework: null }, claims: { birthdate: null } },
      },
      userinfo: {
        verified_claims: { verification: WHOLE, claims: { name: null, nationalities: null } },
      },
    });
    expect(answer.idToken.verified_claims).toEqual({
      verification: { trust_framework: 'tangchat_id' },
      claims: { birthdate: '1990-08-12' },
    });
    expect(schemaFaults(answer.info.verified_claims)).toEqual([]);
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/) as string;
    const id = expect.stringMatching(/^[\w-]{22}$/) as string;
    expect(answer.info.verified_claims).toEqual({
      verification: {
        trust_framework: 'tangchat_id',
        assurance_level: 'ial2',
        assurance_process: {
          policy: 'tangchat_id_assurance_2026-11-22',
          procedure: 'remote_officer',
          assurance_details: [
            {
              assurance_type: 'evidence_validation',
              assurance_classification: 'chip_genuine_clone_check_passed',
              evidence_ref: [{ check_id: id }],
            },
            {
              assurance_type: 'verification',
              assurance_classification: 'remote_officer',
              evidence_ref: [{ check_id: id }],
            },
          ],
        },
        time: at,
        verification_process: id,
        evidence: [
          {
            type: 'document',
            check_details: [
              { check_method: 'vcrypt', check_id: id },
              { check_method: 'pvr', check_id: id },
            ],
            // Its number was not asked.
            document_details: {
              type: 'passport',
              issuer: { country_code: 'UTO' },
              date_of_expiry: '2034-05-14',
            },
          },
          {
            type: 'electronic_record',
            check_details: [{ check_method: 'data' }],
            record: {
              type: 'immigration_register',
              source: { name: 'immigration', country_code: 'THA' },
            },
          },
        ],
      },
      claims: { name: 'ANNA MARIA ERIKSSON', nationalities: ['UTO'] },
    });
    // Nothing verified stands beside it as if it were plain.
    expect(answer.info).not.toHaveProperty('name');
    expect(answer.idToken).not.toHaveProperty('birthdate');
  });

  it('are told as a list where a list is asked, in both places and in a signed answer', async () => {
    const signed = await relyingParty(server, {
      client_id: 'bank-signed',
      claims: ['name', 'birthdate'],
      userinfo_signed_response_alg: 'ES256',
    });
    const list = [
      { verification: { trust_framework: null }, claims: { name: null } },
      { verification: { trust_framework: { value: 'eidas' } }, claims: { name: null } },
      { verification: { trust_framework: null }, claims: { birthdate: null } },
    ];
    const request = { id_token: { verified_claims: list }, userinfo: { verified_claims: list } };
    const verification = { trust_framework: 'tangchat_id' };
    const expected = [
      { verification, claims: { name: 'ANNA MARIA ERIKSSON' } },
      { verification, claims: { birthdate: '1990-08-12' } },
    ];
    const answer = await told(annas, bank, request);
    expect(answer.idToken.verified_claims).toEqual(expected);
    expect(answer.info.verified_claims).toEqual(expected);
    const { tokens } = await signInAt(annas.walker, signed, claimsOf(request));
    const jwt = await fetch(`${server.url}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(decodeJwt(await jwt.text()).verified_claims).toEqual(expected);
    const refreshed = await openid.refreshTokenGrant(bank.config, answer.tokens.refresh_token!);
    expect(refreshed.claims()!.verified_claims).toEqual(expected);
  });

  it('are omitted where a constraint is not met, without an error', async () => {
    const ask = (verification: object) => ({
      userinfo: {
        verified_claims: {
          verification: { trust_framework: null, ...verification },
          claims: { name: null },
        },
      },
    });
    for (const verification of [
      { assurance_level: { value: 'ial3' } },
      { trust_framework: { value: 'eidas' } },
      { time: { max_age: 0 }, colour: { value: 'red' } },
    ]) {
      const { info } = await told(annas, bank, ask(verification));
      expect(info).not.toHaveProperty('verified_claims');
    }
    const { info } = await told(
      annas,
      bank,
      ask({ assurance_level: { values: ['ial2', 'ial3'] } }),
    );
    expect(info.verified_claims).toMatchObject({ verification: { assurance_level: 'ial2' } });
  });

  it('name one proofing differently to each agency, and the same to one', async () => {
    const other = await relyingParty(server, {
      client_id: 'insurer',
      agency: { code: 'insurer', name: 'Insurer', 'name#th': 'ประกัน' },
      claims: ['name'],
    });
    const claims = {
      userinfo: {
        verified_claims: {
          verification: { trust_framework: null, verification_process: null },
          claims: null,
        },
      },
    };
    const processOf = async (party: RelyingParty) =>
      (await told(annas, party, claims)).info.verified_claims as unknown;
    const first = await processOf(bank);
    expect(first).toMatchObject({
      verification: { verification_process: expect.any(String) as string },
      claims: {},
    });
    expect(await processOf(bank)).toEqual(first);
    expect(await processOf(other)).not.toEqual(first);
  });

  it('change with the person: gone from the old token when the proof falls, back with a new one', async () => {
    const person = await signUp(server, { email: 'falls@example.org' });
    const enrolled = await enrol(server, person.accountId, { ...tomas, documentNumber: 'FALLS01' });
    const claims = {
      userinfo: {
        verified_claims: { verification: { trust_framework: null }, claims: { name: null } },
      },
    };
    const { info, tokens, idToken } = await told(person, bank, claims);
    expect(info.verified_claims).toMatchObject({ claims: { name: 'Ōkubo Tomás' } });
    await server.app
      .db('identity_proofs')
      .where({ person_id: enrolled.personId })
      .update({ issuer_compromised_at: new Date() });
    const after = await openid.fetchUserInfo(bank.config, tokens.access_token, idToken.sub);
    expect(after).toMatchObject({ ial: 0 });
    expect(after).not.toHaveProperty('verified_claims');
  });

  it('are told to nobody below AAL2, nor of somebody without a proof', async () => {
    const { walker } = await signUp(server, { email: 'unproven@example.org' });
    const claims = {
      id_token: {
        verified_claims: { verification: { trust_framework: null }, claims: { name: null } },
      },
    };
    const unproven = await signInAt(walker, bank, claimsOf(claims));
    expect(unproven.claims).not.toHaveProperty('verified_claims');
    const low = await relyingParty(server, { client_id: 'low', claims: ['name'], minimum_aal: 1 });
    const weak = await signUp(server, { email: 'weak@example.org' });
    await enrol(server, weak.accountId, { ...anna, documentNumber: 'WEAK00001' });
    await server.app.db('sessions').where({ account_id: weak.accountId }).update({ aal: 1 });
    const told1 = await signInAt(weak.walker, low, claimsOf(claims));
    expect(told1.claims).toMatchObject({ aal: 1 });
    expect(told1.claims).not.toHaveProperty('verified_claims');
  });
});

it('gives nothing of a person whose ID was suspended since', async () => {
  const claims = {
    userinfo: {
      verified_claims: { verification: { trust_framework: null }, claims: { name: null } },
    },
  };
  const { tokens, idToken } = await told(annas, bank, claims);
  await transact(server.app.db, (tx) =>
    transitionId(tx, server.app, {
      personId,
      to: 'suspended',
      reason: 'suspected_fraud',
      actor: officer,
    }),
  );
  await expect(
    openid.fetchUserInfo(bank.config, tokens.access_token, idToken.sub),
  ).rejects.toThrow();
});
