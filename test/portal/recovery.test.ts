import { beforeAll, expect, it, vi } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { passkeyDevice } from '../passkey-device.ts';
import { newWalker, signIn, signUp, waitForMail } from '../walk.ts';
import type { Walker } from '../walk.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

const HOURS = 3_600_000;

async function makeCode(walker: Walker): Promise<string> {
  const page = await walker.post('/passkeys/recovery-code');
  expect(page.status).toBe(200);
  return /([0-9A-Z]{4}-){6}[0-9A-Z]{4}/.exec(page.text)![0];
}

async function recover(email: string, code: string) {
  const walker = newWalker(server.url);
  const answer = await walker.post('/recover', { email, code });
  return { walker, answer, path: /\/recover\/[\w-]{43}/.exec(answer.text)?.[0] ?? '' };
}

it('opens recovery with the saved code, signs nobody in, and adds a passkey after 72 hours', async () => {
  const anna = await signUp(server, { email: 'anna@example.org' });
  const code = await makeCode(anna.walker);
  expect(code.replaceAll('-', '')).toHaveLength(28);
  const typed = ` ${code.toLowerCase().replaceAll('-', ' ')}`;
  const { walker, answer, path } = await recover('Anna@Example.org', typed);
  expect(answer.status).toBe(200);
  expect((await walker.get('/home')).status).toBe(302);
  expect((await walker.get(path)).text).toContain('Not yet');
  expect((await walker.postJson(`${path}/options`)).status).toBe(410);
  await waitForMail(server.url, anna.email, ({ subject }) => subject.includes('recovery of your'));

  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 72 * HOURS + 1000 });
  try {
    const device = passkeyDevice({ origin: server.url });
    expect((await walker.get(path)).text).toContain('Add a new passkey');
    const options = (await walker.postJson(`${path}/options`)).json();
    const credential = JSON.stringify(device.register(options as never));
    expect((await walker.post(path, { credential })).status).toBe(303);
    expect((await walker.get('/home')).status).toBe(200);
    expect((await anna.walker.get('/home')).status).toBe(302);
    expect((await signIn(newWalker(server.url), device)).status).toBe(303);
    expect((await walker.get(path)).status).toBe(410);
    // The lost phone's passkey goes at once: the new one has waited its 72 hours.
    const lost = /href="(\/passkeys\/[0-9a-f-]{36})"/.exec(
      (await walker.get('/passkeys')).text,
    )![1]!;
    expect((await walker.post(`${lost}/removal`)).status).toBe(303);
    expect((await signIn(newWalker(server.url), anna.device)).status).toBe(422);
  } finally {
    vi.useRealTimers();
  }
});

it('takes a code once, and a newer code replaces it', async () => {
  const person = await signUp(server, { email: 'once@example.org' });
  const old = await makeCode(person.walker);
  const code = await makeCode(person.walker);
  expect((await recover(person.email, old)).answer.status).toBe(422);
  expect((await recover(person.email, code)).answer.status).toBe(200);
  expect((await recover(person.email, code)).answer.status).toBe(422);
});

it('refuses a wrong code, an unknown address and an account without a code alike', async () => {
  const withCode = await signUp(server, { email: 'with@example.org' });
  await makeCode(withCode.walker);
  await signUp(server, { email: 'without@example.org' });
  const pages = await Promise.all(
    ['with@example.org', 'without@example.org', 'nobody@example.org'].map(async (email) => {
      const { answer } = await recover(email, '0'.repeat(26));
      return [answer.status, answer.text.replaceAll(email, '')].map((part) =>
        String(part).replaceAll(/nonce="[^"]+"|value="[\w-]{43}"/g, ''),
      );
    }),
  );
  expect(pages[1]).toEqual(pages[0]);
  expect(pages[2]).toEqual(pages[0]);
});

it('lets any passkey of the account stop a recovery that waits', async () => {
  const person = await signUp(server, { email: 'stop@example.org' });
  const { path, walker } = await recover(person.email, await makeCode(person.walker));
  expect((await person.walker.get('/home')).text).toContain('A change of your account is waiting');
  const page = await person.walker.get('/passkeys');
  const action = /\/account-changes\/[0-9a-f-]{36}\/cancellation/.exec(page.text)![0];
  expect((await person.walker.post(action)).status).toBe(303);
  expect((await walker.get(path)).status).toBe(410);
  expect((await person.walker.post(action)).status).toBe(409);
  await waitForMail(server.url, person.email, ({ subject }) => subject.includes('cancelled'));
});

it('takes the right code after any number of wrong ones: a stranger locks nobody out', async () => {
  const person = await signUp(server, { email: 'hundred@example.org' });
  const code = await makeCode(person.walker);
  await server.app.db('accounts').where({ id: person.accountId }).update({ failed_attempts: 500 });
  expect((await recover(person.email, '0'.repeat(28))).answer.status).toBe(422);
  expect((await recover(person.email, code)).answer.status).toBe(200);
});

it('refuses a passkey that is registered already, and keeps the recovery for another try', async () => {
  const person = await signUp(server, { email: 'reused@example.org' });
  const { path, walker } = await recover(person.email, await makeCode(person.walker));
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 72 * HOURS + 1000 });
  try {
    const { id } = (await signUp(server, { email: 'other@example.org' })).device.credentials[0]!;
    for (const [departure, status] of [
      [{ credentialId: id }, 422],
      [{}, 303],
    ] as const) {
      const options = (await walker.postJson(`${path}/options`)).json();
      const device = passkeyDevice({ origin: server.url });
      const credential = JSON.stringify(device.register(options as never, departure));
      expect((await walker.post(path, { credential })).status).toBe(status);
    }
  } finally {
    vi.useRealTimers();
  }
});

it('slows down whoever guesses codes for one address', async () => {
  const walker = newWalker(server.url);
  const statuses: number[] = [];
  for (let count = 0; count < 11; count++)
    statuses.push(
      (await walker.post('/recover', { email: 'guess@example.org', code: 'x' })).status,
    );
  expect(statuses.at(-1)).toBe(429);
});
