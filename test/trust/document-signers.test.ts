import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import { makeSandboxPki } from '../../src/dev/passport-maker/sandbox-pki.ts';
import { trustSandboxPki } from '../../src/dev/passport-maker/trust-sandbox-pki.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { transact } from '../../src/lib/database.ts';
import { addDocumentSigner } from '../../src/trust/add-document-signer.ts';
import { chipTrust } from '../../src/trust/chip-trust.ts';
import { runSignersAdd } from '../../src/trust/signers-add-command.ts';
import { testApp } from '../harness.ts';

describe('document signers from the store', async () => {
  const app = await testApp();
  const pki = makeSandboxPki(app);
  const now = app.clock.now();
  const bare = { person: demoPeople.anna, now, embedSigner: false };
  const { files } = await makePassport(pki, bare);
  const judge = async () => {
    const verdict = verifyChip({ files, now, ...(await chipTrust(app.db, app, files)) });
    const signature = verdict.checks.find(({ name }) => name === 'sod_signature');
    return [verdict.outcome, signature?.outcome, signature?.reason];
  };
  const add = (certificate: Buffer) =>
    transact(app.db, (tx) => addDocumentSigner(tx, app, { certificate, source: 'test' }));
  const signer = pki.signers.ecdsa.certificate;
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signers-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are refused before their CSCA is trusted', async () => {
    expect(await add(signer)).toEqual({ ok: false, reason: 'csca_unknown' });
    await transact(app.db, (tx) => trustSandboxPki(tx, app, pki));
  });

  it('let a SOD that leaves its signer out be judged, and only then', async () => {
    expect(await judge()).toEqual(['unverifiable', 'unknown', 'signer_certificate_missing']);
    expect(await add(signer)).toEqual({ ok: true, added: true });
    expect(await add(signer)).toEqual({ ok: true, added: false });
    expect(await judge()).toEqual(['genuine', 'passed', undefined]);
    const events = await app.db('audit_events').where('action', 'trust.document_signer_added');
    expect(events.length).toBe(1);
  });

  it('are not asked for where the SOD embeds its own', async () => {
    const { files: whole } = await makePassport(pki, { ...bare, embedSigner: true });
    expect(await chipTrust(app.db, app, whole)).not.toHaveProperty('signers');
  });

  it('of the sandbox are never found in production', async () => {
    const production = { ...app, config: { ...app.config, sandbox: false } };
    expect(await chipTrust(app.db, production, files)).toMatchObject({ signers: [] });
  });

  it('prove nothing for another signer of the same number, and are no more trusted than others', async () => {
    const revoked = await makePassport(pki, { ...bare, defect: 'revoked-dsc' });
    const given = { files: revoked.files, now, ...(await chipTrust(app.db, app, revoked.files)) };
    expect(verifyChip(given).outcome).toBe('unverifiable');
    const signers = [signer, pki.signers.revoked.certificate];
    expect(verifyChip({ ...given, signers }).outcome).toBe('rejected');
    const unknown = await makePassport(pki, { ...bare, defect: 'unknown-csca' });
    const named = [pki.signers.unknown.certificate];
    expect(verifyChip({ ...given, files: unknown.files, signers: named }).outcome).toBe(
      'unverifiable',
    );
  });

  it.each([
    ['a CSCA', pki.csca.certificate, 'is_a_ca'],
    ['a signer of a CSCA that nobody trusts', pki.signers.unknown.certificate, 'csca_unknown'],
    ['bytes', Buffer.from('no certificate'), 'unreadable'],
  ])('are never %s', async (_what, certificate, reason) => {
    expect(await add(certificate)).toEqual({ ok: false, reason });
  });

  it('come in by `signers add`', async () => {
    const out: string[] = [];
    const io = { out: (text: string) => out.push(text), err: (text: string) => out.push(text) };
    const good = join(folder, 'rsa.cer');
    const bad = join(folder, 'bad.cer');
    await writeFile(good, pki.signers.rsa.certificate);
    await writeFile(bad, 'no certificate');
    expect(await runSignersAdd([good], io, app)).toBe(0);
    expect(await runSignersAdd([good, bad], io, app)).toBe(1);
    expect(JSON.parse(out[1]!)).toEqual([
      { source: 'rsa.cer', outcome: 'known' },
      { source: 'bad.cer', outcome: 'refused', reason: 'unreadable' },
    ]);
    expect(await runSignersAdd([], io, app)).toBe(64);
    expect(await runSignersAdd([join(folder, 'none')], io, app)).toBe(66);
  });
});
