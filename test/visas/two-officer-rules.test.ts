import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import { compareRules } from '../../src/visas/compare-rules.ts';
import { decideStayRules, openRuleProposal } from '../../src/visas/propose-stay-rules.ts';
import { readRuleFile } from '../../src/visas/read-rule-file.ts';
import { runStayReplay, runStayRulesImport } from '../../src/visas/stay-command.ts';
import { importStayRules, readStayRules, seedRules } from '../../src/visas/stay-rule-sets.ts';
import { stayUnder } from '../../src/visas/stay-rules.ts';
import type { StayRule } from '../../src/visas/stay-rules.ts';
import { OfficerId } from '../../src/lib/ids.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { newWalker, signUpOfficer } from '../walk.ts';
import type { Walker } from '../walk.ts';

let server: TestServer;
let malee: { walker: Walker; accountId: string };
let prasert: { walker: Walker; accountId: string };
const folder = mkdtempSync(join(tmpdir(), 'tangchat-rules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  server = await startTestServer();
  malee = await signUpOfficer(server, { name: 'Malee', roles: ['registrar'] });
  prasert = await signUpOfficer(server, { name: 'Prasert', roles: ['supervisor'] });
});

const PAGE = '/console/stay-rules';
const seeded = () => structuredClone(seedRules());
const fileOf = (set: unknown) => JSON.stringify(set, null, 2);

async function propose({ walker }: typeof malee, text: string) {
  await walker.get(PAGE);
  return walker.postFiles(`${PAGE}/proposals`, {
    rules: { name: 'rules.json', type: 'application/json', bytes: Buffer.from(text) },
  });
}
const proposal = async () => (await openRuleProposal(server.app.db))!;
async function decide({ walker }: typeof malee, decision: string, id?: string) {
  await walker.get(PAGE);
  return walker.post(`${PAGE}/proposals/${id ?? (await proposal()).id}/decision`, { decision });
}

/** The sixty days end on a day, and thirty begin on the next. */
function shorter(lastDay: string, firstDay: string) {
  const set = seeded();
  const sixty = set.rules.find(({ code }) => code === 'EXEMPT-60')!;
  const thirty: StayRule = {
    ...sixty,
    code: 'EXEMPT-30',
    stayPerEntryDays: 30,
    effectiveFrom: firstDay,
  };
  sixty.effectiveTo = lastDay;
  set.rules.push(thirty);
  return { ...set, title: 'Thirty days again' };
}

