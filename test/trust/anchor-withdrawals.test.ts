import { describe, expect, it } from 'vitest';
import { inviteOfficer } from '../../src/accounts/invite-officer.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import { makeSandboxPki } from '../../src/dev/passport-maker/sandbox-pki.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { OfficerId, RowId } from '../../src/lib/ids.ts';
import { jobs } from '../../src/jobs.ts';
import { addSandboxAnchor, addSandboxRevocationList } from '../../src/trust/add-sandbox-trust.ts';
import type { WithdrawalReason } from '../../src/trust/anchor-reasons.ts';
import { chipTrust, trustedAnchors } from '../../src/trust/chip-trust.ts';
import { confirmWithdrawal, rejectWithdrawal } from '../../src/trust/decide-withdrawal.ts';
import { importMasterList } from '../../src/trust/import-master-list.ts';
import { verifyMasterList } from '../../src/trust/import-verify.ts';
import { listOpenWithdrawals, proposeWithdrawal } from '../../src/trust/propose-withdrawal.ts';
import {
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

const publisher = listingState('AA');

async function office() {
  const app = await testApp();
  const [malee, prasert, somchai] = [
    await officer(app, 'Malee'),
    await officer(app, 'Prasert'),
    await officer(app, 'Somchai'),
  ];
  const bring = async (...anchors: Identity[]) => {
    const bytes = listOf(publisher, anchors);
    const root = publisher.root.certificate;
    const judged = verifyMasterList({ bytes, root, now: app.clock.now() });
    if (!judged.ok) throw new Error(judged.report.reason);
    return importMasterList(app, { verified: judged.verified, source: 'list.ml' });
  };
  const propose = (sha256: string, reason: WithdrawalReason = 'key_compromised') =>
    proposeWithdrawal(app, { officerId: malee, sha256, reason });
  const proposed = async (sha256: string, reason?: WithdrawalReason) => {
    const result = await propose(sha256, reason);
    if (!result.ok) throw new Error(result.reason);
    return result;
  };
  const confirm = (withdrawalId: RowId, officerId = prasert) =>
    confirmWithdrawal(app, { withdrawalId, officerId });
  const trusted = async () => (await trustedAnchors(app.db, app)).map((der) => fingerprint(der));
  return { app, malee, prasert, somchai, bring, propose, proposed, confirm, trusted };
}

const hash = ({ certificate }: Identity) => fingerprint(certificate);

describe('an anchor that two officers withdraw', async () => {
  const { app, malee, prasert, somchai, propose, proposed, confirm, trusted } = await office();
  const pki = makeSandboxPki(app);
  const sha256 = fingerprint(pki.csca.certificate);
  await transact(app.db, async (tx) => {
    await addSandboxAnchor(tx, app, { certificate: pki.csca.certificate, source: 'test' });
    await addSandboxRevocationList(tx, app, { list: pki.revocationList, source: 'test' });
  });
  const { files } = await makePassport(pki, { person: demoPeople.anna, now: app.clock.now() });
  const judge = async () =>
    verifyChip({ files, now: app.clock.now(), ...(await chipTrust(app.db, app, files)) });
  const { withdrawalId, would } = await proposed(sha256);

  it('counts while only one of them wants it gone', async () => {
    expect(would).toEqual({ withdrawn: [sha256], orphaned: [] });
    expect((await judge()).outcome).toBe('genuine');
    const [open] = await listOpenWithdrawals(app.db);
    expect(open).toMatchObject({ withdrawalId, sha256, reason: 'key_compromised', would });
  });

  it('is not withdrawn by the same officer, whom the database refuses too', async () => {
    expect(await confirm(withdrawalId, malee)).toEqual({ ok: false, reason: 'same_officer' });
    const forced = app
      .db('anchor_withdrawals')
      .where({ id: withdrawalId })
      .update({ state: 'confirmed', decided_by: malee, decided_at: app.clock.now(), version: 1 });
    await expect(forced).rejects.toThrow(/two_officers/);
    expect((await judge()).outcome).toBe('genuine');
  });

  it('is not proposed twice while it waits, and never where there is no such anchor', async () => {
    expect(await propose(sha256)).toEqual({ ok: false, reason: 'already_proposed' });
    expect(await propose('00'.repeat(32))).toEqual({ ok: false, reason: 'no_such_anchor' });
    expect(await propose('not a hash')).toEqual({ ok: false, reason: 'no_such_anchor' });
  });

  it('stops counting once when two others confirm at the same time: the next chip under it is not genuine', async () => {
    const answers = await Promise.all(
      [prasert, somchai].map((officerId) => confirm(withdrawalId, officerId)),
    );
    expect(answers.filter(({ ok }) => ok)).toEqual([
      { ok: true, version: 1, withdrawn: [sha256], orphaned: [] },
    ]);
    expect(answers.filter(({ ok }) => !ok)).toEqual([{ ok: false, reason: 'already_decided' }]);
    const verdict = await judge();
    expect(verdict.outcome).toBe('unverifiable');
    expect(verdict.checks.find(({ name }) => name === 'signer_chain')).toMatchObject({
      outcome: 'unknown',
      reason: 'csca_unknown',
    });
    expect(verdict.trustStore).toEqual({ version: 1 });
    expect(await trusted()).toEqual([]);
    expect(await listOpenWithdrawals(app.db)).toEqual([]);
    expect(await propose(sha256)).toEqual({ ok: false, reason: 'no_such_anchor' });
  });

  it('leaves who did what in the trail', async () => {
    const events = await app
      .db('audit_events')
      .whereLike('action', 'trust.%withdraw%')
      .orderBy('id')
      .select('action', 'actor_id', 'details');
    expect(events.map(({ action }) => action)).toEqual([
      'trust.withdrawal_proposed',
      'trust.anchor_withdrawn',
    ]);
    expect(events[0]!.actor_id).toBe(malee);
    expect([prasert, somchai]).toContain(events[1]!.actor_id);
    expect(JSON.parse(events[1]!.details)).toEqual({
      sha256,
      reason: 'key_compromised',
      proposedBy: malee,
      withdrawn: 1,
      orphaned: 0,
      version: 1,
    });
  });

  it('takes the proofs along that rest on a compromised key, by a job', async () => {
    const { rows } = await app.db.raw(
      `select payload from graphile_worker._private_jobs as job
         join graphile_worker._private_tasks as task on task.id = job.task_id
        where task.identifier = 'record_anchor_compromise'`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].payload).toMatchObject({ fingerprint: sha256 });
    await jobs.record_anchor_compromise!(rows[0].payload, app as never);
    const details = await app
      .db('audit_events')
      .where({ action: 'registry.issuer_compromised' })
      .pluck('details');
    expect(details.map((text) => JSON.parse(text))).toEqual([{ fingerprint: sha256, persons: 0 }]);
  });
});

