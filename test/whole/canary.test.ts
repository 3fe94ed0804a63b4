import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/lib/database.ts';
import type { Db } from '../../src/lib/database.ts';
import { findEmbeddedPostgres } from '../../src/lib/embedded-postgres.ts';
import { registerService } from './agency-visit.ts';
import { enrolCanaryOfficer, knockOnEveryDoor, useTheId, walkToAgency } from './canary-journey.ts';
import type { Secrets } from './canary-journey.ts';
import { personCanaries, sliceCanaries, wordCanary } from './canary-person.ts';
import { makePlace, runBeside, start } from './running-product.ts';
import type { Place } from './running-product.ts';
import { filesBelow, searchFiles, searchFor, walRecords } from './scan.ts';
import type { Canary, Find } from './scan.ts';

/**
 * Personal data and secrets of one whole journey must be found nowhere at rest but encrypted: not in the files of PostgreSQL, its
 * write-ahead log or its log, not in ours, not in the audit trail, the jobs or what the provider keeps.
 *
 * What this search cannot see: values that PostgreSQL compressed (those are read back through SQL, rows that were replaced are
 * not), and encodings that nobody thought of. Kept plain on purpose, and not looked for: expiry of the passport and end of the
 * stay, which every token compares with today.
 */

/** Folders that play the outside world: the passports in people's hands, and the register's own records. */
const OUTSIDE_WORLD = ['passports', 'sandbox-register'];

/** Planted on purpose, in each spelling, to see that the search finds it: a check that cannot fail proves nothing. */
const PLANTED = 'Schwarzwälder Planted-Kirsch 4711';

async function plant(db: Db): Promise<void> {
  await db.raw('create table planted (spelling text, content bytea, words text)');
  const { spellings } = wordCanary('planted', PLANTED);
  for (const { name, bytes } of spellings)
    await db('planted').insert({ spelling: name, content: bytes, words: PLANTED });
}

/** Every row of every table as SQL tells it, and so as an export or a backup would. */
async function exportTables(db: Db): Promise<Map<string, Buffer>> {
  const { rows: tables } = await db.raw<{ rows: { name: string }[] }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm') and n.nspname !~ '^(pg_|information_schema)'`,
  );
  const exported = new Map<string, Buffer>();
  for (const { name } of tables) {
    const { rows } = await db.raw<{ rows: { line: string }[] }>(
      `select t::text as line from ${name} t`,
    );
    exported.set(`table ${name}`, Buffer.from(rows.map(({ line }) => line).join('\n')));
  }
  return exported;
}

const METRICS_TOKEN = 'collector-of-the-whole-journey-0123456789';

/** What a collector is told, which keeps it for years. */
async function measures(place: Place): Promise<Buffer> {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  const answer = await fetch(`${place.url}/metrics`, { headers });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.text());
}

/** Has PostgreSQL write everything down: statistics of the columns too, which quote values. */
async function settle(db: Db): Promise<void> {
  await db.raw('analyze');
  await db.raw('vacuum');
  await db.raw('checkpoint');
}

async function playEverything(place: Place): Promise<Secrets> {
  const secrets: Secrets = { words: new Map(), bytes: new Map(), contactCode: '' };
  const officer = await enrolCanaryOfficer(place, secrets);
  const party = await registerService(place);
  const person = await walkToAgency(place, officer, secrets);
  const number = await useTheId(person, party, secrets);
  await knockOnEveryDoor(place, officer, number);
  // The sealer's pass, so that the heads tell of all of it.
  await sleep(1_100);
  return secrets;
}

