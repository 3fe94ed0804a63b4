import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { replayStays } from '../../src/visas/replay-stays.ts';
import { runStayReplay, runStayRulesImport } from '../../src/visas/stay-command.ts';
import { importStayRules, readStayRules, seedRules } from '../../src/visas/stay-rule-sets.ts';
import { ruleByCode, stayRuleSet, stayUnder } from '../../src/visas/stay-rules.ts';
import type { StayRule, StayRuleFacts } from '../../src/visas/stay-rules.ts';
import { testApp } from '../harness.ts';

const { rules } = seedRules();
const facts = (changes: Partial<StayRuleFacts>): StayRuleFacts => ({
  basis: 'visa',
  visaClass: null,
  issuingState: 'UTO',
  admittedOn: '2026-11-01',
  ...changes,
});
const exempt = (admittedOn: string, issuingState = 'FRA') =>
  facts({ basis: 'visa_exemption', admittedOn, issuingState });

describe('the rules that come with the program', () => {
  it('say of every row where it is from, how sure we are, and that nobody has reviewed it', () => {
    for (const rule of rules) {
      expect(rule.source.name).toMatch(/\S{3}/);
      expect(rule.review).toBe('unreviewed');
    }
  });

  it('hold every class that the register port can be told of', () => {
    const on = (day: string, kind: StayRule['kind']) =>
      rules.filter(
        (rule) =>
          rule.kind === kind &&
          rule.effectiveFrom <= day &&
          (rule.effectiveTo === null || day <= rule.effectiveTo),
      );
    const codes = (day: string) => on(day, 'non_immigrant').map(({ code }) => code);
    expect(codes('2025-08-30')).toHaveLength(17);
    expect(codes('2025-08-31')).toEqual(['F', 'B', 'ED', 'M', 'O', 'L-A', 'O L-A']);
    for (const code of ['TR', 'TR-S', 'TR-M', 'TS', 'VOA', 'LTR', 'SMART', 'DTV'])
      expect(ruleByCode(rules, code, '2026-11-23')).not.toBeNull();
    for (const code of ['EXT-PENDING', 'EXT-GRANTED', 'OVERSTAY', 'TDAC'])
      expect(ruleByCode(rules, code, '2026-11-23')).not.toBeNull();
    expect(ruleByCode(rules, 'TDAC', '2025-04-30')).toBeNull();
  });

  it.each([
    ['an exempt tourist before the sixty days', exempt('2024-07-14'), '2024-08-12'],
    ['one with them', exempt('2024-07-15'), '2024-09-12'],
    ['one in the winter of the forty-five', exempt('2022-12-01'), '2023-01-14'],
    ['one of a state with an agreement', exempt('2026-11-01', 'KOR'), '2027-01-29'],
    ['visa on arrival', facts({ basis: 'visa_on_arrival' }), '2026-11-15'],
    ['a tourist visa', facts({ visaClass: 'TR' }), '2026-12-30'],
    ['DTV', facts({ visaClass: 'DTV' }), '2027-04-29'],
    ['B', facts({ visaClass: 'B' }), '2027-01-29'],
    [
      'O-A while there was one',
      facts({ visaClass: 'O-A', admittedOn: '2025-08-30' }),
      '2026-08-29',
    ],
  ])('give %s its last day, the day of entry counted', (_who, given, lastDay) => {
    expect(stayUnder(rules, given, '2026-11-23')?.lastDay).toBe(lastDay);
  });

  it('say nothing of a class that is gone, of one they do not know, and of days that vary', () => {
    expect(
      stayUnder(rules, facts({ visaClass: 'O-A', admittedOn: '2025-08-31' }), '2026-11-23'),
    ).toBeNull();
    expect(stayUnder(rules, facts({ visaClass: 'Q' }), '2026-11-23')).toBeNull();
    expect(stayUnder(rules, facts({ visaClass: 'L-A' }), '2026-11-23')?.lastDay).toBeNull();
  });

  it('tell the extension and the next report of an address', () => {
    const given = facts({ visaClass: 'B', admittedOn: '2026-01-01' });
    expect(stayUnder(rules, given, '2026-01-01')).toMatchObject({
      lastDayExtended: '2027-03-31',
      nextReportBy: '2026-03-31',
    });
    expect(stayUnder(rules, given, '2026-03-31')?.nextReportBy).toBe('2026-03-31');
    expect(stayUnder(rules, given, '2026-04-01')?.nextReportBy).toBe('2026-06-29');
    const arrival = facts({ basis: 'visa_on_arrival' });
    expect(stayUnder(rules, arrival, '2026-11-02')?.nextReportBy).toBeNull();
  });
});

/** What the cabinet decided in May 2026, with a day that only the Royal Gazette can tell. */
const CHANGE_DAY = '2027-01-01';
const shortened = stayRuleSet.parse({
  title: 'Sixty days become thirty',
  rules: [
    ...rules.map((rule) =>
      rule.code === 'EXEMPT-60' ? { ...rule, effectiveTo: '2026-12-31' } : rule,
    ),
    {
      ...ruleByCode(rules, 'EXEMPT-60', '2026-11-23'),
      code: 'EXEMPT-30',
      stayPerEntryDays: 30,
      effectiveFrom: CHANGE_DAY,
      effectiveTo: null,
    },
  ],
});

