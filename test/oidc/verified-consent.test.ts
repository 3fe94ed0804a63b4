import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import { RowId } from '../../src/lib/ids.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { enrolPerson } from '../../src/registry/enrol-person.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna, enrolmentOf, officerFindings } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { agree, authorizationRequest, follow, relyingParty, signInAt } from './relying-party.ts';
import { schemaFaults } from './verified-claims-schema.ts';

let server: TestServer;
let annas: Awaited<ReturnType<typeof signUp>>;

beforeAll(async () => {
  server = await startTestServer();
  annas = await signUp(server, { email: 'anna@example.org' });
  await enrol(server, annas.accountId, anna);
});

/** How it was done, without the document itself. */
const PROCESS = {
  trust_framework: null,
  assurance_level: null,
  assurance_process: { procedure: null, assurance_details: [{}] },
  evidence: ['document', 'electronic_record'].map((value) => ({
    type: { value },
    check_details: [{ check_method: null, check_id: null }],
  })),
};

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

it('say of a data page what was done with it, and no more: IAL1, no chip, the register’s code', async () => {
  const party = await relyingParty(server, { client_id: 'page', claims: ['name'] });
  const person = await signUp(server, { email: 'page@example.org' });
  const input = enrolmentOf(
    server.app,
    { ...anna, documentNumber: 'PAGE00001' },
    {
      accountId: person.accountId,
      leastIal: 1,
      findings: {
        ...officerFindings,
        pathway: 'remote_code',
        documentCheck: 'data_page',
        chipVerdict: 'absent',
        cloneCheck: 'not_attempted',
        capture: 'none',
        attackDetection: 'not_run',
        officer: 'not_asked',
        registerCodeConfirmed: true,
        documentSigner: null,
        trustAnchor: null,
      },
    },
  );
  const enrolled = await transact(server.app.db, (tx) => enrolPerson(tx, server.app, input));
  expect(enrolled).toMatchObject({ ok: true, number: null });
  const { tokens, claims } = await signInAt(
    person.walker,
    party,
    claimsOf({
      userinfo: { verified_claims: { verification: PROCESS, claims: { name: null } } },
    }),
  );
  const info = await openid.fetchUserInfo(party.config, tokens.access_token, claims.sub);
  expect(schemaFaults(info.verified_claims)).toEqual([]);
  expect(info.verified_claims).toMatchObject({
    verification: {
      assurance_level: 'ial1',
      assurance_process: {
        procedure: 'remote_code',
        assurance_details: [{ assurance_classification: 'data_page' }],
      },
      evidence: [
        { type: 'document', check_details: [{ check_method: 'vri' }] },
        {
          type: 'electronic_record',
          check_details: [{ check_method: 'data' }, { check_method: 'auth' }],
        },
      ],
    },
  });
});
