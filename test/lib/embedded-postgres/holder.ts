// A process that holds a data folder: tells in one line of JSON how its start went, stops cleanly on SIGTERM.
import { startEmbeddedPostgres } from '../../../src/lib/embedded-postgres.ts';

const [dataDir = '', ...postgresFlags] = process.argv.slice(2);
const log = { info: () => undefined, warn: () => undefined };
try {
  const server = await startEmbeddedPostgres({ dataDir, log, postgresFlags });
  const keepAlive = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', () => {
    void server.stop().then(() => clearInterval(keepAlive));
  });
  process.stdout.write(`${JSON.stringify({ url: server.url, adopted: server.adopted })}\n`);
} catch (error) {
  const { reason, message } = error as { reason?: string; message: string };
  process.stdout.write(`${JSON.stringify({ reason, message })}\n`);
}