describe('a changed set', () => {
  it('takes effect on its day, and leaves a permission given before as it was', () => {
    const lastDay = (admittedOn: string) =>
      stayUnder(shortened.rules, exempt(admittedOn), '2027-02-01')?.lastDay;
    expect(lastDay('2026-12-31')).toBe('2027-02-28');
    expect(lastDay(CHANGE_DAY)).toBe('2027-01-30');
  });

  it('shows what it would change: counts, and each row before and after', () => {
    const stays = [
      { id: 'a', ...exempt('2026-12-31') },
      { id: 'b', ...exempt('2027-01-05') },
      { id: 'c', ...facts({ visaClass: 'B', admittedOn: '2027-01-05' }) },
      { id: 'd', ...facts({ visaClass: 'Q', admittedOn: '2027-01-05' }) },
    ];
    const replay = replayStays(stays, { before: rules, after: shortened.rules }, '2027-01-10');
    expect(replay).toMatchObject({
      stays: 4,
      changed: 1,
      unchanged: 3,
      gained: 0,
      lost: 0,
      byField: { rule: 1, lastDay: 1, lastDayExtended: 1 },
    });
    expect(replay.rows).toEqual([
      expect.objectContaining({
        id: 'b',
        changed: ['rule', 'lastDay', 'lastDayExtended'],
        before: expect.objectContaining({ lastDay: '2027-03-05' }) as unknown,
        after: expect.objectContaining({ lastDay: '2027-02-03' }) as unknown,
      }),
    ]);
  });

  it.each([
    ['two rules of one code on one day', [rules[0], rules[0]], /overlaps/],
    ['one that ends before it begins', [{ ...rules[0], effectiveTo: '1999-01-01' }], /ends before/],
    ['a word that is none of ours', [{ ...rules[0], work: 'sometimes' }], /"work"/],
    ['a field that nobody knows', [{ ...rules[0], fee: 1900 }], /fee/],
  ])('is refused with %s', (_what, wrong, why) => {
    const parsed = stayRuleSet.safeParse({ title: 'x', rules: wrong });
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toMatch(why);
  });
});

describe('over the database and by command', () => {
  let app: App;
  let folder: string;
  const said: string[] = [];
  const io = {
    out: (text: string) => void said.push(text),
    err: (text: string) => void said.push(text),
  };
  beforeAll(async () => {
    app = await testApp();
    folder = mkdtempSync(join(tmpdir(), 'stay-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('the first import follows the rules of the program; the same set again is none', async () => {
    expect(await readStayRules(app.db)).toMatchObject({ version: 0 });
    const path = file('rules.json', JSON.stringify(shortened));
    const stays = file(
      'stays.jsonl',
      [
        { id: '1', basis: 'visa_exemption', issuingState: 'FRA', admittedOn: '2027-01-05' },
        { id: '2', basis: 'visa', visaClass: 'B', issuingState: 'UTO', admittedOn: '2027-01-05' },
      ]
        .map((stay) => JSON.stringify(stay))
        .join('\n'),
    );
    expect(await runStayReplay([stays, '--rules', path, '--at', '2027-01-10'], io, app)).toBe(0);
    expect(JSON.parse(said.at(-1)!)).toMatchObject({ version: 0, stays: 2, changed: 1 });
    expect(await readStayRules(app.db)).toMatchObject({ version: 0 });

    expect(await runStayRulesImport([path], io, app)).toBe(0);
    expect(await readStayRules(app.db)).toMatchObject({ version: 1, title: shortened.title });
    expect(await importStayRules(app, shortened)).toEqual({
      ok: false,
      reason: 'unchanged',
      version: 1,
    });
    expect(await runStayReplay([stays, '--rules', path], io, app)).toBe(0);
    expect(JSON.parse(said.at(-1)!)).toMatchObject({ version: 1, changed: 0 });
    const { rows } = await app.db.raw<{ rows: unknown[] }>(
      `select 1 from audit_events where action = 'visas.stay_rules_imported'`,
    );
    expect(rows).toHaveLength(1);
  });

  it('refuses what is no set and what is no stay, and repeats nothing of a line', async () => {
    const wrong = file('wrong.json', '{"title":"x","rules":[]}');
    expect(await runStayRulesImport([wrong], io, app)).toBe(1);
    expect(await runStayRulesImport([join(folder, 'nowhere')], io, app)).toBe(66);
    expect(await runStayRulesImport([], io, app)).toBe(64);
    const named = file('named.jsonl', '{"id":"1","name":"ERIKSSON","basis":"visa"}');
    const rulesFile = join(folder, 'rules.json');
    expect(await runStayReplay([named, '--rules', rulesFile], io, app)).toBe(1);
    expect(said.at(-1)).toContain('line 1');
    expect(said.at(-1)).not.toContain('ERIKSSON');
    expect(await runStayReplay([named], io, app)).toBe(64);
  });
});

it('the page about the rules has every row of the set as it is', () => {
  const page = readFileSync('docs/stay-rules.md', 'utf8');
  for (const rule of rules) {
    const days = rule.stayPerEntryDays ?? 'varies';
    const until = rule.effectiveTo ?? '';
    expect(page).toContain(
      `| \`${rule.code}\` | ${rule.name.en} | ${rule.effectiveFrom} | ${until} | ${days} |`,
    );
  }
});
