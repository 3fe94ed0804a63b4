import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/lib/embedded-postgres.ts';
import { makeDevelopmentKeys } from '../../src/lib/keys.ts';
import { report } from '../report.ts';
import type { Result } from '../report.ts';
import { Visitor, closeConnections } from './browser.ts';
import type { Ready, Usage } from './protocol.ts';

const PEOPLE = 16;
const ROUNDS = 3;
const ROUND_MS = Number(process.env.BENCH_ROUND_MS ?? 2_000);

type Kind = 'ours' | 'bare';
interface Subject {
  kind: Kind;
  child: ChildProcess;
  visitors: Visitor[];
}

const FLOWS: { name: string; run(visitor: Visitor): Promise<void> }[] = [
  { name: 'single sign-on + code exchange', run: (visitor) => visitor.signIn() },
  { name: 'userinfo', run: (visitor) => visitor.userinfo() },
  { name: 'refresh + ID token', run: (visitor) => visitor.refresh() },
];

/** Our server on PostgreSQL (fsync on) against the bare library in memory: same flows, one process each, in turns. */
export async function runOidc(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-bench-'));
  chmodSync(folder, 0o755);
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'data'),
    log: { info: () => {}, warn: console.error },
  });
  const children: ChildProcess[] = [];
  try {
    const keysDir = join(folder, 'keys');
    await makeDevelopmentKeys(keysDir);
    const env = { DATABASE_URL: postgres.url, DATA_DIR: folder, KEYS_DIR: keysDir };
    const subjects: Subject[] = [];
    for (const kind of ['ours', 'bare'] as const) {
      const subject = await startSubject(kind, env);
      children.push(subject.child);
      subjects.push(subject);
    }
    // Grants, subjects and caches are made by the first sign-in.
    for (const { visitors } of subjects)
      for (const visitor of visitors)
        for (let times = 0; times < 20; times++) await visitor.signIn();
    const results: Result[] = [];
    for (const flow of FLOWS) results.push(await measure(flow, subjects));
    report('oidc', results);
  } finally {
    closeConnections();
    for (const child of children) child.disconnect();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startSubject(kind: Kind, env: Record<string, string>): Promise<Subject> {
  const port = await freePort();
  const child = fork(join(import.meta.dirname, `${kind}-server.ts`), {
    env: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'error',
      PORT: String(port),
      ISSUER: `http://localhost:${port}`,
      BENCH_PEOPLE: String(PEOPLE),
      ...env,
    },
  });
  const [ready] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`The ${kind} server ended.`))),
  ])) as [Ready];
  const visitors = ready.people.map((cookie) => new Visitor({ kind, ...ready }, cookie));
  return { kind, child, visitors };
}

interface Figures {
  perSecond: number;
  cpuMicros: number;
  queries: number;
}

async function measure(
  flow: (typeof FLOWS)[number],
  subjects: readonly Subject[],
): Promise<Result> {
  const rounds: Record<Kind, Figures[]> = { ours: [], bare: [] };
  // In turns, so that what else the machine does meets both.
  for (let round = 0; round < ROUNDS; round++)
    for (const subject of subjects) rounds[subject.kind].push(await measureRound(flow, subject));
  const ours = median(rounds.ours);
  const bare = median(rounds.bare);
  return {
    flow: flow.name,
    'ours/s': Math.round(ours.perSecond),
    'bare/s': Math.round(bare.perSecond),
    ratio: round(ours.perSecond / bare.perSecond),
    'cpu ratio': round(bare.cpuMicros / ours.cpuMicros),
    'ours cpu µs': Math.round(ours.cpuMicros),
    'bare cpu µs': Math.round(bare.cpuMicros),
    waits: round(ours.queries),
  };
}

async function measureRound(flow: (typeof FLOWS)[number], subject: Subject): Promise<Figures> {
  const before = await usageOf(subject.child);
  const startedAt = performance.now();
  const endAt = startedAt + ROUND_MS;
  let done = 0;
  await Promise.all(
    subject.visitors.map(async (visitor) => {
      while (performance.now() < endAt) {
        await flow.run(visitor);
        done++;
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await usageOf(subject.child);
  return {
    perSecond: done / seconds,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / done,
    queries: (after.queries - before.queries) / done,
  };
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  child.send('usage');
  const [usage] = (await once(child, 'message')) as [Usage];
  return usage;
}

function median(rounds: readonly Figures[]): Figures {
  return rounds.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(rounds.length / 2)]!;
}

const round = (value: number) => Math.round(value * 100) / 100;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
