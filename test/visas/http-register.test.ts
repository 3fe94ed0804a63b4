import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addSeconds, systemClock } from '../../src/lib/clock.ts';
import { pinnedKeys } from '../../src/visas/register-keys.ts';
import { stayFrom } from '../../src/visas/stay.ts';
import {
  connectTo,
  question,
  startTestRegister,
} from '../dev/sandbox-register/running-register.ts';
import type { TestRegister } from '../dev/sandbox-register/running-register.ts';

// The connector against the sandbox register over real HTTP. What is attacked: an answer forged, replayed, kept, moved to
// another person, or never ending must never become "found" and never "not found".

let sandbox: TestRegister;
beforeAll(async () => {
  sandbox = await startTestRegister();
});
afterAll(() => sandbox.close());

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a register that answers', () => {
  test('tells person, document, visa and admission of the document asked about', async () => {
    const { register, attempts } = sandbox.connect();
    const answer = await register.ask(question());
    expect(answer).toMatchObject({
      kind: 'found',
      person: { nameAsRecorded: 'ERIKSSON, ANNA MARIA', dateOfBirth: '1990-08-12', sex: 'F' },
      document: { issuingState: 'UTO', documentNumber: 'L898902C3', status: 'current' },
      visa: { class: 'B', status: 'in_effect' },
      admission: { permission: 'until_date', workAllowed: true },
      departure: null,
      contacts: [{ kind: 'email' }],
      entryPhotoHeld: true,
      source: 'sandbox_immigration',
    });
    expect(stayFrom(answer, systemClock.now()).status).toBe('lawful_until');
    expect(attempts).toMatchObject([{ attempt: 1, outcome: 'found' }]);
  });

  test('says not found in its own signed words, also for a wrong birth date', async () => {
    const { register } = sandbox.connect();
    expect((await register.ask(question('NOSUCH123'))).kind).toBe('not_found');
    const wrongDate = question('L898902C3', { dateOfBirth: '1990-08-13' });
    expect((await register.ask(wrongDate)).kind).toBe('not_found');
  });

  test('finds a visa by its number with the document, and only so', async () => {
    const { register } = sandbox.connect();
    const asked = question('L898902C3', { visaNumber: 'V100000001' });
    expect((await register.ask(asked)).kind).toBe('found');
    const another = question('L898902C3', { visaNumber: 'V999999999' });
    expect((await register.ask(another)).kind).toBe('not_found');
  });

  test('is believed with pinned keys too', async () => {
    const jwks: unknown = await (await fetch(`${sandbox.url}/.well-known/jwks.json`)).json();
    const { register } = sandbox.connect({ registerKeys: await pinnedKeys(jwks) });
    expect((await register.ask(question())).kind).toBe('found');
  });

  test('says pending until it has looked', async () => {
    const { register } = sandbox.connect();
    const kinds = [];
    for (let n = 0; n < 3; n += 1) kinds.push((await register.ask(question('PENDING01'))).kind);
    expect(kinds).toEqual(['pending', 'pending', 'found']);
  });

  test('is asked again after a failed try, with the same request id and a new assertion', async () => {
    const { register, attempts } = sandbox.connect();
    expect((await register.ask(question('FLAKY0001'))).kind).toBe('found');
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['http', 'found']);
    expect(new Set(attempts.map(({ requestId }) => requestId)).size).toBe(1);
  });

  test('may cancel a visa between check and issue: asking again shows it', async () => {
    const { register } = sandbox.connect();
    const first = await register.ask(question('CANCEL001'));
    const second = await register.ask(question('CANCEL001'));
    expect(first).toMatchObject({ kind: 'found', visa: { status: 'in_effect' } });
    expect(second).toMatchObject({ kind: 'found', visa: { status: 'cancelled' } });
  });
});

