import { describe, expect, it } from 'vitest';
import { inviteOfficer } from '../../src/accounts/invite-officer.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { OfficerId, RowId } from '../../src/lib/ids.ts';
import { chipTrust, trustedAnchors } from '../../src/trust/chip-trust.ts';
import { confirmAnchor, rejectAnchor } from '../../src/trust/decide-anchor-proposal.ts';
import { importMasterList } from '../../src/trust/import-master-list.ts';
import { verifyMasterList } from '../../src/trust/import-verify.ts';
import { listOpenProposals, proposeAnchor } from '../../src/trust/propose-anchor.ts';
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

async function officer(app: App, name: string): Promise<OfficerId> {
  const invited = await transact(app.db, (tx) =>
    inviteOfficer(tx, app, { name, roles: ['registrar'] }),
  );
  return OfficerId.parse(invited.accountId)!;
}

const source = 'handed over by the embassy, fingerprint compared by telephone';

async function office(settings: Record<string, string> = {}) {
  const app = await testApp(settings);
  const [malee, prasert, somchai] = [
    await officer(app, 'Malee'),
    await officer(app, 'Prasert'),
    await officer(app, 'Somchai'),
  ];
  const propose = (bytes: Buffer, officerId = malee) =>
    proposeAnchor(app, { officerId, certificate: bytes, source });
  const proposed = async (identity: Identity) => {
    const result = await propose(identity.certificate);
    if (!result.ok) throw new Error(result.reason);
    return result;
  };
  const confirm = (proposalId: RowId, officerId: OfficerId) =>
    confirmAnchor(app, { proposalId, officerId });
  const trusted = async () => (await trustedAnchors(app.db, app)).map((der) => fingerprint(der));
  const events = async () =>
    app.db('audit_events').whereLike('action', 'trust.%').orderBy('id').pluck<string[]>('action');
  return { app, malee, prasert, somchai, propose, proposed, confirm, trusted, events };
}

