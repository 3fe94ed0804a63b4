import type { Server } from 'node:http';
import type { Random } from '../../lib/random.ts';
import { createDemoAgency } from './create-demo-agency.ts';
import type { DemoClient } from './register-demo-agencies.ts';

/** Serves each agency on its own port of 127.0.0.1, until closed. */
export async function startDemoAgencies(options: {
  issuer: string;
  clients: readonly DemoClient[];
  random: Random;
}): Promise<{ close(): Promise<void> }> {
  const servers: Server[] = [];
  const close = async () => {
    await Promise.all(servers.splice(0).map(stop));
  };
  try {
    for (const client of options.clients)
      servers.push(await listen(createDemoAgency({ ...options, client }), new URL(client.url)));
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

function listen(agency: ReturnType<typeof createDemoAgency>, url: URL): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = agency.listen(Number(url.port), url.hostname);
    server.once('listening', () => resolve(server));
    server.once('error', reject);
  });
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
