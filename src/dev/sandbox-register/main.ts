import { z } from 'zod';
import { startSandboxRegister } from './start-sandbox-register.ts';

/**
 * The sandbox immigration register as a process of its own. Its settings are one JSON object as the only argument
 * (fork-sandbox-register.ts); it says over the channel to its parent that it listens or why it cannot, and ends when that
 * channel closes (the parent is gone, however it went) or on SIGTERM.
 */
const settings = z.object({
  port: z.int().min(0).max(65535),
  host: z.string().optional(),
  dataDir: z.string().min(1),
  issuer: z.string().optional(),
  clientId: z.string().min(1),
  clientJwks: z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) }),
});

const { host, issuer, ...rest } = settings.parse(JSON.parse(process.argv[2] ?? '{}'));
const optional = { ...(host ? { host } : {}), ...(issuer ? { issuer } : {}) };
try {
  const register = await startSandboxRegister({ ...rest, ...optional });
  const stop = (): void => void register.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('disconnect', stop);
  // Ctrl-C reaches the whole process group; the parent decides when this one ends.
  if (process.connected) process.on('SIGINT', () => undefined);
  process.send?.({ kind: 'listening', url: register.url, issuer: register.issuer });
  if (!process.connected) console.log(`Sandbox immigration register on ${register.url}`);
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const message = error instanceof Error ? error.message : String(error);
  process.send?.({ kind: 'failed', code, message });
  if (!process.connected) console.error(message);
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
