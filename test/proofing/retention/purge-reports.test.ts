import { retentionWorld } from './retention-world.ts';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { demoMailer } from '../../../src/dev/demo-mail.ts';
import { keepers } from '../../../src/jobs.ts';
import type { App } from '../../../src/lib/app.ts';
import { toPlainDate } from '../../../src/lib/clock.ts';
import { transact } from '../../../src/lib/database.ts';
import { RowId } from '../../../src/lib/ids.ts';
import { purgeAll, purgeRecords } from '../../../src/proofing/retention/purge.ts';
import { runRetentionReport } from '../../../src/proofing/retention/report-command.ts';
import { findPersonByDocument } from '../../../src/registry/find-persons.ts';
import { countOf } from '../../registry/enrolment.ts';
import { jobsOf } from '../../registry/parties.ts';
import { inDays } from './records.ts';

let app: App;
const { revoke, purge, reportOf, said, proven } = retentionWorld((made) => {
  app = made;
});

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
