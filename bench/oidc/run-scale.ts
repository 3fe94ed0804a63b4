import { openDatabase } from '../../src/lib/database.ts';
import { report } from '../report.ts';
import type { Result } from '../report.ts';
import { Visitor, closeConnections } from './browser.ts';
import { turn, usageOf } from './measure.ts';
import { API, MACHINE_CLIENT_ID } from './protocol.ts';
import { startDeployment } from './start-server.ts';
import type { BenchDeployment, RunningServer } from './start-server.ts';

const PEOPLE = 200;
const SERVICES = 10_000;
const ROUND_MS = Number(process.env.BENCH_ROUND_MS ?? 3_000);

/** What more of everything costs: people at once, nodes, services. */
export async function runScale(): Promise<void> {
  const deployment = await startDeployment();
  try {
    const server = await deployment.start('ours', { people: PEOPLE });
    const idle = await usageOf(server);
    const visitors = server.people.map((cookie) => new Visitor(server, { cookie }));
    await Promise.all(visitors.map((visitor) => visitor.signIn()));
    report('oidc-scale', [
      { what: 'before the first request: resident', figure: mega(idle.residentBytes), unit: 'MB' },
      await peopleAtOnce(server, visitors),
      await twoNodes(deployment, server, visitors),
      await manyServices(deployment, server),
    ]);
  } finally {
    closeConnections();
    await deployment.stop();
  }
}

const signIn = (visitor: Visitor) => visitor.signIn();

async function peopleAtOnce(server: RunningServer, visitors: Visitor[]): Promise<Result> {
  let highest = 0;
  const startedAt = performance.now();
  while (performance.now() - startedAt < 3 * ROUND_MS) {
    await Promise.all(visitors.map(signIn));
    const { residentBytes } = await usageOf(server);
    highest = Math.max(highest, residentBytes);
  }
  return { what: `${PEOPLE} sign-ins at once: resident`, figure: mega(highest), unit: 'MB' };
}

/** Processor time a sign-in, of all nodes together, in turns: one node, two nodes. */
async function twoNodes(
  deployment: BenchDeployment,
  first: RunningServer,
  visitors: Visitor[],
): Promise<Result> {
  const second = await deployment.start('ours', { people: 0, beside: first });
  const half = first.people.slice(0, PEOPLE / 2);
  const there = half.map((cookie) => new Visitor({ ...second, secret: first.secret }, { cookie }));
  const here = visitors.slice(PEOPLE / 2);
  for (let times = 0; times < 5; times++) await Promise.all([...there, ...here].map(signIn));
  const one: number[] = [];
  const both: number[] = [];
  for (let rounds = 0; rounds < 3; rounds++) {
    const alone = await turn({ server: first, visitors, run: signIn, ms: ROUND_MS });
    one.push(alone.cpuMicros);
    const figures = await Promise.all([
      turn({ server: first, visitors: here, run: signIn, ms: ROUND_MS }),
      turn({ server: second, visitors: there, run: signIn, ms: ROUND_MS }),
    ]);
    both.push(
      figures.reduce((sum, { cpuMicros, perSecond }) => sum + cpuMicros * perSecond, 0) /
        figures.reduce((sum, { perSecond }) => sum + perSecond, 0),
    );
  }
  const figure = round(middle(both) / middle(one));
  return { what: 'two nodes: processor time a sign-in, to one', figure, unit: '×' };
}

/** Processor time a token of a service's own, at ten services in turn and at ten thousand. */
async function manyServices(deployment: BenchDeployment, server: RunningServer): Promise<Result> {
  await copyServices(deployment.databaseUrl);
  const visitors = Array.from({ length: 32 }, () => new Visitor(server, { cookie: '' }));
  let next = 0;
  const at = (services: number) => (visitor: Visitor) =>
    visitor.clientCredentials(API.jwt, `${MACHINE_CLIENT_ID}-${next++ % services}`);
  const job = (services: number) => ({ server, visitors, run: at(services), ms: ROUND_MS });
  // Each is made once.
  for (let made = 0; made < SERVICES; made += visitors.length)
    await Promise.all(visitors.map((visitor) => at(SERVICES)(visitor)));
  const few: number[] = [];
  const many: number[] = [];
  for (let rounds = 0; rounds < 3; rounds++) {
    few.push((await turn(job(10))).cpuMicros);
    many.push((await turn(job(SERVICES))).cpuMicros);
  }
  const figure = round(middle(many) / middle(few));
  return { what: '10,000 services: processor time a token, to 10', figure, unit: '×' };
}

async function copyServices(url: string): Promise<void> {
  const db = openDatabase({ url, poolSize: 1 });
  try {
    const columns = Object.keys(
      (await db('services').where({ client_id: MACHINE_CLIENT_ID }).first()) as object,
    ).filter((column) => column !== 'client_id');
    await db.raw(
      `insert into services (client_id, ${columns.map(() => '??').join(', ')})
       select client_id || '-' || n, ${columns.map(() => '??').join(', ')}
         from services, generate_series(0, ?) n where client_id = ?`,
      [...columns, ...columns, SERVICES - 1, MACHINE_CLIENT_ID],
    );
    await db.raw(
      `insert into resource_services (resource, service_id)
       select ?, client_id from services where client_id like ?`,
      [API.jwt, `${MACHINE_CLIENT_ID}-%`],
    );
  } finally {
    await db.destroy();
  }
}

const mega = (bytes: number) => Math.round(bytes / 1e6);
const round = (value: number) => Math.round(value * 100) / 100;
const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
