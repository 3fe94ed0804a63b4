import type { Server } from 'node:http';
import { createApp, createServer } from './app.ts';
import type { FullApp } from './app.ts';
import { startSealer } from './audit/sealer.ts';
import { ConfigError, openDeployment } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { jobs, schedule } from './jobs.ts';
import { EmbeddedPostgresError } from './lib/embedded-postgres/error.ts';
import { runJobs } from './lib/job-runner.ts';
import { createListener } from './web/listener.ts';

const DRAIN_MS = 10_000;
const REQUEST_MS = 120_000;
const IDLE_CHECK_MS = 100;

/** A running product. */
export interface Product {
  app: FullApp;
  /** What to open and do in the sandbox; empty in production. */
  guide: string[];
  /** Takes no new requests, lets running ones and jobs finish, then stops everything it started. */
  stop(): Promise<void>;
}

/** Starts the whole product from an environment. Whatever was started is stopped again where a later part fails. */
export async function serve(
  env: NodeJS.ProcessEnv,
  options: { onDatabaseLost?: () => void } = {},
): Promise<Product> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const undo of stops.splice(0).toReversed()) await undo();
  };
  try {
    const deployment = await openDeployment(env, options);
    stops.push(() => deployment.close());
    const app = await createApp(deployment);
    const sandbox = app.config.sandbox ? await startSandbox(app) : null;
    if (sandbox) stops.push(() => sandbox.stop());
    const sealer = startSealer(app, { dataDir: app.config.DATA_DIR });
    stops.push(() => sealer.stop());
    const runner = await startJobs(deployment, app);
    stops.push(() => runner.stop());
    const server = await listen(app);
    stops.push(() => drain(server));
    return { app, guide: sandbox?.guide ?? [], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Production never loads what plays the world around us. */
async function startSandbox(app: FullApp) {
  return (await import('./dev/start-sandbox.ts')).startSandbox(app);
}

function startJobs(deployment: Deployment, app: FullApp) {
  const work = Object.entries(jobs).map(
    ([name, job]) => [name, (payload: Record<string, unknown>) => job(payload, app)] as const,
  );
  return runJobs({
    databaseUrl: deployment.databaseUrl,
    jobs: Object.fromEntries(work),
    schedule,
    log: app.log,
  });
}

async function listen(app: FullApp): Promise<Server> {
  const { PORT, HOST } = app.config;
  const server = createListener(app.config, createServer(app).callback()).listen(PORT, HOST);
  // Five minutes by default: enough for whoever sends a byte at a time to hold every connection.
  server.requestTimeout = REQUEST_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  return server;
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection that is kept alive would hold the stop up after its last answer.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const cutOff = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cutOff);
}

/** What people see: nothing but what they can act on. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof EmbeddedPostgresError) return error.message;
  const busy = error instanceof Error ? /EADDRINUSE.*:(\d+)$/.exec(error.message) : null;
  if (busy) return `Port ${busy[1]} is in use: stop what uses it, or set PORT.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Runs the product until a signal ends it. Gives the exit code. */
export async function runServer(): Promise<number> {
  const startedAt = performance.now();
  const ended = Promise.withResolvers<number>();
  let asked = false;
  const end = (code: number) => {
    // Asked twice: the person does not want to wait for the drain.
    if (asked) process.exit(130);
    asked = true;
    ended.resolve(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));
  try {
    const product = await serve(process.env, { onDatabaseLost: () => end(1) });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const { ISSUER } = product.app.config;
    console.log(
      `\nTangchat ID is ready in ${seconds} s: ${ISSUER}\n\n${product.guide.join('\n')}\n`,
    );
    const code = await ended.promise;
    console.error('\nStopping …');
    await product.stop();
    return code;
  } catch (error) {
    console.error(`\nTangchat ID cannot start.\n${explain(error)}\n`);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await runServer();
