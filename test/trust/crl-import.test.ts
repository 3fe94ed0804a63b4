import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeSandboxPki } from '../../src/dev/passport-maker/sandbox-pki.ts';
import { trustSandboxPki } from '../../src/dev/passport-maker/trust-sandbox-pki.ts';
import { parseCertificate } from '../../src/documents/certificates.ts';
import { readableLists } from '../../src/documents/parsed-trust.ts';
import { revocationOf } from '../../src/documents/revocation.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { currentCrls } from '../../src/trust/chip-trust.ts';
import { runCrlImport } from '../../src/trust/crl-import-command.ts';
import { importMasterList } from '../../src/trust/import-master-list.ts';
import { importRevocationList } from '../../src/trust/import-revocation-list.ts';
import { verifyMasterList } from '../../src/trust/import-verify.ts';
import {
  certificate,
  csca,
  fingerprint,
  listingState,
  listOf,
  revocationList,
  type Identity,
} from '../documents/master-list-pki.ts';
import { testApp } from '../harness.ts';

const state = listingState('AA');
const issuer = csca('BB');
const signerWish = { name: 'Signer', kind: 'document_signer' } as const;
const signer = certificate({ ...signerWish, country: 'BB', issuer });
const day = (date: string) => new Date(`${date}T00:00:00Z`);
const dates = { thisUpdate: day('2026-05-01'), nextUpdate: day('2090-01-01') };

/** A production deployment that trusts AA and the anchors given. */
async function production(...anchors: Identity[]): Promise<App> {
  const app = await testApp();
  const list = listOf(state, [state.root, ...anchors]);
  const now = app.clock.now();
  const judged = verifyMasterList({ bytes: list, root: state.root.certificate, now });
  if (!judged.ok) throw new Error(judged.report.reason);
  await importMasterList(app, { verified: judged.verified, source: 'test.ml' });
  return { ...app, config: { ...app.config, sandbox: false } };
}

const bring = (app: App, list: Buffer) => importRevocationList(app, { list, source: 'test.crl' });

describe('a revocation list', async () => {
  const app = await production(issuer);
  const first = revocationList(issuer, { ...dates, number: 7, revoked: [signer] });

  it('comes in under the key of a trusted anchor of its state', async () => {
    expect(await bring(app, first)).toEqual({
      source: 'test.crl',
      outcome: 'imported',
      sha256: fingerprint(first),
      country: 'BB',
      environment: 'production',
      signedBy: fingerprint(issuer.certificate),
      number: '7',
      thisUpdate: '2026-05-01T00:00:00.000Z',
      nextUpdate: '2090-01-01T00:00:00.000Z',
      stale: false,
      revoked: 1,
      replaces: null,
    });
    expect(await currentCrls(app.db, app)).toEqual([first]);
    const events = app.db('audit_events').where({ action: 'trust.revocation_list_added' });
    expect(JSON.parse((await events.clone().pluck('details'))[0])).toEqual({
      sha256: fingerprint(first),
      country: 'BB',
      environment: 'production',
      source: 'test.crl',
    });
  });

  it('may name fifty thousand signers, the last of which is found', async () => {
    const many = Array.from({ length: 50_000 }, (_, at) => {
      const serial = Buffer.alloc(8, 0x33);
      serial.writeUInt32BE(at, 4);
      return { ...signer, serial };
    });
    const elsewhere = csca('DD');
    const named = certificate({ ...signerWish, country: 'DD', issuer: elsewhere });
    const long = revocationList(elsewhere, { ...dates, revoked: [...many, named] });
    const other = await production(elsewhere);
    expect(await bring(other, long)).toMatchObject({ outcome: 'imported', revoked: 50_001 });
    const crls = readableLists(await currentCrls(other.db, other));
    const [anchor, judged] = [elsewhere, named].map((one) => parseCertificate(one.certificate));
    const input = { issuer: anchor!, anchors: [anchor!], crls, now: other.clock.now() };
    expect(revocationOf({ ...input, signer: judged! }).status).toBe('revoked');
    const good = parseCertificate(
      certificate({ ...signerWish, country: 'DD', issuer: elsewhere }).certificate,
    );
    expect(revocationOf({ ...input, signer: good }).status).toBe('good');
  });

  it('changes nothing when it comes again', async () => {
    expect(await bring(app, first)).toMatchObject({ outcome: 'known', replaces: null });
    const events = app.db('audit_events').where({ action: 'trust.revocation_list_added' });
    expect((await events.clone().pluck('id')).length).toBe(1);
  });

  it.each([
    ['is older', { thisUpdate: day('2026-04-01'), number: 8 }, 'older_than_known'],
    [
      'is later with a lower number',
      { thisUpdate: day('2026-06-01'), number: 6 },
      'number_below_known',
    ],
    ['has the same time and number', { number: 7 }, 'no_newer_than_known'],
    ['has the same time and no number', {}, 'no_newer_than_known'],
  ])('is refused when it %s', async (_what, changes, reason) => {
    const list = revocationList(issuer, { ...dates, ...changes });
    expect(await bring(app, list)).toMatchObject({ outcome: 'refused', reason });
    expect(await currentCrls(app.db, app)).toEqual([first]);
  });

  it('takes the place of an older one, by its number where the time is the same', async () => {
    const renumbered = revocationList(issuer, { ...dates, number: 8 });
    const replaced = { outcome: 'imported', replaces: fingerprint(first) };
    expect(await bring(app, renumbered)).toMatchObject(replaced);
    expect(await currentCrls(app.db, app)).toEqual([renumbered]);
    const later = revocationList(issuer, { thisUpdate: day('2026-06-01') });
    const unlimited = { outcome: 'imported', nextUpdate: null, number: null, stale: true };
    expect(await bring(app, later)).toMatchObject(unlimited);
    expect(await currentCrls(app.db, app)).toEqual([later]);
    expect(await bring(app, first)).toMatchObject({ reason: 'older_than_known' });
  });

  const stranger = csca('BB');
  const elsewhere = csca('CC');
  const altered = revocationList(issuer, dates);
  altered.writeUInt8(altered.at(-1)! ^ 1, altered.length - 1);
  it.each([
    ['signed by another key of its name', revocationList(stranger, dates), 'no_trusted_signer'],
    ['of a state that nobody trusts', revocationList(elsewhere, dates), 'no_trusted_signer'],
    [
      'of one state under the key of another',
      revocationList(issuer, { ...dates, country: 'AA' }),
      'no_trusted_signer',
    ],
    ['altered', altered, 'no_trusted_signer'],
    ['a delta', revocationList(issuer, { ...dates, isDelta: true }), 'covers_only_a_part'],
    [
      'of the future',
      revocationList(issuer, { ...dates, thisUpdate: day('2080-01-01') }),
      'issued_in_the_future',
    ],
    ['a certificate', issuer.certificate, undefined],
    ['nothing', Buffer.alloc(0), undefined],
  ])('is refused when it is %s', async (_what, list, reason) => {
    const before = await currentCrls(app.db, app);
    const expected = { outcome: 'refused', reason: reason ?? expect.any(String) };
    expect(await bring(app, list)).toMatchObject(expected);
    expect(await currentCrls(app.db, app)).toEqual(before);
  });

  it('is refused once its anchor is withdrawn', async () => {
    const sha256 = Buffer.from(fingerprint(issuer.certificate), 'hex');
    await app.db('trust_anchors').where({ sha256 }).update({ state: 'withdrawn' });
    const list = revocationList(issuer, { ...dates, thisUpdate: day('2026-07-01') });
    expect(await bring(app, list)).toMatchObject({ reason: 'no_trusted_signer' });
  });
});

