import pg from 'pg';

const RECONNECT_MS = 1000;

/**
 * Calls `heard` whenever another session notifies `channel` (PostgreSQL's LISTEN), and after each connection, since what was
 * said before it was not heard. On a connection of its own, over lost ones too, until `stop()`.
 */
export function listen(input: {
  databaseUrl: string;
  /** A plain identifier. */
  channel: string;
  heard: () => Promise<void>;
}): { stop(): Promise<void> } {
  const { databaseUrl, channel, heard } = input;
  if (!/^[a-z_]+$/.test(channel)) throw new TypeError('A channel is a plain identifier.');
  let stopped = false;
  let current: pg.Client | null = null;
  let waiting: NodeJS.Timeout | undefined;
  async function connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: databaseUrl,
      keepAlive: true,
      application_name: `listen ${channel}`,
    });
    current = client;
    client.on('error', () => {});
    client.on('notification', () => void heard());
    client.once('end', () => {
      if (!stopped) waiting = setTimeout(() => void start(), RECONNECT_MS).unref();
    });
    await client.connect();
    await client.query(`listen ${channel}`);
    await heard();
  }
  async function start(): Promise<void> {
    await connect().catch(() => current?.end());
  }
  const first = start();
  return {
    async stop() {
      stopped = true;
      clearTimeout(waiting);
      await first;
      await current?.end().catch(() => undefined);
    },
  };
}
