import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EVENTS_SUPPORTED } from '../../src/exchange/event-types.ts';
import { atEnd } from '../at-end.ts';
import { freePort, startTestServer } from '../harness.ts';
import { relyingParty } from '../oidc/relying-party.ts';
import { apiToken, call, until } from './receiver.ts';

/* docs/events.md: the receiver that it shows is the one in docs/events, and that runs. */
const DOCS = join(import.meta.dirname, '../../docs');
const EXAMPLE = join(DOCS, 'events/receiver.mjs');
const page = readFileSync(join(DOCS, 'events.md'), 'utf8');

it('the receiver of docs/events.md takes our events, and nothing else', async () => {
  const server = await startTestServer({ OUTBOUND_LOOPBACK: 'yes' });
  const lands = await relyingParty(server, {
    grant_types: ['authorization_code', 'client_credentials'],
  });
  const child = spawn(process.execPath, [EXAMPLE], {
    env: {
      PATH: process.env.PATH,
      ISSUER: server.url,
      CLIENT_ID: lands.clientId,
      RECEIVER_TOKEN: 'of-the-receiver',
      PORT: String(await freePort()),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  atEnd(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => said.includes('\n'));
  const url = said.trim();
  const token = await apiToken(server, lands);
  const { body } = await call(server, token, {
    method: 'POST',
    path: '/ssf/streams',
    body: {
      delivery: {
        method: 'urn:ietf:rfc:8935',
        endpoint_url: url,
        authorization_header: 'Bearer of-the-receiver',
      },
    },
  });
  await call(server, token, {
    method: 'POST',
    path: '/ssf/verification',
    body: { stream_id: body.stream_id, state: 'hello' },
  });
  await until(() => said.includes('verified hello'));
  const post = (authorization: string) =>
    fetch(url, { method: 'POST', body: 'x.y.z', headers: { authorization } });
  expect((await post('Bearer somebody')).status).toBe(401);
  expect((await post('Bearer of-the-receiver')).status).toBe(400);
});

it('docs/events.md shows the receiver as it is, and names every event', () => {
  const code = readFileSync(EXAMPLE, 'utf8').trim();
  expect(page).toContain(code);
  for (const type of EVENTS_SUPPORTED) expect(page).toContain(type.split(/[/:]/).at(-1));
});
