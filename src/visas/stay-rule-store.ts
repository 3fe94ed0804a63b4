import type { Db, Tx } from '../lib/database.ts';

export interface RuleSetRow {
  version: number;
  title: string;
  sha256: string;
  /** JSON as it was kept: parsed by the reader. */
  rules: unknown;
  importedAt: Date;
}

const COLUMNS = ['version', 'title', 'sha256', 'rules', 'imported_at'];

/** The set in force, or one version; null where there is none. */
export async function findRuleSet(db: Db | Tx, version?: number): Promise<RuleSetRow | null> {
  const query = db('stay_rule_sets').orderBy('version', 'desc');
  if (version !== undefined) query.where({ version });
  const row = await query.first<Record<string, unknown> | undefined>(COLUMNS);
  if (!row) return null;
  return {
    version: row.version as number,
    title: row.title as string,
    sha256: row.sha256 as string,
    rules: row.rules,
    importedAt: row.imported_at as Date,
  };
}

/** Whoever proposes, decides or imports goes one after the other. */
export async function lockRuleSets(tx: Tx): Promise<void> {
  await tx.raw(`select pg_advisory_xact_lock(hashtextextended('stay_rule_sets', 0))`);
}

/** Puts a set on record as the next version. Two imports at once: one of them fails on the key, and is tried again. */
export async function insertRuleSet(
  tx: Tx,
  set: Omit<RuleSetRow, 'rules'> & { rules: string },
): Promise<void> {
  await tx('stay_rule_sets').insert({
    version: set.version,
    title: set.title,
    sha256: set.sha256,
    rules: set.rules,
    imported_at: set.importedAt,
  });
}
