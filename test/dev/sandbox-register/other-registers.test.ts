import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import {
  createHttpCorrections,
  createHttpRegister,
  createHttpWatch,
} from '../../../src/visas/http-register.ts';
import type { HttpRegisterSettings } from '../../../src/visas/http-register.ts';
import { JWKS_PATH } from '../../../src/visas/register-envelope.ts';
import { fetchedKeys } from '../../../src/visas/register-keys.ts';
import { CLIENT_ID, question, startTestRegister } from './running-register.ts';
import type { TestRegister } from './running-register.ts';

let sandbox: TestRegister;
beforeAll(async () => {
  sandbox = await startTestRegister();
});
afterAll(() => sandbox.close());

const source = { clock: systemClock, random: systemRandom };

function settingsAt(path: string): HttpRegisterSettings {
  const url = sandbox.url + path;
  return {
    url,
    registerIssuer: url,
    clientId: CLIENT_ID,
    signingJwk: sandbox.clientJwk,
    registerKeys: fetchedKeys({
      url: url + JWKS_PATH,
      clock: systemClock,
      allowPlainHttp: true,
      timeoutMs: 500,
    }),
    allowPlainHttp: true,
    limits: { maxAttempts: 1 },
  };
}

describe('the labour register', () => {
  test('tells the work permit by the same contract, with a lag and a name of its own', async () => {
    const said = await createHttpRegister(settingsAt('/labour'), source).ask(question());
    expect(said).toMatchObject({
      kind: 'found',
      source: 'sandbox_labour',
      visa: null,
      admission: null,
      workPermit: { number: 'WP-SBX-0001', status: 'in_effect' },
    });
    const asOf = 'asOf' in said ? Date.parse(said.asOf) : 0;
    expect(Date.now() - asOf).toBeGreaterThan(5 * 3600_000);
  });

  test.each([
    ['LABDIFF01', { kind: 'found', person: { nationality: 'XXB' } }],
    ['LABDOWN01', { kind: 'unavailable', reason: 'http' }],
    ['Z99999999', { kind: 'not_found' }],
  ])('answers %s as its page says', async (documentNumber, expected) => {
    const port = createHttpRegister(settingsAt('/labour'), source);
    expect(await port.ask(question(documentNumber))).toMatchObject(expected);
  });

  test('is not the immigration register: an answer of the one is none of the other', async () => {
    const settings = { ...settingsAt('/labour'), registerIssuer: sandbox.url };
    expect(await createHttpRegister(settings, source).ask(question())).toMatchObject({
      kind: 'unavailable',
      reason: 'refused',
    });
  });
});

describe('the watch list', () => {
  test.each([
    ['L898902C3', { kind: 'not_found' }],
    ['LOST00001', { kind: 'hit', list: 'lost_or_stolen' }],
    ['STOLEN001', { kind: 'hit', list: 'lost_or_stolen' }],
    ['WATCHED01', { kind: 'hit', list: 'watch_list' }],
    ['LISTDOWN1', { kind: 'unavailable', reason: 'http' }],
  ])('answers %s as its page says', async (documentNumber, expected) => {
    const list = createHttpWatch(settingsAt('/watch'), source);
    expect(await list.ask(question(documentNumber))).toMatchObject(expected);
  });

  test('speaks no other language: a register that answers as a list is malformed, and the other way round', async () => {
    const asList = createHttpWatch(settingsAt(''), source);
    expect(await asList.ask(question())).toMatchObject({ reason: 'malformed' });
    const asRegister = createHttpRegister(settingsAt('/watch'), source);
    expect(await asRegister.ask(question('LOST00001'))).toMatchObject({ reason: 'malformed' });
  });
});

describe('a request to correct an entry', () => {
  const { visaNumber: _, ...wrong } = question('WRONG0001');
  const correction = {
    ...wrong,
    entry: 'name',
    statement: 'My name is Anna Maria Eriksson.',
  } as const;

  test('is received once, and tells how it stands whenever it is sent again', async () => {
    const port = createHttpCorrections(settingsAt(''), source);
    expect(await port.request(correction)).toMatchObject({ kind: 'correction', state: 'received' });
    expect(await port.request(correction)).toMatchObject({ state: 'received' });
    const page = await (await fetch(sandbox.url)).text();
    expect(page.split(correction.statement)).toHaveLength(2);

    const settle = (value: string) =>
      fetch(`${sandbox.url}/corrections/${correction.requestId}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ state: 'corrected', value }),
      });
    expect((await settle('ERIKSSON, ANNA MARIA')).status).toBe(303);
    expect(await port.request(correction)).toMatchObject({ state: 'corrected' });
    const register = createHttpRegister(settingsAt(''), source);
    expect(await register.ask(question('WRONG0001'))).toMatchObject({
      person: { nameAsRecorded: 'ERIKSSON, ANNA MARIA' },
    });
  });

  test('may be rejected, and then nothing is changed', async () => {
    const port = createHttpCorrections(settingsAt('/labour'), source);
    const request = { ...question('LABDIFF01'), entry: 'nationality', statement: 'UTO' } as const;
    await port.request(request);
    const { requestId } = request;
    const settled = await sandbox.control('corrections', { requestId, state: 'rejected' });
    expect(settled.status).toBe(200);
    expect(await port.request(request)).toMatchObject({ state: 'rejected' });
  });

  test('of a value that does not fit the entry is not entered', async () => {
    const port = createHttpCorrections(settingsAt(''), source);
    const request = { ...question(), entry: 'date_of_birth', statement: 'It was in May.' } as const;
    await port.request(request);
    const { requestId } = request;
    const settled = await sandbox.control('corrections', {
      requestId,
      state: 'corrected',
      value: 'in May',
    });
    expect(settled.status).toBe(404);
    expect(await port.request(request)).toMatchObject({ state: 'received' });
  });
});
