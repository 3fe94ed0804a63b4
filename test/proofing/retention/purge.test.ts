import { describe, expect, it } from 'vitest';
import { SYSTEM } from '../../../src/audit/append.ts';
import type { App } from '../../../src/lib/app.ts';
import { transact } from '../../../src/lib/database.ts';
import { RowId } from '../../../src/lib/ids.ts';
import { runHoldAdd, runHoldList, runHoldRelease } from '../../../src/registry/hold-command.ts';
import { releaseHold } from '../../../src/registry/legal-holds.ts';
import { erasePerson } from '../../../src/registry/erase-person.ts';
import { closedCase, inDays, kindsLeft, openAccount } from './records.ts';
import { CHIP, retentionWorld } from './retention-world.ts';

let app: App;
const { revoke, purge, reportOf, said, hold, proven } = retentionWorld((made) => {
  app = made;
});

describe('the evidence of a case', () => {
  it('that proved nothing goes 90 days after its end, its checks after two years with the case', async () => {
    const account = await openAccount(app);
    const caseId = await closedCase(app, { ...account, step: 'withdrawn', kinds: CHIP });
    await purge(89);
    expect(await kindsLeft(app, caseId)).toHaveLength(CHIP.length);
    await purge(91);
    expect(await kindsLeft(app, caseId)).toEqual([]);
    const rows = await app.db('case_evidence').whereNotNull('wiped_at').select('digest');
    expect(rows.length).toBeGreaterThanOrEqual(CHIP.length);
    await purge(732);
    expect(await app.db('cases').where({ id: caseId }).first('id')).toBeUndefined();
    const checks = await app
      .db('case_examinations')
      .where({ case_id: caseId })
      .count({ rows: '*' })
      .first();
    expect(Number(checks?.rows)).toBe(0);
  });

  it('waits for an appeal that nobody has decided', async () => {
    const account = await openAccount(app);
    const caseId = await closedCase(app, { ...account, step: 'expired', kinds: ['DG1'] });
    await app.db('appeals').insert({
      id: RowId.make(app),
      case_id: caseId,
      account_id: account.accountId,
      data_key_id: account.dataKeyId,
      statement: Buffer.from('sealed'),
      filed_at: app.clock.now(),
      due_at: inDays(app, 30).clock.now(),
    });
    await purge(800);
    expect(await kindsLeft(app, caseId)).toEqual(['DG1']);
  });

  it('that proved somebody goes class by class, the portrait of the latest chip not at all', async () => {
    const { caseId } = await proven();
    await purge(181);
    expect(await kindsLeft(app, caseId)).toEqual(['DG1', 'DG2', 'EF_SOD', 'register_answer']);
    await purge(732);
    expect(await kindsLeft(app, caseId)).toEqual(['DG1', 'DG2', 'EF_SOD']);
    await purge(1827);
    expect(await kindsLeft(app, caseId)).toEqual(['DG2']);
    await purge(3000);
    expect(await kindsLeft(app, caseId)).toEqual(['DG2']);
  });

  it('keeps the portrait of an earlier passport a year after the next one was proven', async () => {
    const { caseId, accountId, dataKeyId, personId } = await proven(['DG2']);
    const later = inDays(app, 10);
    await closedCase(later, { accountId, dataKeyId, personId, step: 'approved', kinds: [] });
    await purge(370);
    expect(await kindsLeft(app, caseId)).toEqual(['DG2']);
    await purge(376);
    expect(await kindsLeft(app, caseId)).toEqual([]);
  });

  it('keeps a biometric sample until the proof carries nothing', async () => {
    const { caseId } = await proven(['biometric_sample']);
    const proof = await app
      .db('identity_proofs')
      .where({ case_id: caseId })
      .first('reproof_due_on');
    const due = Date.parse(`${proof.reproof_due_on as string}T00:00:00Z`);
    const days = Math.ceil((due - app.clock.now().getTime()) / 86_400_000);
    await purge(days - 1);
    expect(await kindsLeft(app, caseId)).toEqual(['biometric_sample']);
    await purge(days + 1);
    expect(await kindsLeft(app, caseId)).toEqual([]);
  });
});

