import { report } from '../report.ts';
import type { Result } from '../report.ts';
import { Visitor, closeConnections } from './browser.ts';
import { API, CONSENT_CLIENT_ID, PUBLIC_CLIENT_ID } from './protocol.ts';
import { endProfile, median, oneAlone, profile, round, turn } from './measure.ts';
import type { Figures } from './measure.ts';
import { startDeployment } from './start-server.ts';
import type { RunningServer } from './start-server.ts';

const PEOPLE = Number(process.env.BENCH_PEOPLE_AT_ONCE ?? 64);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const ROUND_MS = Number(process.env.BENCH_ROUND_MS ?? 2_000);
/** Only the flows whose name holds this. */
const ONLY = process.env.BENCH_FLOW ?? '';
/** Where to put a processor profile of each flow at each server, for Chrome's or VS Code's viewer. */
const PROFILES = process.env.BENCH_PROFILES;

interface Flow {
  name: string;
  of: 'confidential' | 'public' | 'machine';
  run(this: void, visitor: Visitor): Promise<void>;
}

const FLOWS: Flow[] = [
  {
    name: 'client credentials, JWT',
    of: 'machine',
    run: (visitor) => visitor.clientCredentials(API.jwt),
  },
  {
    name: 'client credentials, opaque',
    of: 'machine',
    run: (visitor) => visitor.clientCredentials(API.opaque),
  },
  { name: 'single sign-on + code', of: 'confidential', run: (visitor) => visitor.signIn() },
  { name: 'userinfo', of: 'confidential', run: (visitor) => visitor.userinfo() },
  { name: 'introspection', of: 'confidential', run: (visitor) => visitor.introspect() },
  { name: 'refresh', of: 'confidential', run: (visitor) => visitor.refresh() },
  { name: 'rotating refresh', of: 'public', run: (visitor) => visitor.refresh() },
];

interface Subject {
  server: RunningServer;
  visitors: Record<Flow['of'], Visitor[]>;
}

/** Our server on PostgreSQL (fsync on) against the bare library in memory: same flows, one process each, in turns. */
export async function runOidc(): Promise<void> {
  const deployment = await startDeployment();
  try {
    const [ours, bare] = await Promise.all(
      (['ours', 'bare'] as const).map(async (kind) =>
        prepare(await deployment.start(kind, { people: PEOPLE })),
      ),
    );
    const results: Result[] = [];
    for (const flow of FLOWS.filter(({ name }) => name.includes(ONLY)))
      results.push(await compare(flow, { ours: ours!, bare: bare! }));
    report('oidc', results);
    if (!ONLY || ONLY === 'first') report('oidc-first-visit', [await firstVisit(ours!)]);
  } finally {
    closeConnections();
    await deployment.stop();
  }
}

/** Grants, subjects and caches are made by the first sign-in; what runs often is compiled by the next. */
async function prepare(server: RunningServer): Promise<Subject> {
  const confidential = server.people.map((cookie) => new Visitor(server, { cookie }));
  const visitors = {
    confidential,
    // With no tokens of a person to overwrite.
    machine: server.people.map(() => new Visitor(server, { cookie: '' })),
    public: server.people.map(
      (cookie) => new Visitor(server, { cookie, clientId: PUBLIC_CLIENT_ID, isPublic: true }),
    ),
  };
  for (const visitor of [...visitors.confidential, ...visitors.public])
    for (let times = 0; times < 10; times++) await visitor.signIn();
  return { server, visitors };
}

async function compare(flow: Flow, subjects: { ours: Subject; bare: Subject }): Promise<Result> {
  const rounds: Record<'ours' | 'bare', Figures[]> = { ours: [], bare: [] };
  const job = ({ server, visitors }: Subject) => ({
    server,
    visitors: visitors[flow.of],
    run: flow.run,
    ms: ROUND_MS,
  });
  for (const kind of ['ours', 'bare'] as const) await turn(job(subjects[kind]));
  // In turns, so that what else the machine does meets both.
  for (let count = 0; count < ROUNDS; count++)
    for (const kind of ['ours', 'bare'] as const)
      rounds[kind].push(await turn(job(subjects[kind])));
  if (PROFILES)
    for (const kind of ['ours', 'bare'] as const) {
      profile(subjects[kind].server, `${PROFILES}/${kind} ${flow.name}.cpuprofile`);
      await turn(job(subjects[kind]));
      endProfile(subjects[kind].server);
    }
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
    'ours system µs': Math.round(ours.systemMicros),
    'bare system µs': Math.round(bare.systemMicros),
    waits: await oneAlone(job(subjects.ours)),
    'statements at once': round(ours.waits),
  };
}

/** The first visit to a service, from a browser that is signed in with us: sign-in, consent page, code, tokens. */
async function firstVisit({ server }: Subject): Promise<Result> {
  const visitors = server.people.map(
    (cookie) => new Visitor(server, { cookie, clientId: CONSENT_CLIENT_ID }),
  );
  const run = (visitor: Visitor) => visitor.signIn();
  const waits = await oneAlone({ server, visitors, run, ms: 0 });
  return { flow: 'sign-in with consent', waits };
}