it('leaves the newest in force when two are imported at the same time', async () => {
  const app = await production(issuer);
  const lists = [3, 1, 2].map((number) =>
    revocationList(issuer, { ...dates, thisUpdate: day(`2026-05-0${number}`), number }),
  );
  const reports = await Promise.all(lists.map((list) => bring(app, list)));
  expect(reports[0]).toMatchObject({ outcome: 'imported' });
  expect(await currentCrls(app.db, app)).toEqual([lists[0]]);
});

it('of the sandbox comes in there, and never in production', async () => {
  const app = await testApp();
  const pki = makeSandboxPki(app);
  await transact(app.db, (tx) => trustSandboxPki(tx, app, pki));
  expect(await bring(app, pki.revocationList)).toMatchObject({ outcome: 'known' });
  const strict = { ...app, config: { ...app.config, sandbox: false } };
  const refused = { outcome: 'refused', reason: 'no_trusted_signer' };
  expect(await bring(strict, pki.revocationList)).toMatchObject(refused);
});

describe('tangchat crl import', async () => {
  const app = await production(issuer);
  const folder = await mkdtemp(join(tmpdir(), 'tangchat-crl-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const file = async (name: string, content: Buffer | string) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  async function run(...args: string[]) {
    const said: string[] = [];
    const io = { out: (text: string) => said.push(text), err: (text: string) => said.push(text) };
    return { code: await runCrlImport(args, io, app), said: said.join('\n') };
  }

  it('brings in the good ones, DER or PEM, and gives 1 where one is refused', async () => {
    const list = revocationList(issuer, dates).toString('base64');
    const pem = await file('bb.pem', `-----BEGIN X509 CRL-----\n${list}\n-----END X509 CRL-----\n`);
    const der = await file('aa.crl', revocationList(state.root, dates));
    const bad = await file('bad.crl', 'no list');
    const mixed = await run(bad, pem, der);
    expect(mixed.code).toBe(1);
    expect(JSON.parse(mixed.said)).toMatchObject([
      { source: 'bad.crl', outcome: 'refused' },
      { source: 'bb.pem', outcome: 'imported', country: 'BB' },
      { source: 'aa.crl', outcome: 'imported', country: 'AA' },
    ]);
    expect((await run(pem, der)).code).toBe(0);
    expect((await currentCrls(app.db, app)).length).toBe(2);
  });

  it('tells a wrong call and a missing file from a refusal', async () => {
    expect((await run()).code).toBe(64);
    expect((await run('--force')).code).toBe(64);
    expect((await run(join(folder, 'none.crl'))).code).toBe(66);
  });
});
