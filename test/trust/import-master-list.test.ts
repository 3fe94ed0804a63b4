import { describe, expect, it } from 'vitest';
import { makeSandboxPki } from '../../src/dev/passport-maker/sandbox-pki.ts';
import { writeRevocationList } from '../../src/dev/passport-maker/write-certificate.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { addSandboxRevocationList } from '../../src/trust/add-sandbox-trust.ts';
import { trustStoreVersion } from '../../src/trust/anchor-import-store.ts';
import { chipTrust, trustedAnchors } from '../../src/trust/chip-trust.ts';
import { importMasterList } from '../../src/trust/import-master-list.ts';
import type { AcceptedReport, ImportReport } from '../../src/trust/import-report.ts';
import { verifyMasterList } from '../../src/trust/import-verify.ts';
import { anchorTotals } from '../../src/trust/store.ts';
import {
  certificate,
  csca,
  fingerprint,
  link,
  listingState,
  listOf,
  type Identity,
} from '../documents/master-list-pki.ts';
import { testApp } from '../harness.ts';

type State = ReturnType<typeof listingState>;

/** Verifies and imports as the command does. */
async function bring(
  app: App,
  { root }: State,
  list: Buffer,
  changes: { dryRun?: boolean } = {},
): Promise<ImportReport> {
  const now = app.clock.now();
  const judged = verifyMasterList({ bytes: list, root: root.certificate, now });
  if (!judged.ok) return judged.report;
  return importMasterList(app, { verified: judged.verified, source: 'test.ml', ...changes });
}

function accepted(report: ImportReport): AcceptedReport {
  if (report.outcome === 'refused') throw new Error(`refused: ${report.reason}`);
  return report;
}

const hashes = (...identities: Identity[]) =>
  identities.map(({ certificate: one }) => fingerprint(one)).toSorted();
const hashesOf = (rows: readonly { sha256: string }[]) =>
  rows.map(({ sha256 }) => sha256).toSorted();

async function trusted(app: App): Promise<string[]> {
  return (await trustedAnchors(app.db, app)).map((der) => fingerprint(der)).toSorted();
}

const state = listingState('AA');
const old = csca('BB');
const renewed = csca('BB');
const linked = link(old, renewed);
const other = csca('CC');

