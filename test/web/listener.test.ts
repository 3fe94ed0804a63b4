import { connect } from 'node:net';
import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

/** Sends bytes as they are; what came back until the server hung up. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.end(bytes));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

it('refuses an address of a megabyte with what to do instead', async () => {
  const answer = await exchange(
    `GET /oidc/auth?state=${'x'.repeat(1_000_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
  ).catch((error: NodeJS.ErrnoException) => error.code);
  // Hung up while it is still being sent, or told: never taken in.
  expect(answer).toMatch(/^HTTP\/1\.1 400 |ECONNRESET|EPIPE/);
  const long = await exchange(`GET /oidc/auth?state=${'x'.repeat(17_000)} HTTP/1.1\r\n\r\n`);
  expect(long).toMatch(/^HTTP\/1\.1 400 /);
  expect(long).toContain('push it (RFC 9126)');
});

it('refuses what is no HTTP, and goes on', async () => {
  expect(await exchange('\u0016\u0003\u0001hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
});