describe('a set of stay rules', () => {
  it('comes into force by two officers, each rule from its own day, and counts as reviewed by whom and when', async () => {
    expect((await malee.walker.get(PAGE)).text).toContain('45 rules, 0 of them reviewed.');
    const set = shorter('2026-12-31', '2027-01-01');
    expect((await propose(malee, fileOf(set))).location).toBe(PAGE);
    const mine = await malee.walker.get(PAGE);
    expect(mine.text).toContain('Take it back');
    expect(mine.text).not.toContain('Accept:');
    const shown = (await prasert.walker.get(PAGE)).text;
    expect(shown).toContain('Thirty days again');
    expect(shown).toContain('<code>effectiveTo</code>: –, then 2026-12-31');
    expect(shown).toMatch(/Typical entries compared: \d+\. Come out otherwise: \d+\./);
    expect((await readStayRules(server.app.db)).version).toBe(0);

    const own = await decide(malee, 'accept');
    expect([own.status, own.text.includes('You proposed it')]).toEqual([409, true]);
    expect((await readStayRules(server.app.db)).version).toBe(0);

    const { id } = await proposal();
    expect((await decide(prasert, 'accept')).location).toBe(PAGE);
    const inForce = await readStayRules(server.app.db);
    expect(inForce).toMatchObject({ version: 1, title: 'Thirty days again' });
    for (const rule of inForce.rules) {
      expect(rule.review).toBe('reviewed');
      expect(rule.reviewed).toEqual({
        proposedBy: malee.accountId,
        acceptedBy: prasert.accountId,
        on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      });
    }
    const entry = (admittedOn: string) =>
      stayUnder(
        inForce.rules,
        { basis: 'visa_exemption', visaClass: null, issuingState: 'FRA', admittedOn },
        admittedOn,
      )?.lastDay;
    expect([entry('2026-12-31'), entry('2027-01-01')]).toEqual(['2027-02-28', '2027-01-30']);
    expect((await prasert.walker.get(PAGE)).text).toContain('46 rules, 46 of them reviewed.');
    expect((await decide(prasert, 'accept', id)).status).toBe(409);
    const events = await server.app
      .db('audit_events')
      .where('action', 'like', 'visas.stay_rules_%')
      .orderBy('at')
      .select('action', 'actor_id');
    expect(events).toEqual([
      { action: 'visas.stay_rules_proposed', actor_id: malee.accountId },
      { action: 'visas.stay_rules_accepted', actor_id: prasert.accountId },
    ]);
  });

  it('keeps the review of what it leaves as it is, and has none by its own word', async () => {
    const inForce = await readStayRules(server.app.db);
    const [first, second] = inForce.rules as [StayRule, StayRule];
    const claimed = { ...second, note: 'Another note.' };
    const read = readRuleFile(fileOf({ title: 'Claims', rules: [first, claimed] }), inForce.rules);
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    expect(read.set.rules[0]).toMatchObject({ review: 'reviewed', reviewed: first.reviewed });
    expect(read.set.rules[1]).toMatchObject({ review: 'unreviewed' });
    expect(read.set.rules[1]).not.toHaveProperty('reviewed');
    expect(compareRules(inForce.rules, read.set.rules)[0]).toMatchObject({
      kind: 'changed',
      fields: [{ field: 'note', after: 'Another note.' }],
    });
  });

  it('waits alone: a second one is refused, and taken back it makes room', async () => {
    const set = { ...shorter('2027-01-31', '2027-02-01'), title: 'A month later' };
    expect((await propose(prasert, fileOf(set))).status).toBe(302);
    const other = await propose(malee, fileOf({ ...set, title: 'Mine' }));
    expect([other.status, other.text.includes('waiting already')]).toEqual([422, true]);
    expect((await decide(prasert, 'reject')).status).toBe(302);
    expect(await openRuleProposal(server.app.db)).toBeNull();
    const inForce = await readStayRules(server.app.db);
    const same = await propose(malee, fileOf({ title: inForce.title, rules: inForce.rules }));
    expect([same.status, same.text.includes('in force and reviewed')]).toEqual([422, true]);
  });

  it('is not accepted where other rules came into force since it was compared', async () => {
    const set = { ...shorter('2027-03-31', '2027-04-01'), title: 'Too late' };
    expect((await propose(malee, fileOf(set))).status).toBe(302);
    expect(await importStayRules(server.app, { ...seeded(), title: 'By command' })).toMatchObject({
      ok: true,
    });
    const decided = await decide(prasert, 'accept');
    expect([decided.status, decided.text.includes('came into force since')]).toEqual([409, true]);
    expect((await decide(prasert, 'reject')).status).toBe(302);
  });

  it('is accepted once, of many who accept at once', async () => {
    expect(
      (await propose(malee, fileOf({ ...seeded(), title: 'Reviewed as they are' }))).status,
    ).toBe(302);
    const { id } = await proposal();
    const officerId = OfficerId.parse(prasert.accountId)!;
    const before = (await readStayRules(server.app.db)).version;
    const results = await Promise.all(
      Array.from({ length: 6 }, () =>
        transact(server.app.db, (tx) =>
          decideStayRules(tx, server.app, { id, officerId, decision: 'accept' }),
        ),
      ),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await readStayRules(server.app.db)).version).toBe(before + 1);
  });
});

