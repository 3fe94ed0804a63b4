import type { AddressInfo } from 'node:net';
import { createApp, createServer } from '../../src/app.ts';
import { requireConfig } from '../../src/deployment.ts';
import { openDatabase } from '../../src/lib/database.ts';
import { loadKeys } from '../../src/lib/keys.ts';
import { createLog } from '../../src/lib/log.ts';
import { startKeyFollower } from '../../src/oidc/signing-keys/follow-keys.ts';

/** One server process of several on one database: `DATABASE_URL`, `KEYS_DIR`, `ISSUER`. Prints its port; ends with its standard input. With `HEARS=no` it hears no notification. */
const config = requireConfig(process.env);
const db = openDatabase({ url: config.DATABASE_URL!, poolSize: 8 });
const app = await createApp({
  config,
  db,
  keys: loadKeys(config.KEYS_DIR),
  log: createLog(config.LOG_LEVEL),
});
const databaseUrl = process.env.HEARS === 'no' ? null : config.DATABASE_URL!;
startKeyFollower(app, { databaseUrl });
const server = createServer(app).listen(0, '127.0.0.1', () => {
  console.log((server.address() as AddressInfo).port);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
