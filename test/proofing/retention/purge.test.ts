import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { demoMailer } from '../../../src/dev/demo-mail.ts';
import { keepers } from '../../../src/jobs.ts';
import { SYSTEM } from '../../../src/audit/append.ts';
import type { App } from '../../../src/lib/app.ts';
import { toPlainDate } from '../../../src/lib/clock.ts';
import { transact } from '../../../src/lib/database.ts';
import { CaseId, RowId } from '../../../src/lib/ids.ts';
import type { PersonId } from '../../../src/lib/ids.ts';
import { purgeAll, purgeRecords } from '../../../src/proofing/retention/purge.ts';
import { runRetentionReport } from '../../../src/proofing/retention/report-command.ts';
import { runHoldAdd, runHoldList, runHoldRelease } from '../../../src/registry/hold-command.ts';
import { placeHold, releaseHold } from '../../../src/registry/legal-holds.ts';
import { erasePerson } from '../../../src/registry/erase-person.ts';
import { findPersonByDocument } from '../../../src/registry/find-persons.ts';
import { transitionId } from '../../../src/registry/transition-id.ts';
import { testApp } from '../../harness.ts';
import { countOf, enrolled } from '../../registry/enrolment.ts';
import { jobsOf } from '../../registry/parties.ts';
import { closedCase, inDays, kindsLeft, openAccount } from './records.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

const CHIP = ['EF_SOD', 'DG1', 'DG2', 'live_portrait', 'register_answer'];
const purge = (days: number) => purgeAll(inDays(app, days), keepers);
const reportOf = (name: string, days = 0) =>
  app
    .db('purge_reports')
    .where({ class: name, day: toPlainDate(inDays(app, days).clock.now()) })
    .first();
const said = () => {
  const out: string[] = [];
  const io = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void out.push(text),
  };
  return { io, json: () => JSON.parse(out.at(-1)!) as Record<string, unknown> };
};
const hold = (target: Parameters<typeof placeHold>[2]['target']) =>
  transact(app.db, (tx) =>
    placeHold(tx, app, { target, reason: 'court_order', reference: '123/2569', actor: SYSTEM }),
  );
/** Somebody with an ID, an account and the case that proved them. */
async function proven(kinds: readonly string[] = CHIP) {
  const account = await openAccount(app);
  const caseId = CaseId.make(app);
  const { personId, document } = await enrolled(app, { accountId: account.accountId, caseId });
  await closedCase(app, { ...account, caseId, personId, step: 'approved', kinds });
  return { ...account, personId, caseId, document };
}

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

const revoke = (personId: PersonId) =>
  transact(app.db, (tx) =>
    transitionId(tx, app, { personId, to: 'deceased', reason: 'death_recorded', actor: SYSTEM }),
  );

it('erases a person ten years after their death, and still knows their passport', async () => {
  const { personId, document, accountId, dataKeyId } = await proven(['DG2']);
  await revoke(personId);
  await purge(3651);
  expect(await app.db('data_keys').where({ id: dataKeyId }).first('destroyed_at')).toEqual({
    destroyed_at: null,
  });
  await purge(3653);
  const key = await app.db('data_keys').where({ id: dataKeyId }).first('wrapped_key');
  expect(key).toEqual({ wrapped_key: null });
  expect(await app.db('accounts').where({ id: accountId }).first('state')).toEqual({
    state: 'closed',
  });
  expect(await findPersonByDocument(app.db, app, document)).toMatchObject({ personId });
});

describe('what is of no person', () => {
  it('goes after its own term: counters, sandbox mail with its key, registers’ last answers', async () => {
    await app.db('rate_limits').insert({ key: 'x', points: 1, expire: app.clock.now().getTime() });
    await demoMailer(app).send({
      id: RowId.make(app),
      to: 'anna@example.org',
      lang: 'en',
      subject: 's',
      text: 't',
      html: 'h',
    });
    const keys = await countOf(app, 'data_keys');
    await purge(29);
    expect(await countOf(app, 'rate_limits')).toBe(0);
    expect(await countOf(app, 'demo_messages')).toBe(1);
    await purge(31);
    expect(await countOf(app, 'demo_messages')).toBe(0);
    expect(await countOf(app, 'data_keys')).toBe(keys - 1);
  });
});

describe('the report', () => {
  const counters = async (count: number, at: Date) => {
    const rows = Array.from({ length: count }, (_, number) => ({
      key: `counter ${String(number).padStart(3, '0')}`,
      points: 1,
      expire: at.getTime() + number,
    }));
    await app.db('rate_limits').insert(rows);
    return rows.map(({ key }) => key);
  };

  it('counts what went in short steps, names it by a digest that others can work out, and audits it', async () => {
    const later = inDays(app, 5000);
    const day = toPlainDate(later.clock.now());
    const names = await counters(25, app.clock.now());
    await purgeAll(later, keepers, { stepRows: 10, mostSteps: 500 });
    const digest = names.reduce(
      (chained, name) => createHash('sha256').update(chained).update(name).digest(),
      createHash('sha256').update(`rate_limits ${day}`).digest(),
    );
    const report = await reportOf('rate_limits', 5000);
    expect(report).toMatchObject({ removed: 25, held: 0, overdue: 0, oldest_left: null, digest });
    expect(report.finished_at).toBeInstanceOf(Date);
    const events = await app.db('audit_events').where({ action: 'proofing.records_purged' });
    const details = events.map((event: { details: string }) => event.details);
    expect(details.filter((text: string) => text.includes(digest.toString('hex')))).toHaveLength(1);
    expect(details.join()).not.toContain('counter 0');
  });

  it('goes on in a further job where a run has done its steps', async () => {
    const later = inDays(app, 5001);
    await counters(25, app.clock.now());
    const outcomes = await purgeAll(later, keepers, { stepRows: 10, mostSteps: 1 });
    expect(outcomes.some(({ finished }) => !finished)).toBe(true);
    await purgeRecords(later, keepers);
    expect(await countOf(app, 'rate_limits')).toBe(0);
    expect(await jobsOf(app, 'purge_records')).toEqual([]);
    const again = await purgeAll(later, keepers);
    expect(again.every(({ removed, finished }) => removed === 0 && finished)).toBe(true);
  });

  it('leaves rows alone that somebody holds just now', async () => {
    const [name] = await counters(1, app.clock.now());
    await transact(app.db, async (tx) => {
      await tx('rate_limits').where({ key: name }).forUpdate().first('key');
      await purge(5002);
    });
    expect(await countOf(app, 'rate_limits')).toBe(1);
    expect(await reportOf('rate_limits', 5002)).toMatchObject({ removed: 0, overdue: 1 });
  });

  it('is printed with rules, holds and what is overdue', async () => {
    const { io, json } = said();
    const code = await runRetentionReport([], io, { app: inDays(app, 5002), keepers });
    const told = json() as { left: { class: string; overdue: number }[]; reports: unknown[] };
    expect(told.left.find(({ class: name }) => name === 'rate_limits')?.overdue).toBe(1);
    expect(code).toBe(1);
    expect(told.reports.length).toBeGreaterThan(10);
    expect(JSON.stringify(told)).toContain('"basis"');
    expect(await runRetentionReport(['--days', 'x'], io, { app, keepers })).toBe(64);
  });
});
