import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { CaseId } from '../../src/lib/ids.ts';
import type { AskingApp } from '../../src/proofing/registers/ask-all.ts';
import { recheckWatchLists } from '../../src/proofing/registers/recheck-watch-lists.ts';
import { readAlerts } from '../../src/proofing/registers/watch-alerts.ts';
import { statusEventsOf } from '../../src/registry/status-events.ts';
import type { RegisterQuestion, WatchPort } from '../../src/visas/register-port.ts';
import { testApp } from '../harness.ts';
import { enrolled, somebody } from '../registry/enrolment.ts';
import { closedCase, inDays, openAccount } from './retention/records.ts';

let app: App;
const asked: RegisterQuestion[] = [];
/** What the list says of a document; nothing of any other. */
const listed = new Map<string, Awaited<ReturnType<WatchPort['ask']>>>();
const silent = { kind: 'unavailable', reason: 'timeout', attempts: 1 } as const;

beforeAll(async () => {
  app = await testApp();
});
beforeEach(async () => {
  await app.db('watch_alerts').delete();
  await app.db.raw('truncate watch_checks');
  // Each test is about its own people.
  await app.db('foreign_ids').update({ state: 'revoked', suspended_from: null });
  listed.clear();
  asked.splice(0);
});

const asking = (from: App = app): AskingApp => {
  const port: WatchPort = {
    ask: async (question) => {
      asked.push(question);
      const said = { asOf: app.clock.now().toISOString(), source: 'police' };
      return listed.get(question.documentNumber) ?? { kind: 'not_found', ...said };
    },
  };
  return {
    ...from,
    registers: { main: null, others: [], watch: [{ name: 'police', port }] },
  } as unknown as AskingApp;
};
const recheck = (days = 0) => recheckWatchLists({}, asking(inDays(app, days)));

function hit(list: 'lost_or_stolen' | 'watch_list', days: number, reference = 'P-1') {
  const at = (ago: number) => new Date(app.clock.now().getTime() - ago * 86_400_000).toISOString();
  return { kind: 'hit', list, reference, since: at(days), asOf: at(0), source: 'police' } as const;
}

/** Somebody with an ID, by a case that was approved. */
async function holder() {
  const account = await openAccount(app);
  const caseId = CaseId.make(app);
  const document = somebody();
  const { personId } = await enrolled(app, {
    caseId,
    accountId: account.accountId,
    holder: document,
    document,
  });
  await closedCase(app, { ...account, caseId, step: 'approved', personId, kinds: [] });
  const stateOf = async () =>
    (await app.db('foreign_ids').where({ person_id: personId }).pluck('state'))[0] as string;
  return { ...account, caseId, personId, document, stateOf };
}
const checkOf = (personId: string) =>
  app.db('watch_checks').where({ person_id: personId }).first('outcome', 'ask_after');
const told = () => app.db('messages').pluck('template');

it('asks the lists about people on record, once a week and somewhat', async () => {
  const { personId, document } = await holder();
  await recheck();
  expect(asked).toMatchObject([
    {
      issuingState: document.issuingState,
      documentNumber: document.documentNumber,
      dateOfBirth: document.dateOfBirth,
    },
  ]);
  const { outcome, ask_after: askAfter } = await checkOf(personId);
  expect(outcome).toBe('answered');
  const days = (askAfter.getTime() - app.clock.now().getTime()) / 86_400_000;
  expect(days).toBeGreaterThan(6.9);
  expect(days).toBeLessThan(8.5);
  await recheck(6);
  expect(asked).toHaveLength(1);
  await recheck(9);
  expect(asked).toHaveLength(2);
  expect(await readAlerts(app.db, app, 'open')).toEqual([]);
});

it('raises a hit once, for the entitled role alone: the holder is told nothing and keeps their ID', async () => {
  const { caseId, personId, document, stateOf } = await holder();
  listed.set(document.documentNumber, hit('watch_list', 90));
  await recheck();
  await recheck(10);
  expect(await readAlerts(app.db, app, 'open')).toMatchObject([
    { caseId, list: 'watch_list', source: 'police', reference: 'P-1', caseStep: 'approved' },
  ]);
  expect(await stateOf()).toBe('active');
  expect(await told()).toEqual([]);
  expect((await statusEventsOf(app.db, personId)).map(({ kind }) => kind)).toEqual([
    'id_state_changed',
  ]);
});

it('suspends the ID by a document that was lost before its holder proved themselves with it', async () => {
  const { personId, document, stateOf } = await holder();
  listed.set(document.documentNumber, hit('lost_or_stolen', 30));
  await recheck();
  expect(await stateOf()).toBe('suspended');
  expect(await readAlerts(app.db, app, 'open')).toHaveLength(1);
  expect(await told()).toEqual([]);
  expect((await statusEventsOf(app.db, personId)).at(-1)).toMatchObject({
    kind: 'id_state_changed',
    to: 'suspended',
  });
});

it('leaves the ID with one that was lost afterwards: it is no longer current, which services are told once', async () => {
  const { personId, document, stateOf } = await holder();
  listed.set(document.documentNumber, hit('lost_or_stolen', -1));
  await recheck();
  await recheck(10);
  expect(await stateOf()).toBe('active');
  const reasons = (await statusEventsOf(app.db, personId)).map(({ reason }) => reason);
  expect(reasons.filter((reason) => reason === 'document_lost')).toHaveLength(1);
});

it('takes a list’s silence for no answer, and asks again within hours', async () => {
  const { personId, document, stateOf } = await holder();
  listed.set(document.documentNumber, silent);
  await recheck();
  expect(await checkOf(personId)).toMatchObject({ outcome: 'no_answer' });
  expect(await stateOf()).toBe('active');
  await recheck(0.2);
  expect(asked).toHaveLength(2);
});

it('leaves a silent list alone after a few questions, and asks about those first next time', async () => {
  const people = [];
  for (let count = 0; count < 16; count++) people.push(await holder());
  for (const { document } of people) listed.set(document.documentNumber, silent);
  await recheck();
  expect(asked.length).toBeLessThanOrEqual(8 + 4);
  listed.clear();
  await recheck(1);
  expect(new Set(asked.map(({ documentNumber }) => documentNumber)).size).toBe(16);
});

it('does not ask about those whose ID has ended, nor who were erased', async () => {
  const [revoked, erased] = [await holder(), await holder()];
  await app.db('foreign_ids').where({ person_id: revoked.personId }).update({ state: 'revoked' });
  await app.db('persons').where({ id: erased.personId }).update({ erased_at: app.clock.now() });
  await recheck();
  expect(asked).toEqual([]);
});

it('asks nothing where there is no list', async () => {
  const { personId } = await holder();
  const none = { ...app, registers: { main: null, others: [], watch: [] } };
  await recheckWatchLists({}, none as unknown as AskingApp);
  expect(await checkOf(personId)).toBeUndefined();
});