describe('importing master lists one after another', async () => {
  const app = await testApp();
  const production = { ...app, config: { ...app.config, sandbox: false } };
  const first = listOf(state, [old, linked, other, state.root]);

  it('changes nothing in a dry run, and tells what it would change', async () => {
    const report = accepted(await bring(app, state, first, { dryRun: true }));
    expect(report).toMatchObject({ outcome: 'dry_run', version: 1, store: { trusted: 4 } });
    expect(await anchorTotals(app.db)).toMatchObject({ anchors: 0 });
    expect(await app.db('audit_events').pluck('action')).toEqual([]);
  });

  it('trusts self-signed certificates and the links of their keys, with counts by state', async () => {
    const report = accepted(await bring(app, state, first));
    expect(report).toMatchObject({
      outcome: 'imported',
      version: 1,
      counts: { certificates: 4, new: 4, known: 0, quarantined: 0, refused: 0, linked: 0 },
      list: { country: 'AA', byState: { AA: 1, BB: 2, CC: 1 }, bySignature: { 'ecdsa-sha256': 4 } },
      store: { anchors: 4, trusted: 4, selfSigned: 3, links: 1, orphans: 0, states: 3 },
    });
    expect(await trusted(production)).toEqual(hashes(old, linked, other, state.root));
    expect(await chipTrust(app.db, app, new Map())).toMatchObject({ trustStore: { version: 1 } });
    const [issuedBy] = await app
      .db('trust_anchors')
      .where({ sha256: Buffer.from(fingerprint(linked.certificate), 'hex') })
      .pluck('issued_by');
    expect(issuedBy.toString('hex')).toBe(fingerprint(old.certificate));
  });

  it('records where and when they came from, in the store and in the audit trail', async () => {
    const [entry] = await app.db('anchor_imports').select('source', 'country', 'list');
    expect(entry).toEqual({ source: 'test.ml', country: 'AA', list: first });
    expect(await app.db('trust_anchors').distinct().pluck('source')).toEqual(['test.ml']);
    const [event] = await app.db('audit_events').select('action', 'details');
    expect(event.action).toBe('trust.anchors_imported');
    expect(JSON.parse(event.details)).toEqual({
      version: 1,
      sha256: fingerprint(first),
      country: 'AA',
      source: 'test.ml',
      signer: fingerprint(state.signer.certificate),
      root: fingerprint(state.root.certificate),
      added: 4,
      known: 0,
      linked: 0,
      quarantined: 0,
      refused: 0,
    });
  });

  it('changes nothing when the same bytes come again', async () => {
    const report = accepted(await bring(app, state, first));
    expect(report).toMatchObject({ outcome: 'already_imported', version: 1, new: [] });
    expect(await app.db('audit_events').pluck('action')).toHaveLength(1);
    expect(await trustStoreVersion(app.db)).toBe(1);
  });

  it('keeps what a newer list drops, and says that it was dropped', async () => {
    const report = accepted(await bring(app, state, listOf(state, [renewed, state.root])));
    expect(report).toMatchObject({ version: 2, counts: { new: 1, known: 1 } });
    expect(report.noLongerListed.toSorted()).toEqual(hashes(old, linked, other));
    expect(await trusted(app)).toEqual(hashes(old, linked, other, renewed, state.root));
  });

  it('takes the list of another state under that state’s own root', async () => {
    const second = listingState('DD');
    const report = accepted(await bring(app, second, listOf(second, [other, second.root])));
    expect(report).toMatchObject({ version: 3, counts: { new: 1, known: 1 } });
    expect(report.noLongerListed).toEqual([]);
  });

  it('refuses a bad certificate by name and imports the others', async () => {
    const signer = certificate({ country: 'BB', name: 'DS', kind: 'document_signer', issuer: old });
    const fresh = csca('EE');
    const report = accepted(await bring(app, state, listOf(state, [signer, fresh])));
    expect(hashesOf(report.new)).toEqual(hashes(fresh));
    expect(report.refused).toEqual([
      { position: 0, sha256: fingerprint(signer.certificate), country: 'BB', reason: 'not_a_ca' },
    ]);
    const kept = app.db('anchor_import_entries').where({ outcome: 'refused' });
    expect(await kept.pluck('reason')).toEqual(['not_a_ca']);
  });

  it('does not bring a withdrawn key back in another certificate', async () => {
    const sha256 = Buffer.from(fingerprint(renewed.certificate), 'hex');
    await app.db('trust_anchors').where({ sha256 }).update({ state: 'withdrawn' });
    const again = link(old, renewed);
    const report = accepted(await bring(app, state, listOf(state, [renewed, again])));
    expect(report.quarantined).toMatchObject([
      { sha256: fingerprint(again.certificate), reason: 'key_withdrawn' },
    ]);
    expect(await trusted(app)).not.toContain(fingerprint(renewed.certificate));
    expect(await trusted(app)).not.toContain(fingerprint(again.certificate));
  });
});