describe('no answer is unavailable, with its reason, never not found', () => {
  test.each([
    ['TIMEOUT01', 'timeout', 2],
    ['SLOW00001', 'timeout', 2],
    ['DRIP00001', 'timeout', 2],
    ['DROP00001', 'connection', 2],
    ['CUT000001', 'connection', 2],
    ['ERROR0001', 'http', 2],
    ['REFUSE001', 'refused', 1],
    ['REDIRECT1', 'redirect', 1],
    ['HTML00001', 'content_type', 1],
    ['BIG000001', 'too_large', 1],
    ['GARBAGE01', 'malformed', 1],
    ['BADSHAPE1', 'malformed', 1],
    ['UNSIGNED1', 'signature', 1],
    ['BADSIG001', 'signature', 1],
    ['NOKEY0001', 'signature', 1],
    ['BADAUD001', 'wrong_party', 1],
    ['REPLAY001', 'replay', 1],
    ['RETRIED01', 'replay', 1],
    ['STALE0001', 'stale', 1],
    ['OTHER0001', 'wrong_question', 1],
    ['SWAPPED01', 'wrong_question', 1],
  ] as const)('%s: %s after %i tries', async (documentNumber, reason, attempts) => {
    const { register } = sandbox.connect();
    const answer = await register.ask(question(documentNumber));
    expect(answer).toEqual({ kind: 'unavailable', reason, attempts });
    expect(stayFrom(answer, systemClock.now()).status).toBe('unknown');
  });

  test('a slow answer within the time is an answer', async () => {
    const { register } = sandbox.connect({ limits: { attemptTimeoutMs: 5000, maxAttempts: 1 } });
    expect((await register.ask(question('SLOW00001'))).kind).toBe('found');
  });

  test('a played outage ends by itself when the register is up again', async () => {
    const { register } = sandbox.connect();
    await sandbox.control('outage', { down: true });
    expect(await register.ask(question())).toMatchObject({ kind: 'unavailable', reason: 'http' });
    await sandbox.control('outage', { down: false });
    expect((await register.ask(question())).kind).toBe('found');
  });

  test('an answer recorded on the way is worth nothing the next time, even for the same person', async () => {
    const recorded: Buffer[] = [];
    const url = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void (async () => {
          const forwarded = await fetch(`${sandbox.url}/v1/questions`, {
            method: 'POST',
            headers: { authorization: request.headers.authorization ?? '' },
            body: Buffer.concat(chunks),
          });
          const genuine = Buffer.from(await forwarded.arrayBuffer());
          recorded.push(genuine);
          response.writeHead(200, { 'content-type': 'application/jose' }).end(recorded[0]);
        })();
      });
    });
    const { register } = sandbox.connect({ url });
    const asked = question();
    expect((await register.ask(asked)).kind).toBe('found');
    expect(await register.ask(asked)).toMatchObject({ reason: 'replay' });
    expect(await register.ask(question('X12345678'))).toMatchObject({ reason: 'replay' });
  });

  test('a register whose keys cannot be had is not believed, and not blamed on the person', async () => {
    const nowhere = await serve((_, response) => response.writeHead(500).end());
    const { register } = connectTo(nowhere, sandbox.issuer, sandbox.clientJwk, systemClock, {
      url: sandbox.url,
    });
    expect(await register.ask(question())).toMatchObject({ kind: 'unavailable', reason: 'keys' });
  });

  test('a register of another name is not asked in its name', async () => {
    const { register } = sandbox.connect({ registerIssuer: 'https://register.example' });
    expect(await register.ask(question())).toMatchObject({ reason: 'refused' });
  });

  test('plain http to a register is refused unless allowed', async () => {
    const { register } = sandbox.connect({ allowPlainHttp: false });
    expect(await register.ask(question())).toMatchObject({ reason: 'connection' });
  });
});

describe('the breaker', () => {
  test('stops asking a register that is down, lets one trial out after its time, and closes on success', async () => {
    let now = new Date('2026-11-22T10:00:00Z');
    const own = await startTestRegister({ now: () => now });
    const limits = { maxAttempts: 1, breaker: { failuresToOpen: 3, openSeconds: 10 } };
    const { register, attempts } = own.connect({ limits });
    await own.control('outage', { down: true });
    for (let n = 0; n < 3; n += 1) await register.ask(question());
    expect(register.breakerKind()).toBe('open');
    expect(await register.ask(question())).toEqual({
      kind: 'unavailable',
      reason: 'breaker_open',
      attempts: 0,
    });
    expect(attempts).toHaveLength(3);

    now = addSeconds(now, 10);
    expect(await register.ask(question())).toMatchObject({ reason: 'http' });
    expect(register.breakerKind()).toBe('open');

    await own.control('outage', { down: false });
    now = addSeconds(now, 10);
    expect((await register.ask(question())).kind).toBe('found');
    expect(register.breakerKind()).toBe('closed');
    await own.close();
  });

  test('stays closed when single answers are wrong: one bad record must not silence the register', async () => {
    const { register } = sandbox.connect({
      limits: { maxAttempts: 1, breaker: { failuresToOpen: 2, openSeconds: 10 } },
    });
    for (let n = 0; n < 4; n += 1) await register.ask(question('BADSHAPE1'));
    expect(register.breakerKind()).toBe('closed');
    expect((await register.ask(question())).kind).toBe('found');
  });
});

test('a made-up key id does not become a request for keys each time', async () => {
  let asked = 0;
  const jwks = await (await fetch(`${sandbox.url}/.well-known/jwks.json`)).text();
  const keysOnly = await serve((_, response) => {
    asked += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(jwks);
  });
  const { register } = connectTo(keysOnly, sandbox.issuer, sandbox.clientJwk, systemClock, {
    url: sandbox.url,
  });
  for (let n = 0; n < 5; n += 1) await register.ask(question('NOKEY0001'));
  expect(asked).toBe(1);
});

test('a pinned key set without a usable key is refused at start', async () => {
  await expect(pinnedKeys({ keys: [{ kty: 'RSA', kid: '1', n: 'AQ', e: 'AQ' }] })).rejects.toThrow(
    /no ES256 key/,
  );
});
