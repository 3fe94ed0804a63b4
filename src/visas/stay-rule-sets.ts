import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { appendAudit, SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Db, Tx } from '../lib/database.ts';
import { stayRule, stayRuleSet } from './stay-rules.ts';
import type { StayRule, StayRuleSet } from './stay-rules.ts';
import { findRuleSet, insertRuleSet, lockRuleSets } from './stay-rule-store.ts';

/** Rules in force, and which version they are; 0: those that came with the program, nothing was imported yet. */
export interface RulesInForce {
  version: number;
  title: string;
  rules: readonly StayRule[];
}

const SEED = new URL('data/stay-rules.json', import.meta.url);
let seeded: StayRuleSet | null = null;

/** The rules that come with the program: in force until the first import. */
export function seedRules(): StayRuleSet {
  seeded ??= stayRuleSet.parse(JSON.parse(readFileSync(SEED, 'utf8')));
  return seeded;
}

/**
 * The rules in force now: the last imported set, read each time, so that every node takes a new one up at once. Each rule
 * holds from its own day: importing one that begins next month changes nothing until then.
 */
export async function readStayRules(db: Db | Tx): Promise<RulesInForce> {
  const row = await findRuleSet(db);
  if (!row) return { version: 0, ...seedRules() };
  const { rules } = stayRuleSet.parse({ title: row.title, rules: row.rules });
  return { version: row.version, title: row.title, rules };
}

export type RuleImport =
  | { ok: true; version: number; rules: number }
  /** `unchanged`: this very set is in force. */
  | { ok: false; reason: 'unchanged'; version: number };

/** Imports a set as the next version: the whole of the rules, not a change to them. */
export function importStayRules(app: App, set: StayRuleSet): Promise<RuleImport> {
  const sha256 = digestOfRules(set);
  return transact(app.db, async (tx): Promise<RuleImport> => {
    await lockRuleSets(tx);
    const last = await findRuleSet(tx);
    if (last?.sha256 === sha256) return { ok: false, reason: 'unchanged', version: last.version };
    const version = (last?.version ?? 0) + 1;
    await putRuleSet(tx, set, { version, importedAt: app.clock.now() });
    await appendAudit(tx, app, {
      action: 'visas.stay_rules_imported',
      actor: SYSTEM,
      subject: { kind: 'system', id: null },
      details: { version, sha256, rules: set.rules.length },
    });
    return { ok: true, version, rules: set.rules.length };
  });
}

/** What a set is known by: of its title and rules, reviews included. */
export function digestOfRules({ title, rules }: Pick<RulesInForce, 'title' | 'rules'>): string {
  // Parsed: the fields come in one order, whatever order the database keeps them in.
  const json = JSON.stringify(rules.map((rule) => stayRule.parse(rule)));
  return createHash('sha256').update(`${title}\n${json}`).digest('hex');
}

export async function putRuleSet(
  tx: Tx,
  set: Pick<RulesInForce, 'title' | 'rules'>,
  as: { version: number; importedAt: Date },
): Promise<void> {
  const rules = JSON.stringify(set.rules);
  await insertRuleSet(tx, { ...as, title: set.title, sha256: digestOfRules(set), rules });
}