describe('what an import will not trust', async () => {
  const app = await testApp();
  const production = { ...app, config: { ...app.config, sandbox: false } };

  it('quarantines a link whose key nobody trusts, until a list brings that key', async () => {
    const orphaned = accepted(await bring(app, state, listOf(state, [linked])));
    expect(orphaned.quarantined).toMatchObject([{ kind: 'orphan', reason: 'issuer_unknown' }]);
    expect(await trusted(app)).toEqual([]);
    const report = accepted(await bring(app, state, listOf(state, [old])));
    expect(hashesOf(report.linked)).toEqual(hashes(linked));
    expect(report.store).toMatchObject({ trusted: 2, orphans: 0, links: 1 });
    expect(await trusted(app)).toEqual(hashes(old, linked));
  });

  it('leaves alone what an officer quarantined', async () => {
    await app.db('trust_anchors').update({ state: 'quarantined', state_reason: null });
    const report = accepted(await bring(app, state, listOf(state, [old, linked, other])));
    expect(report).toMatchObject({ counts: { new: 1, known: 2 }, linked: [] });
    expect(await trusted(app)).toEqual(hashes(other));
  });

  it('quarantines Utopia and specimen states in production', async () => {
    const [specimen, utopia] = [csca('ZZ'), csca('UTO')];
    const sandbox = makeSandboxPki(app).csca;
    const list = listOf(state, [specimen, utopia, sandbox.certificate]);
    const report = accepted(await bring(production, state, list));
    expect(report.quarantined.map(({ reason }) => reason)).toEqual(Array(3).fill('specimen'));
    expect(await trusted(production)).toEqual(hashes(other));
    expect(await trusted(app)).toEqual(hashes(other));
    const move = app.db('trust_anchors').where({ country: 'UTO' });
    await expect(move.update({ environment: 'production' })).rejects.toThrow(/check/);
  });

  it('trusts specimen states in a sandbox only, links of theirs too', async () => {
    const [specimen, later] = [csca('ZZ'), csca('ZZ')];
    const carried = link(specimen, later);
    await bring(app, state, listOf(state, [specimen, carried]));
    expect(await trusted(app)).toEqual(hashes(other, specimen, carried));
    expect(await trusted(production)).toEqual(hashes(other));
  });

  const day = (count: number) => new Date(app.clock.now().getTime() + count * 24 * 3600 * 1000);

  it('refuses a list that is older than the last of that state', async () => {
    const list = (signedAt: Date) => listOf(state, [csca('FF')], { signedAt });
    const stale = list(day(-3));
    expect(await bring(app, state, list(day(-2)))).toMatchObject({ outcome: 'imported' });
    expect(await bring(app, state, stale)).toEqual({
      outcome: 'refused',
      reason: 'older_than_imported',
      sha256: fingerprint(stale),
    });
    expect(await bring(app, state, list(day(-1)))).toMatchObject({ outcome: 'imported' });
  });

  it('refuses a list whose signer a CRL of the store names', async () => {
    const revoking = listingState('GG');
    const { serial } = revoking.signer;
    const list = writeRevocationList({
      issuer: { ...revoking.root, privateKey: revoking.root.key },
      number: 1,
      thisUpdate: day(-1),
      nextUpdate: day(30),
      revoked: [{ serial, at: day(-2) }],
    });
    await transact(app.db, (tx) => addSandboxRevocationList(tx, app, { list, source: 'test' }));
    const report = await bring(app, revoking, listOf(revoking, [csca('GG')]));
    expect(report).toMatchObject({ outcome: 'refused', reason: 'signer_revoked' });
  });

  it('refuses a list under a root that was not pinned', async () => {
    const list = listOf(state, [other]);
    const report = await bring(app, listingState('AA'), list);
    expect(report).toMatchObject({ outcome: 'refused', reason: 'signer_not_under_root' });
  });
});

describe('an import that does not reach its end', async () => {
  const app = await testApp();

  it('leaves nothing behind', async () => {
    let left = 3;
    const bytes = (length: number) => {
      if (--left < 0) throw new Error('no more randomness');
      return app.random.bytes(length);
    };
    const failing = { ...app, random: { ...app.random, bytes } };
    const list = listOf(state, [old, linked, other]);
    await expect(bring(failing, state, list)).rejects.toThrow('no more randomness');
    expect(await anchorTotals(app.db)).toMatchObject({ anchors: 0 });
    expect(await trustStoreVersion(app.db)).toBe(0);
  });

  it('happens once when two processes import the same list at the same time', async () => {
    const list = listOf(state, [old, linked, other]);
    const reports = await Promise.all([1, 2, 3].map(() => bring(app, state, list)));
    const outcomes = reports.map(({ outcome }) => outcome).toSorted();
    expect(outcomes).toEqual(['already_imported', 'already_imported', 'imported']);
    expect(await anchorTotals(app.db)).toMatchObject({ anchors: 3, trusted: 3 });
    expect(await trustStoreVersion(app.db)).toBe(1);
  });
});
