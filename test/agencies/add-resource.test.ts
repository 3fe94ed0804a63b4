import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { addAgreement, endAgreement } from '../../src/agencies/add-agreement.ts';
import { addResource } from '../../src/agencies/add-resource.ts';
import { addService } from '../../src/agencies/add-service.ts';
import { findAgreements } from '../../src/agencies/find-agreement.ts';
import { findResource, listDetailTypes } from '../../src/agencies/find-resource.ts';
import { runAgreementAdd, runResourceAdd } from '../../src/agencies/resource-add-command.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { testApp } from '../harness.ts';
import { registration } from './registrations.ts';
import { TRANSFER_TYPE, resourceFile } from './resource-files.ts';

let app: App;

beforeAll(async () => {
  app = await testApp();
  await transact(app.db, async (tx) => {
    await addService(tx, app, { metadata: registration(), actor: SYSTEM });
    const agency = { code: 'revenue', name: 'Revenue Department', 'name#th': 'กรมสรรพากร' };
    const metadata = registration({ client_id: 'revenue-tax', agency });
    await addService(tx, app, { metadata, actor: SYSTEM });
  });
});

const add = (more: Record<string, unknown> = {}, replace = false) =>
  transact(app.db, (tx) =>
    addResource(tx, app, { file: resourceFile(more), actor: SYSTEM, replace }),
  );

it('registers a resource with its types and services, and replaces it whole', async () => {
  const added = await add({ authorization_details_types: [TRANSFER_TYPE] });
  if (!added.ok) throw new Error(JSON.stringify(added));
  const { identifier } = added.resource;
  expect(await findResource(app.db, identifier)).toEqual(added.resource);
  expect(added.resource).toMatchObject({
    agency: { code: 'lands' },
    tokenSeconds: 300,
    minimum: { ial: 0, aal: 2 },
    services: ['lands-condo'],
  });
  expect(await listDetailTypes(app.db)).toEqual(['land_transfer']);
  expect(await add()).toEqual({ ok: false, reason: 'identifier_taken' });
  expect(await add({ services: [], token_format: 'opaque' }, true)).toMatchObject({ ok: true });
  expect(await findResource(app.db, identifier)).toMatchObject({
    tokenFormat: 'opaque',
    services: [],
    detailTypes: [],
  });
  // Another agency does not take it over.
  expect(await add({ agency: 'revenue', services: [] }, true)).toMatchObject({ ok: false });
});

it.each([
  ['an address with a fragment', { resource: 'https://api.example/a#b' }, 'resource'],
  ['an address that is relative', { resource: '/titles' }, 'resource'],
  ['a life of more than ten minutes', { token_seconds: 601 }, 'token_seconds'],
  ['no scope', { scopes: [] }, 'scopes'],
  [
    'a scope of OpenID Connect',
    { scopes: [{ name: 'profile', description: 'x', 'description#th': 'x' }] },
    'scopes.0.name',
  ],
  ['an agency that nobody knows', { agency: 'nobody' }, 'agency'],
  ['a service that nobody knows', { services: ['nobody-app'] }, 'services.0'],
  ['a service twice', { services: ['lands-condo', 'lands-condo'] }, 'services.1'],
  ['an unknown field', { token_ttl: 5 }, ''],
  [
    'a field that RFC 9396 defines',
    {
      authorization_details_types: [
        { ...TRANSFER_TYPE, fields: [{ ...TRANSFER_TYPE.fields[0], name: 'locations' }] },
      ],
    },
    'authorization_details_types.0.fields.0.name',
  ],
])('refuses %s, naming the place', async (_what, more, path) => {
  const result = await add({ resource: 'https://api.lands.example/other', ...more });
  if (result.ok || result.reason !== 'invalid') throw new Error(JSON.stringify(result));
  expect(result.faults.map((fault) => fault.path)).toContain(path);
});

it('lets no second resource define a type', async () => {
  const types = { authorization_details_types: [TRANSFER_TYPE] };
  await add({ ...types, resource: 'https://api.lands.example/first' });
  const result = await add({ ...types, resource: 'https://api.lands.example/second' });
  expect(result).toMatchObject({
    ok: false,
    faults: [{ path: 'authorization_details_types.0.type' }],
  });
});