describe('the withdrawal of a key', async () => {
  const { app, prasert, bring, proposed, confirm, trusted } = await office();
  const [first, independent] = [csca('BB'), csca('CC')];
  const second = csca('BB', 'CSCA BB 2');
  const third = csca('BB', 'CSCA BB 3');
  /** The old key vouches for `third`, which stands in the list under nobody else's word. */
  const linked = link(first, third);
  const linkToSecond = link(second, first);
  await bring(first, second, linked, linkToSecond, independent);

  it('takes every certificate of that key, and what only it vouched for', async () => {
    expect(new Set(await trusted())).toEqual(
      new Set([first, second, linked, linkToSecond, independent].map(hash)),
    );
    const { withdrawalId } = await proposed(hash(first), 'asked_by_state');
    const confirmed = await confirm(withdrawalId);
    expect(confirmed).toMatchObject({ ok: true, version: 2, orphaned: [hash(linked)] });
    if (!confirmed.ok) return;
    expect(new Set(confirmed.withdrawn)).toEqual(new Set([hash(first), hash(linkToSecond)]));
    expect(new Set(await trusted())).toEqual(new Set([second, independent].map(hash)));
  });

  it('is not undone by a list that holds the key again, in the same or another certificate', async () => {
    const again = csca('BB', 'Reborn');
    const reborn = { ...again, certificate: link(second, first).certificate };
    await bring(first, second, linked, linkToSecond, independent, reborn);
    expect(new Set(await trusted())).toEqual(new Set([second, independent].map(hash)));
  });

  it('may be rejected, and proposed again', async () => {
    const { withdrawalId } = await proposed(hash(independent), 'never_of_state');
    const reject = () => rejectWithdrawal(app, { withdrawalId, officerId: prasert });
    expect(await reject()).toEqual({ ok: true });
    expect(await reject()).toEqual({ ok: false, reason: 'already_decided' });
    expect(await confirm(withdrawalId)).toEqual({ ok: false, reason: 'already_decided' });
    expect(await trusted()).toContain(hash(independent));
    expect((await proposed(hash(independent))).ok).toBe(true);
    const nobody = { ok: false, reason: 'no_such_withdrawal' };
    expect(await confirm(RowId.make(app))).toEqual(nobody);
  });
});
