import { describe, expect, it } from 'vitest';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import { makeSandboxPki } from '../../src/dev/passport-maker/sandbox-pki.ts';
import { trustSandboxPki } from '../../src/dev/passport-maker/trust-sandbox-pki.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { transact } from '../../src/lib/database.ts';
import { addSandboxAnchor, addSandboxRevocationList } from '../../src/trust/add-sandbox-trust.ts';
import { chipTrust, currentCrls, trustedAnchors } from '../../src/trust/chip-trust.ts';
import { testApp } from '../harness.ts';

describe('the trust store', async () => {
  const app = await testApp();
  const pki = makeSandboxPki(app);
  const production = { ...app, config: { ...app.config, sandbox: false } };

  it('trusts nobody before an anchor is added', async () => {
    expect(await chipTrust(app.db, app, new Map())).toEqual({
      anchors: [],
      crls: [],
      trustStore: { version: 0 },
      verifiedSigners: expect.any(Map),
      policy: { specimenStates: true },
    });
  });

  it('verifies a sandbox passport once the sandbox PKI is trusted, and adds it only once', async () => {
    await transact(app.db, (tx) => trustSandboxPki(tx, app, pki));
    await transact(app.db, (tx) => trustSandboxPki(tx, app, pki));
    expect(await trustedAnchors(app.db, app)).toEqual([pki.csca.certificate]);
    expect(await currentCrls(app.db, app)).toEqual([pki.revocationList]);
    const now = app.clock.now();
    const { files } = await makePassport(pki, { person: demoPeople.anna, now });
    const verdict = verifyChip({ files, now, ...(await chipTrust(app.db, app, files)) });
    expect(verdict.outcome).toBe('genuine');
    const events = await app.db('audit_events').orderBy('action').pluck('action');
    expect(events).toEqual(['trust.anchor_added', 'trust.revocation_list_added']);
  });

  it('gives the same buffers again, so that an anchor is parsed once', async () => {
    const [first] = await trustedAnchors(app.db, app);
    const [second] = await trustedAnchors(app.db, app);
    expect(second).toBe(first);
  });

  it('never uses sandbox trust in production, and refuses to add any', async () => {
    expect(await chipTrust(app.db, production, new Map())).toEqual({
      anchors: [],
      crls: [],
      trustStore: { version: 0 },
      verifiedSigners: expect.any(Map),
      policy: { specimenStates: false },
    });
    const anchor = { certificate: pki.unknownCsca.certificate, source: 'test' };
    const list = { list: pki.revocationList, source: 'test' };
    const refused = { ok: false, reason: 'not_in_production' };
    await transact(app.db, async (tx) => {
      expect(await addSandboxAnchor(tx, production, anchor)).toEqual(refused);
      expect(await addSandboxRevocationList(tx, production, list)).toEqual(refused);
    });
  });

  it.each([
    ['a document signer', pki.signers.ecdsa.certificate, 'not_a_ca'],
    ['bytes that are no certificate', Buffer.from('no certificate'), 'unreadable'],
    ['nothing', Buffer.alloc(0), 'unreadable'],
  ])('refuses %s as an anchor', async (_what, certificate, reason) => {
    await transact(app.db, async (tx) => {
      const result = await addSandboxAnchor(tx, app, { certificate, source: 'test' });
      expect(result).toEqual({ ok: false, reason });
    });
    expect(await trustedAnchors(app.db, app)).toEqual([pki.csca.certificate]);
  });

  it('holds in the database that Utopia is never a production anchor', async () => {
    const move = app.db('trust_anchors').update({ environment: 'production' });
    await expect(move).rejects.toThrow(/check/);
  });

  it('stops using an anchor at once when it is withdrawn', async () => {
    await app.db('trust_anchors').update({ state: 'withdrawn' });
    expect(await trustedAnchors(app.db, app)).toEqual([]);
    await app.db('trust_anchors').update({ state: 'trusted' });
  });

  it('takes the newest list of an issuer', async () => {
    const { listFor } = await import('../../src/dev/passport-maker/sandbox-pki.ts');
    const later = new Date(app.clock.now().getTime() + 60_000);
    const list = listFor(pki.csca, pki.signers.revoked, later);
    await transact(app.db, (tx) => addSandboxRevocationList(tx, app, { list, source: 'test' }));
    expect(await currentCrls(app.db, app)).toEqual([list]);
  });
});