describe('an anchor that an officer proposes', async () => {
  const { app, malee, prasert, somchai, propose, proposed, confirm, trusted, events } =
    await office();
  const old = csca('BB');
  const { proposalId, becomes } = await proposed(old);

  it('is trusted by nobody yet, and shown with what it would become', async () => {
    expect(becomes).toMatchObject({
      sha256: fingerprint(old.certificate),
      country: 'BB',
      kind: 'self_signed',
      environment: 'production',
      state: 'trusted',
      reason: null,
    });
    expect(await trusted()).toEqual([]);
    expect(await listOpenProposals(app.db, app)).toEqual([
      { proposalId, source, proposedBy: malee, proposedAt: expect.any(Date), becomes },
    ]);
  });

  it('is not confirmed by the same officer, whom the database refuses too', async () => {
    expect(await confirm(proposalId, malee)).toEqual({ ok: false, reason: 'same_officer' });
    const forced = app
      .db('anchor_proposals')
      .where({ id: proposalId })
      .update({ state: 'confirmed', decided_by: malee, decided_at: app.clock.now(), version: 1 });
    await expect(forced).rejects.toThrow(/two_officers/);
    expect(await trusted()).toEqual([]);
  });

  it('is not proposed twice while it waits', async () => {
    const again = { ok: false, reason: 'already_proposed' };
    expect(await propose(old.certificate, prasert)).toEqual(again);
  });

  it('is trusted once when two other officers confirm at the same time', async () => {
    const answers = await Promise.all(
      [prasert, somchai].map((officerId) => confirm(proposalId, officerId)),
    );
    expect(answers.filter(({ ok }) => ok)).toEqual([{ ok: true, version: 1, anchor: becomes }]);
    expect(answers.filter(({ ok }) => !ok)).toEqual([{ ok: false, reason: 'already_decided' }]);
    expect(await trusted()).toEqual([fingerprint(old.certificate)]);
    expect(await chipTrust(app.db, app, new Map())).toMatchObject({ trustStore: { version: 1 } });
    expect(await listOpenProposals(app.db, app)).toEqual([]);
  });

  it('leaves who did what in the trail, without the words of an officer', async () => {
    expect(await events()).toEqual(['trust.anchor_proposed', 'trust.anchor_confirmed']);
    const [event] = await app
      .db('audit_events')
      .where({ action: 'trust.anchor_confirmed' })
      .select('actor_id', 'subject_id', 'details');
    expect([prasert, somchai]).toContain(event.actor_id);
    expect(event.subject_id).toBe(proposalId);
    expect(JSON.parse(event.details)).toEqual({
      sha256: fingerprint(old.certificate),
      country: 'BB',
      environment: 'production',
      proposedBy: malee,
      state: 'trusted',
      reason: null,
      linked: 0,
      version: 1,
    });
  });

  it('is refused when the store has it', async () => {
    expect(await propose(old.certificate)).toEqual({ ok: false, reason: 'already_known' });
  });

  it('that links to a trusted key is trusted; the versions go on with those of the lists', async () => {
    const { proposalId: linkId, becomes: linked } = await proposed(link(old, csca('BB')));
    expect(linked).toMatchObject({ kind: 'link', state: 'trusted' });
    const state = listingState('AA');
    const list = listOf(state, [state.root]);
    const now = app.clock.now();
    const judged = verifyMasterList({ bytes: list, root: state.root.certificate, now });
    if (!judged.ok) throw new Error(judged.report.reason);
    const report = await importMasterList(app, { verified: judged.verified, source: 'test.ml' });
    expect(report).toMatchObject({ outcome: 'imported', version: 2 });
    expect(await confirm(linkId, prasert)).toMatchObject({ ok: true, version: 3 });
  });

  it('that no trusted key signed is quarantined until the key of its issuer comes', async () => {
    const unknown = csca('CC');
    const orphan = link(unknown, csca('CC'));
    const waiting = await proposed(orphan);
    expect(waiting.becomes).toMatchObject({ state: 'quarantined', reason: 'issuer_unknown' });
    expect(await confirm(waiting.proposalId, prasert)).toMatchObject({ ok: true });
    expect(await trusted()).not.toContain(fingerprint(orphan.certificate));
    const issuer = await proposed(unknown);
    expect(await confirm(issuer.proposalId, prasert)).toMatchObject({ ok: true });
    expect(await trusted()).toEqual(
      expect.arrayContaining([unknown, orphan].map((one) => fingerprint(one.certificate))),
    );
  });

  it('stays open when a list brings it first, and can then only be rejected', async () => {
    const state = listingState('DD');
    const waiting = await proposed(state.root);
    const list = listOf(state, [state.root]);
    const now = app.clock.now();
    const judged = verifyMasterList({ bytes: list, root: state.root.certificate, now });
    if (!judged.ok) throw new Error(judged.report.reason);
    await importMasterList(app, { verified: judged.verified, source: 'test.ml' });
    const known = { ok: false, reason: 'already_known' };
    expect(await confirm(waiting.proposalId, prasert)).toEqual(known);
    expect(await listOpenProposals(app.db, app)).toMatchObject([{ becomes: known }]);
    const rejection = { proposalId: waiting.proposalId, reason: 'not_needed' as const };
    expect(await rejectAnchor(app, { ...rejection, officerId: prasert })).toEqual({ ok: true });
  });

  it('is gone when an officer rejects it or the proposer takes it back, and may be proposed again', async () => {
    const anchor = csca('EE');
    const before = (await events()).length;
    for (const officerId of [prasert, malee]) {
      const { proposalId: rejected } = await proposed(anchor);
      const given = { proposalId: rejected, officerId, reason: 'wrong_certificate' as const };
      expect(await rejectAnchor(app, given)).toEqual({ ok: true });
      const decided = { ok: false, reason: 'already_decided' };
      expect(await rejectAnchor(app, given)).toEqual(decided);
      expect(await confirm(rejected, somchai)).toEqual(decided);
    }
    expect((await events()).slice(before)).toEqual([
      'trust.anchor_proposed',
      'trust.anchor_rejected',
      'trust.anchor_proposed',
      'trust.anchor_rejected',
    ]);
    expect(await trusted()).not.toContain(fingerprint(anchor.certificate));
  });

  it('is either rejected or confirmed when both happen at once', async () => {
    const anchor = csca('FF');
    const { proposalId: both } = await proposed(anchor);
    const rejection = { proposalId: both, officerId: somchai, reason: 'not_needed' as const };
    const answers = await Promise.all([confirm(both, prasert), rejectAnchor(app, rejection)]);
    expect(answers.filter(({ ok }) => ok).length).toBe(1);
    const isTrusted = (await trusted()).includes(fingerprint(anchor.certificate));
    expect(isTrusted).toBe(answers[0].ok);
  });

  const signer = certificate({ country: 'BB', name: 'Signer', kind: 'document_signer' });
  const pem = (der: Buffer) =>
    `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;

  it.each([
    ['a document signer', signer.certificate, 'not_a_ca'],
    ['bytes that are no certificate', Buffer.from('no certificate'), undefined],
    ['nothing', Buffer.alloc(0), undefined],
    ['two at once', Buffer.from(pem(old.certificate).repeat(2)), 'more_than_one'],
    ['more than a certificate is long', Buffer.alloc(70_000), 'certificate_too_large'],
  ])('is never %s', async (_what, bytes, detail) => {
    expect(await propose(bytes)).toEqual({
      ok: false,
      reason: 'certificate_refused',
      detail: detail ?? expect.any(String),
    });
  });

  it('may come as PEM, with where it came from', async () => {
    const given = { officerId: malee, certificate: Buffer.from(pem(csca('GG').certificate)) };
    const withSource = (text: string) => proposeAnchor(app, { ...given, source: text });
    expect(await withSource('  ')).toEqual({ ok: false, reason: 'source_missing' });
    expect(await withSource('x'.repeat(201))).toEqual({ ok: false, reason: 'source_too_long' });
    expect(await withSource(source)).toMatchObject({ ok: true, becomes: { country: 'GG' } });
  });

  it('must have been proposed', async () => {
    const nothing = { ok: false, reason: 'no_such_proposal' };
    expect(await confirm(RowId.make(app), prasert)).toEqual(nothing);
  });
});

describe('a specimen anchor that two officers want', () => {
  it('is quarantined in production and kept to the sandbox elsewhere', async () => {
    const { app, malee, prasert, confirm, proposed, trusted } = await office();
    const production = { ...app, config: { ...app.config, sandbox: false } };
    const utopia = csca('UT');
    const given = { officerId: malee, certificate: utopia.certificate, source };
    const waiting = await proposeAnchor(production, given);
    if (!waiting.ok) throw new Error(waiting.reason);
    expect(waiting.becomes).toMatchObject({ state: 'quarantined', reason: 'specimen' });
    const { proposalId } = waiting;
    const confirmed = await confirmAnchor(production, { proposalId, officerId: prasert });
    expect(confirmed).toMatchObject({ ok: true, anchor: { state: 'quarantined' } });
    expect(await trustedAnchors(app.db, production)).toEqual([]);
    const other = await proposed(csca('ZZ'));
    expect(other.becomes).toMatchObject({ environment: 'sandbox', state: 'trusted' });
    expect(await confirm(other.proposalId, prasert)).toMatchObject({ ok: true });
    expect((await trusted()).length).toBe(1);
    expect(await trustedAnchors(app.db, production)).toEqual([]);
  });
});

it('does not bring a withdrawn key back', async () => {
  const { app, prasert, confirm, proposed, trusted } = await office();
  const anchor = csca('HH');
  await confirm((await proposed(anchor)).proposalId, prasert);
  await app.db('trust_anchors').update({ state: 'withdrawn' });
  const again = certificate({ country: 'HH', name: 'CSCA HH', kind: 'csca', key: anchor.key });
  const waiting = await proposed(again);
  expect(waiting.becomes).toMatchObject({ state: 'quarantined', reason: 'key_withdrawn' });
  expect(await confirm(waiting.proposalId, prasert)).toMatchObject({ ok: true });
  expect(await trusted()).toEqual([]);
});
