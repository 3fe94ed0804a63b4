import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYSTEM, appendAudit } from '../../src/audit/append.ts';
import { headsFileOf } from '../../src/audit/heads-file.ts';
import { startSealer } from '../../src/audit/sealer.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import type { Tx } from '../../src/lib/database.ts';

/** A node's data folder: where its copy of the heads lies. */
export async function makeNode(): Promise<{
  dataDir: string;
  file: string;
  remove(): Promise<void>;
}> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tangchat-audit-'));
  return {
    dataDir,
    file: headsFileOf(dataDir),
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}

export function append(tx: Tx, app: App, version: string): Promise<void> {
  return appendAudit(tx, app, {
    action: 'system.started',
    actor: SYSTEM,
    subject: { kind: 'system', id: null },
    details: { version },
  });
}

/** Appends events, each in a transaction of its own, then seals all and copies the head out. */
export async function appendAndSeal(app: App, dataDir: string, versions: string[]): Promise<void> {
  for (const version of versions) await transact(app.db, (tx) => append(tx, app, version));
  await startSealer(app, { dataDir }).stop();
}

export function verify(app: App, headsFile: string | null) {
  return verifyAudit(app.db, { headsFile, publicKeys: [app.keys.auditSigningJwk] });
}

/** What somebody with the database owner's password can do: the refusing triggers switched off around it. */
export async function tamper(app: App, table: string, sql: string): Promise<void> {
  await transact(app.db, async (tx) => {
    await tx.raw(`alter table ${table} disable trigger user`);
    await tx.raw(sql);
    await tx.raw(`alter table ${table} enable trigger user`);
  });
}

/** The sealed events in the order of the chain. */
export async function listChain(
  app: App,
): Promise<{ seq: number; eventId: string; version: string }[]> {
  const { rows } = await app.db.raw<{ rows: { seq: number; eventId: string; version: string }[] }>(
    `select c.seq, c.event_id as "eventId", e.details::json ->> 'version' as version
       from audit_chain c join audit_events e on e.id = c.event_id order by c.seq`,
  );
  return rows;
}

export async function readLines(file: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(file, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
