import { expect } from 'vitest';
import type { TestServer } from '../harness.ts';
import { passkeyDevice } from '../passkey-device.ts';
import type { Departure } from '../passkey-device.ts';
import { mailsTo, newWalker, waitForCode } from '../walk.ts';
import type { Walker } from '../walk.ts';

/** Goes as far as the page that asks for the code. */
export async function askForCode(server: TestServer, email: string): Promise<Walker> {
  const walker = newWalker(server.url);
  await walker.get('/create');
  const answer = await walker.post('/create', { email });
  expect(answer).toMatchObject({ status: 303, location: '/create/code' });
  return walker;
}

/** Goes as far as the page that makes the passkey. */
export async function confirmAddress(server: TestServer, email: string): Promise<Walker> {
  const before = await mailsTo(server.url, email);
  const walker = await askForCode(server, email);
  const code = await waitForCode(server.url, email, before);
  const answer = await walker.post('/create/code', { code });
  expect(answer).toMatchObject({ status: 303, location: '/create/passkey' });
  return walker;
}

/** Makes a passkey on a new device and posts it. */
export async function makePasskey(walker: Walker, departure?: Departure) {
  const options = (await walker.postJson('/create/passkey/options')).json();
  const device = passkeyDevice({ origin: walker.url });
  const credential = JSON.stringify(device.register(options as never, departure));
  return walker.post('/create/passkey', { credential });
}

export async function countAccounts(server: TestServer): Promise<number> {
  return Number((await server.app.db('accounts').count({ count: 'id' }).first())?.count);
}
