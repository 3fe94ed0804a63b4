import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import { RowId } from '../../src/lib/ids.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { agree, authorizationRequest, follow, relyingParty, signInAt } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let annas: Awaited<ReturnType<typeof signUp>>;

beforeAll(async () => {
  server = await startTestServer();
  annas = await signUp(server, { email: 'anna@example.org' });
  await enrol(server, annas.accountId, anna);
});

const claimsOf = (value: unknown) => ({ scope: 'openid', claims: JSON.stringify(value) });

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
    const asked = claimsOf(claims({ document_number: null, issuer: {} }));
    const { tokens, claims: idToken } = await signInAt(annas.walker, party, asked);
    const info = await openid.fetchUserInfo(party.config, tokens.access_token, idToken.sub);
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
  let serial = 0;
  const named = () =>
    relyingParty(server, { client_id: `bank-${++serial}`, claims: ['name', 'birthdate'] });
  const asking = (verified: unknown) => ({ userinfo: { verified_claims: verified } });

  it('is told its path', async () => {
    const bank = await named();
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
    const bank = await named();
    const asked = { verification: { trust_framework: null }, claims: { nationality: null } };
    expect(await errorOf(bank, asking(asked))).toEqual([
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