describe('a legal hold', () => {
  it('on a case keeps it and its evidence, and its release lets them go', async () => {
    const account = await openAccount(app);
    const caseId = await closedCase(app, { ...account, step: 'withdrawn', kinds: ['DG1'] });
    const held = await hold({ personId: null, caseId });
    if (!held.ok) throw new Error(held.reason);
    await purge(900);
    expect(await kindsLeft(app, caseId)).toEqual(['DG1']);
    expect(await reportOf('unproven_evidence', 900)).toMatchObject({ held: 1 });
    await transact(app.db, (tx) => releaseHold(tx, app, { id: held.id, actor: SYSTEM }));
    await purge(901);
    expect(await app.db('cases').where({ id: caseId }).first('id')).toBeUndefined();
    const kept = await app.db('legal_holds').where({ id: held.id }).first('case_id');
    expect(kept).toEqual({ case_id: caseId });
  });

  it('on a person keeps their cases, and nobody erases them', async () => {
    const { caseId, personId } = await proven(['live_portrait']);
    expect(await hold({ personId, caseId: null })).toMatchObject({ ok: true });
    expect(await hold({ personId, caseId: null })).toEqual({ ok: false, reason: 'held_already' });
    await purge(400);
    expect(await kindsLeft(app, caseId)).toEqual(['live_portrait']);
    const erased = await transact(app.db, (tx) =>
      erasePerson(tx, app, { personId, reason: 'holder_asked', actor: SYSTEM }),
    );
    expect(erased).toEqual({ ok: false, reason: 'legal_hold' });
  });

  it('on a case keeps the person it became', async () => {
    const { caseId, personId } = await proven([]);
    await hold({ personId: null, caseId });
    await revoke(personId);
    await purge(3700);
    expect(await app.db('persons').where({ id: personId }).first('erased_at')).toEqual({
      erased_at: null,
    });
  });

  it('is placed and released by command, once, and audited', async () => {
    const { personId } = await proven([]);
    const { io, json } = said();
    const add = ['--person', personId, '--reason', 'dispute', '--reference', 'A-17/2569'];
    expect(await runHoldAdd(add, io, app)).toBe(0);
    const { id } = json() as { id: string };
    expect(await runHoldAdd(add, io, app)).toBe(1);
    expect(json()).toEqual({ ok: false, reason: 'held_already' });
    expect(await runHoldList(io, app)).toBe(0);
    expect(json()).toContainEqual(expect.objectContaining({ id, personId, reason: 'dispute' }));
    expect(await runHoldRelease([id], io, app)).toBe(0);
    expect(await runHoldRelease([id], io, app)).toBe(1);
    const events = await app.db('audit_events').where({ subject_id: personId }).pluck('action');
    expect(events).toEqual(
      expect.arrayContaining(['registry.hold_placed', 'registry.hold_released']),
    );
  });

  it.each([
    [[]],
    [['--reason', 'dispute', '--reference', 'A']],
    [['--person', 'x', '--case', 'y', '--reason', 'dispute', '--reference', 'A']],
    [['--person', 'x', '--reason', 'curiosity', '--reference', 'A']],
    [['--person', 'x', '--reason', 'dispute', '--reference', 'Anna said so']],
  ])('refuses the words %j', async (args) => {
    expect(await runHoldAdd(args, said().io, app)).toBe(64);
  });

  it('holds nobody who is not there', async () => {
    const { io, json } = said();
    const args = ['--number', 'F012345678907', '--reason', 'audit', '--reference', 'A'];
    expect(await runHoldAdd(args, io, app)).toBe(1);
    expect(json()).toEqual({ ok: false, reason: 'not_found' });
  });
});