describe('a faulty file', () => {
  it.each([
    ['no JSON', '{\n  "title": "A",\n  "rules": [\n    nonsense\n  ]\n}', 4, 'is no JSON'],
    ['cut off', '{\n  "title": "A",\n  "rules": [', 3, 'is no JSON'],
    ['no object', '[]', 1, 'expected object'],
    ['no rules', '{\n  "title": "A",\n  "rules": []\n}', 3, 'rules'],
  ])('%s is refused with its line', async (_what, text, line, said) => {
    const read = readRuleFile(text, []);
    expect(read).toMatchObject({
      ok: false,
      faults: [{ line, message: expect.stringContaining(said) }],
    });
    const shown = await propose(malee, text);
    expect(shown.status).toBe(422);
    expect(shown.text).toContain('What is wrong in the file');
    expect(await openRuleProposal(server.app.db)).toBeNull();
  });

  it('is told every fault where it stands: a wrong date, an unknown field, two rules on one day', () => {
    const set = seeded();
    const text = fileOf({
      ...set,
      rules: [
        { ...set.rules[0]!, effectiveFrom: '2002-13-01' },
        { ...set.rules[3]!, bribe: 1 },
      ],
    });
    const read = readRuleFile(text, []);
    if (read.ok) throw new Error('It was taken.');
    const lines = text.split('\n');
    const [date, field] = read.faults;
    expect(lines[date!.line - 1]).toContain('2002-13-01');
    expect(field!.message).toContain('bribe');
    expect(lines[field!.line - 1]!.trim()).toBe('{');
    const twice = readRuleFile(fileOf({ ...set, rules: [set.rules[0], set.rules[0]] }), []);
    expect(twice).toMatchObject({
      ok: false,
      faults: [{ message: expect.stringContaining('overlaps') }],
    });
  });

  it('is none at all, or by somebody who may not', async () => {
    await malee.walker.get(PAGE);
    expect((await malee.walker.postFiles(`${PAGE}/proposals`, {})).status).toBe(422);
    const officer = await signUpOfficer(server, { name: 'Somchai', roles: ['officer'] });
    expect((await officer.walker.get(PAGE)).status).toBe(403);
    expect((await newWalker(server.url).get(PAGE)).location).toContain('/console/sign-in');
    const unknown = '01900000-0000-7000-8000-000000000000';
    expect((await decide(prasert, 'accept', unknown)).status).toBe(404);
  });
});

describe('the commands', () => {
  const told: string[] = [];
  const io = { out: (line: string) => told.push(line), err: (line: string) => told.push(line) };
  const said = () => told.splice(0).join('\n');

  it('replay what waits over a file of stays, and import nothing in production', async () => {
    const rules = join(folder, 'rules.json');
    const stays = join(folder, 'stays.jsonl');
    writeFileSync(rules, fileOf(shorter('2026-12-31', '2027-01-01')));
    writeFileSync(
      stays,
      '{"id":"1","basis":"visa_exemption","visaClass":null,"issuingState":"FRA","admittedOn":"2027-01-05"}\n',
    );
    expect(await runStayReplay([stays, '--proposed'], io as never, server.app)).toBe(1);
    expect(said()).toContain('no set of rules waits');
    expect((await propose(malee, fileOf(shorter('2026-12-31', '2027-01-01')))).status).toBe(302);
    expect(await runStayReplay([stays, '--proposed'], io as never, server.app)).toBe(0);
    expect(JSON.parse(said())).toMatchObject({
      stays: 1,
      changed: 1,
      rows: [{ changed: ['rule', 'lastDay', 'lastDayExtended'] }],
    });
    const production = { ...server.app, config: { ...server.app.config, sandbox: false } };
    expect(await runStayRulesImport([rules], io as never, production)).toBe(1);
    expect(said()).toContain('another one accepts');
    writeFileSync(rules, '{\n "title": 7 }');
    expect(await runStayRulesImport([rules], io as never, server.app)).toBe(1);
    expect(said()).toContain('line 2: title');
  });
});