const agreement = (more: Record<string, unknown> = {}) => ({
  service: 'revenue-tax',
  resource: 'https://api.lands.example/agreed',
  scopes: ['titles:read'],
  purpose: 'To assess the tax on your land.',
  'purpose#th': 'เพื่อประเมินภาษีที่ดินของคุณ',
  legal_basis: 'law',
  legal_reference: 'Land and Building Tax Act, section 10',
  valid_from: '2020-01-01T00:00:00+07:00',
  valid_until: '2099-01-01T00:00:00+07:00',
  ...more,
});

it('keeps agreements while they count', async () => {
  await add({ resource: 'https://api.lands.example/agreed' });
  const added = await transact(app.db, (tx) =>
    addAgreement(tx, app, { file: agreement(), actor: SYSTEM }),
  );
  if (!added.ok) throw new Error(JSON.stringify(added));
  const by = { serviceId: 'revenue-tax', resource: 'https://api.lands.example/agreed' };
  expect(await findAgreements(app.db, { ...by, at: new Date() })).toEqual([added.agreement]);
  expect(await findAgreements(app.db, { ...by, at: new Date('2019-06-01') })).toEqual([]);
  expect(await findAgreements(app.db, { ...by, at: new Date('2099-06-01') })).toEqual([]);
  const end = () =>
    transact(app.db, (tx) => endAgreement(tx, app, { id: added.agreement.id, actor: SYSTEM }));
  expect([await end(), await end()]).toEqual([true, false]);
  expect(await findAgreements(app.db, { ...by, at: new Date() })).toEqual([]);
});

it.each([
  ['a service that nobody knows', { service: 'nobody' }, 'service'],
  ['a resource that nobody knows', { resource: 'https://nobody.example/' }, 'resource'],
  ['a resource of the same agency', { service: 'lands-condo' }, 'resource'],
  ['a scope that the resource has not', { scopes: ['titles:burn'] }, 'scopes.0'],
  ['no provision where the basis is law', { legal_reference: undefined }, 'legal_reference'],
  ['an end before its start', { valid_until: '2019-01-01T00:00:00Z' }, 'valid_until'],
  ['a day without an hour', { valid_from: '2020-01-01' }, 'valid_from'],
])('refuses an agreement with %s', async (_what, more, path) => {
  await add({ resource: 'https://api.lands.example/agreed' });
  const result = await transact(app.db, (tx) =>
    addAgreement(tx, app, { file: agreement(more), actor: SYSTEM }),
  );
  expect(!result.ok && result.faults.map((fault) => fault.path)).toContain(path);
});

it('is a command that says which field is wrong, and that production refuses', async () => {
  const path = join(app.config.DATA_DIR, 'resource.json');
  const run = async (file: unknown, sandbox = true) => {
    writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file));
    const said: string[] = [];
    const io = {
      out: (text: string) => void said.push(text),
      err: (t: string) => void said.push(t),
    };
    const asked = { ...app, config: { ...app.config, sandbox } };
    const command = JSON.stringify(file).includes('legal_basis') ? runAgreementAdd : runResourceAdd;
    return { exit: await command([path], io, asked), said: said.join('\n') };
  };
  const resource = 'https://api.lands.example/by-command';
  const done = await run(resourceFile({ resource }));
  expect(done.exit).toBe(0);
  expect(JSON.parse(done.said)).toMatchObject({ resource, agency: 'lands' });
  expect(await run(resourceFile({ resource }))).toMatchObject({ exit: 1 });
  const wrong = await run(resourceFile({ resource, token_seconds: 3600 }));
  expect(wrong).toMatchObject({ exit: 1, said: expect.stringContaining('token_seconds: ') });
  expect(await run(agreement({ resource }))).toMatchObject({ exit: 0 });
  expect(await run('{')).toMatchObject({ exit: 66 });
  expect(await run(resourceFile({ resource }), false)).toMatchObject({ exit: 1 });
});
