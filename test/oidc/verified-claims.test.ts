import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import { RowId } from '../../src/lib/ids.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, officer, tomas } from '../registry/enrolment.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { agree, authorizationRequest, follow, relyingParty, signInAt } from './relying-party.ts';
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

describe('a request that a service may not make', () => {
  async function errorOf(party: RelyingParty, claims: unknown) {
    const request = await authorizationRequest(party, claimsOf(claims));
    const arrival = await follow(annas.walker, request.path);
    if (arrival.at !== 'service') throw new Error('no error');
    return [
      arrival.url.searchParams.get('error'),
      arrival.url.searchParams.get('error_description'),
    ];
  }
  const asking = (verified: unknown) => ({ userinfo: { verified_claims: verified } });

  it('is told its path', async () => {
    expect(await errorOf(bank, asking({ verification: {}, claims: { name: null } }))).toEqual([
      'invalid_request',
      expect.stringContaining(
        'claims.userinfo.verified_claims.verification.trust_framework: ',
      ) as string,
    ]);
    expect(await errorOf(bank, asking('all of it'))).toEqual([
      'invalid_request',
      expect.stringContaining('claims.userinfo.verified_claims: ') as string,
    ]);
  });

  it('is told what it is not registered for: a claim within, or the document', async () => {
    const named = { verification: { trust_framework: null }, claims: { nationality: null } };
    expect(await errorOf(bank, asking(named))).toEqual([
      'invalid_request',
      'verified_claims.claims: this service is not registered for "nationality"',
    ]);
    const plain = await relyingParty(server, { client_id: 'plain', claims: ['name'] });
    const numbered = {
      verification: {
        trust_framework: null,
        evidence: [{ type: { value: 'document' }, document_details: { document_number: null } }],
      },
      claims: { name: null },
    };
    const [code, description] = await errorOf(plain, asking(numbered));
    expect(code).toBe('invalid_request');
    expect(description).toContain('document_details.document_number');
  });
});

describe('consent to verified claims', () => {
  const claims = (more: object) => ({
    userinfo: {
      verified_claims: {
        verification: {
          trust_framework: null,
          evidence: [
            {
              type: { value: 'document' },
              check_details: [{ check_method: null }],
              document_details: { type: null, ...more },
            },
          ],
        },
        claims: { name: { purpose: 'To open your account as the law asks.' } },
      },
    },
  });

  it('shows each part with its value and why, in words, and asks again when a part is added', async () => {
    const party = await relyingParty(server, {
      client_id: 'bank-two',
      claims: ['name', 'travel_document'],
    });
    const request = await authorizationRequest(party, claimsOf(claims({})));
    const page = await follow(annas.walker, request.path);
    if (page.at !== 'page') throw new Error('not asked');
    for (const text of [
      'ANNA MARIA ERIKSSON',
      'How your identity was verified',
      'the chip of your passport was read and found genuine',
      'an officer compared your face',
      'the immigration register agreed',
      'To open your account as the law asks.',
    ])
      expect(page.answer.text).toContain(text);
    expect(page.answer.text).not.toContain('L898902C3');
    await agree(annas.walker, page);

    const more = await follow(
      annas.walker,
      (await authorizationRequest(party, claimsOf(claims({ document_number: null })))).path,
    );
    if (more.at !== 'page') throw new Error('not asked again');
    expect(more.answer.text).toContain('more than you agreed to before');
    expect(more.answer.text).toContain('L898902C3');
    const thai = await annas.walker.get(`${more.path}?lang=th`);
    expect(thai.text).toContain('วิธีที่ใช้ยืนยันตัวตนของคุณ');
    await annas.walker.get(`${more.path}?lang=en`);
    await agree(annas.walker, more);
    const { info } = await told(annas, party, claims({ document_number: null, issuer: {} }));
    expect(info.verified_claims).toMatchObject({
      verification: {
        evidence: [{ document_details: { type: 'passport', document_number: 'L898902C3' } }],
      },
    });
  });
});

describe('documents of a person', () => {
  it('are claims of their own: the present one, and verified earlier ones to link accounts by', async () => {
    const party = await relyingParty(server, {
      client_id: 'linker',
      claims: ['travel_document', 'previous_documents'],
    });
    const person = await signUp(server, { email: 'renewed@example.org' });
    const enrolled = await enrol(server, person.accountId, {
      ...anna,
      documentNumber: 'OLD000001',
    });
    const scope = 'openid travel_document previous_documents';
    const first = await signInAt(person.walker, party, { scope });
    const infoOf = (signedIn: typeof first) =>
      openid.fetchUserInfo(party.config, signedIn.tokens.access_token, signedIn.claims.sub);
    const old = {
      type: 'passport',
      document_number: 'OLD000001',
      issuer: { country_code: 'UTO' },
      date_of_expiry: '2034-05-14',
    };
    expect(await infoOf(first)).toMatchObject({ travel_document: old });
    expect(await infoOf(first)).not.toHaveProperty('previous_documents');

    await proveAnother(enrolled.personId, 'NEW000002');
    // What was not known when they agreed is asked first.
    const page = await follow(person.walker, (await authorizationRequest(party, { scope })).path);
    expect(page.at === 'page' && page.answer.text).toContain('OLD000001');
    const second = await signInAt(person.walker, party, { scope });
    expect(second.claims.sub).toBe(first.claims.sub);
    expect(await infoOf(second)).toMatchObject({
      travel_document: { ...old, document_number: 'NEW000002' },
      previous_documents: [old],
    });
  });
});

/** A renewal as the registry will record it: a second document with a proof of its own. */
async function proveAnother(person: PersonId, documentNumber: string): Promise<void> {
  const { app } = server;
  await transact(app.db, async (tx) => {
    const proof = await tx('identity_proofs').where({ person_id: person }).first();
    const document = await tx('travel_documents').where({ id: proof.travel_document_id }).first();
    const { data_key_id: keyId } = await tx('persons').where({ id: person }).first('data_key_id');
    const key = await app.cipher.openDataKey(tx, keyId as never);
    const id = RowId.make(app);
    const seal = (column: string, text: string) =>
      key.encrypt({ table: 'travel_documents', column, row: id }, text);
    await tx('travel_documents').insert({
      ...document,
      id,
      document_key: app.random.bytes(32),
      document_code: seal('document_code', 'P'),
      issuing_state: seal('issuing_state', 'UTO'),
      document_number: seal('document_number', documentNumber),
    });
    await tx('identity_proofs').insert({
      ...proof,
      id: RowId.make(app),
      case_id: RowId.make(app),
      travel_document_id: id,
      proofed_at: new Date(proof.proofed_at.getTime() + 1000),
    });
  });
}

it('says in discovery all that can be asked', async () => {
  const answer = await fetch(`${server.url}/.well-known/openid-configuration`);
  expect(await answer.json()).toMatchObject({
    claims_parameter_supported: true,
    verified_claims_supported: true,
    trust_frameworks_supported: ['tangchat_id'],
    evidence_supported: ['document', 'electronic_record'],
    documents_supported: ['passport'],
    documents_check_methods_supported: ['vcrypt', 'vpip', 'vri', 'pvp', 'pvr', 'bvp', 'bvr'],
    electronic_records_supported: ['immigration_register'],
    claims_in_verified_claims_supported: [
      'name',
      'family_name',
      'given_name',
      'birthdate',
      'nationality',
      'nationalities',
      'travel_document',
      'name#th',
    ],
    claims_supported: expect.arrayContaining(['verified_claims', 'name#th']) as string[],
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