const tell = (finds: readonly Find[]) =>
  finds.map(({ canary, spelling, place, at, around }) => {
    const where = place.replace(/.*tangchat-whole-[^/]*\//, '');
    return `${canary} (${spelling}) in ${where} at ${at}: ${around}`;
  });

function canariesOf(secrets: Secrets): Canary[] {
  return [
    ...personCanaries(),
    ...[...secrets.words].map(([name, value]) => wordCanary(name, value)),
    ...[...secrets.bytes].flatMap(([name, bytes]) => sliceCanaries(name, bytes)),
    wordCanary('contact code', secrets.contactCode.replace(/(...)/, '$1 ')),
  ];
}

describe('after a whole journey', () => {
  it('no word, number, picture or secret of it lies anywhere in the clear', async () => {
    const place = await makePlace();
    const settings = { TRUSTED_PROXIES: '1', METRICS_TOKEN };
    const product = await start(place, settings);
    const url = (await findEmbeddedPostgres(place.dataDir))!;
    const db = openDatabase({ url, poolSize: 2 });
    await plant(db);
    const secrets = await playEverything(place);
    const verified = await runBeside(place, ['audit', 'verify']);
    expect(verified.code, verified.out + verified.err).toBe(0);
    const measured = await measures(place);
    expect(measured.toString()).toContain('/cases/:id');
    await settle(db);
    const exported = await exportTables(db);
    await db.destroy();
    expect(await product.end('SIGTERM'), await product.output()).toBe(0);

    const cluster = filesBelow(join(place.dataDir, 'postgres'));
    const all = [...filesBelow(place.dataDir, OUTSIDE_WORLD), place.stdoutFile, place.stderrFile];
    expect(OUTSIDE_WORLD.every((name) => existsSync(join(place.dataDir, name)))).toBe(true);

    // The search itself: every planted spelling comes up in the tables' files and in the write-ahead log.
    const planted = wordCanary('planted', PLANTED);
    const plantedSearch = searchFor([planted]);
    const walFiles = cluster.filter((file) => /\/pg_wal\/[0-9A-F]{24}$/.test(file));
    const heapFiles = cluster.filter((file) => file.includes('/base/'));
    const wal = walRecords(walFiles);
    const inWal = plantedSearch.in('write-ahead log', wal);
    for (const found of [inWal, searchFiles(plantedSearch, heapFiles)])
      expect(new Set(found.map(({ spelling }) => spelling))).toEqual(
        new Set(planted.spellings.map(({ name }) => name)),
      );
    const tablesTell = [...exported].flatMap(([name, bytes]) => plantedSearch.in(name, bytes));
    expect(tablesTell.map(({ place: name }) => name)).toContain('table public.planted');
    // And it reads the logs, the heads and the tables that matter: each holds a word that must be there.
    const witness = (words: string, file: string) =>
      expect(searchFiles(searchFor([wordCanary('witness', words)]), [file])).not.toEqual([]);
    witness('"msg":"request"', place.stderrFile);
    witness('is ready in', place.stdoutFile);
    witness('ready to accept connections', join(place.dataDir, 'postgres.log'));
    witness('"seq":', join(place.dataDir, 'audit/heads.jsonl'));
    expect(all).toEqual(expect.arrayContaining(cluster));
    for (const table of ['audit_events', 'messages', 'oidc_tokens', 'oidc_sessions'])
      expect(exported.get(`table public.${table}`)?.length, table).toBeGreaterThan(100);
    expect(exported.has('table graphile_worker._private_jobs')).toBe(true);

    const search = searchFor(canariesOf(secrets));
    expect(search.patterns).toBeGreaterThan(1_000);
    const finds = [
      ...[...exported].flatMap(([name, bytes]) => search.in(name, bytes)),
      ...search.in('metrics', measured),
      ...search.in('write-ahead log', wal),
      ...searchFiles(search, all),
    ];
    expect(tell(finds)).toEqual([]);
    // Six digits come up by chance in a hundred megabytes; in a log they do not.
    const logs = [place.stderrFile, join(place.dataDir, 'postgres.log')];
    for (const file of logs)
      expect(readFileSync(file, 'utf8')).not.toMatch(
        new RegExp(`(?<!\\d)${secrets.contactCode}(?!\\d)`),
      );
  }, 120_000);
});
