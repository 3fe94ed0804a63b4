import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../src/lib/clock.ts';
import { registerContent } from '../../../src/dev/sandbox-register/sandbox-record.ts';
import { openRecordFile } from '../../../src/dev/sandbox-register/record-file.ts';
import { startSandboxRegister } from '../../../src/dev/sandbox-register/start-sandbox-register.ts';
import { stayFrom } from '../../../src/visas/stay.ts';
import { CLIENT_ID, connectTo, question, startTestRegister } from './running-register.ts';
import type { TestRegister } from './running-register.ts';

let sandbox: TestRegister;
beforeEach(async () => {
  sandbox = await startTestRegister();
});
afterEach(() => sandbox.close());

function submit(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  return fetch(sandbox.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  });
}

async function annasStay(): Promise<string> {
  const { register } = sandbox.connect();
  return stayFrom(await register.ask(question()), systemClock.now()).status;
}

describe('the page', () => {
  test('shows everybody on record, says that it is a sandbox, and runs no script', async () => {
    const response = await fetch(sandbox.url, { headers: { 'accept-language': 'en' } });
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(page).toContain('<html lang="en"');
    for (const word of ['Sandbox', 'ERIKSSON, ANNA MARIA', 'SUKARNO', 'ŌKUBO, TOMÁS', 'TIMEOUT'])
      expect(page).toContain(word);
    expect(page).not.toContain('<script');
  });

  test('speaks Thai when asked, by link or by the browser', async () => {
    for (const page of [
      await (await fetch(`${sandbox.url}/?lang=th`)).text(),
      await (await fetch(sandbox.url, { headers: { 'accept-language': 'th' } })).text(),
    ]) {
      expect(page).toContain('<html lang="th"');
      expect(page).toContain('ทะเบียนตรวจคนเข้าเมือง');
      expect(page).toContain('ท่องเที่ยว');
    }
    const font = await fetch(`${sandbox.url}/fonts/thai-600.woff2`);
    expect(font.headers.get('content-type')).toBe('font/woff2');
    expect((await font.arrayBuffer()).byteLength).toBeGreaterThan(5000);
  });

  test('lets things happen, and the next question shows them', async () => {
    expect(await annasStay()).toBe('lawful_until');
    const played = await submit('/records/SBX-0001/events?lang=th', { event: 'end_stay' });
    expect(played.status).toBe(303);
    expect(played.headers.get('location')).toBe('/?lang=th#SBX-0001');
    expect(await annasStay()).toBe('expired');
    await submit('/records/SBX-0001/events', { event: 'leave' });
    expect(await annasStay()).toBe('departed');
    await submit('/reset', {});
    expect(await annasStay()).toBe('lawful_until');
  });

  test('says in words why something could not happen, at the person it concerns', async () => {
    const played = await submit('/records/SBX-0001/events?lang=en', { event: 'enter' });
    const page = await (await fetch(new URL(played.headers.get('location')!, sandbox.url))).text();
    expect(page).toMatch(/role="alert"[^>]*>[^<]*this person is in the country already/);
  });

  test('takes the register down and up', async () => {
    await submit('/outage', { down: 'true' });
    expect(await (await fetch(`${sandbox.url}/?lang=en`)).text()).toContain('The register is down');
    expect(await annasStay()).toBe('unknown');
    await submit('/outage', { down: 'false' });
    expect(await annasStay()).toBe('lawful_until');
  });

  test('takes no form from another site, no unknown event, nobody unknown', async () => {
    const crossSite = { 'sec-fetch-site': 'cross-site' };
    expect((await submit('/outage', { down: 'true' }, crossSite)).status).toBe(403);
    expect((await submit('/records/SBX-0001/events', { event: 'vanish' })).status).toBe(422);
    expect((await submit('/records/SBX-7777/events', { event: 'leave' })).status).toBe(404);
    expect(await annasStay()).toBe('lawful_until');
  });

  test('shows a name that is markup as text', async () => {
    const { records } = registerContent.parse(
      JSON.parse(readFileSync(join(sandbox.dataDir, 'records.json'), 'utf8')),
    );
    const [anna] = records;
    const person = { ...anna!.person, nameAsRecorded: '<img src=x onerror=alert(1)>' };
    expect((await sandbox.control('records', { ...anna, person })).status).toBe(200);
    const page = await (await fetch(sandbox.url)).text();
    expect(page).toContain('&lt;img src=x');
    expect(page).not.toContain('<img');
  });
});

describe('the controls for machines', () => {
  test('play an event on the holder of a document', async () => {
    const leave = { issuingState: 'UTO', documentNumber: 'L898902C3', event: 'leave' };
    expect((await sandbox.control('events', leave)).status).toBe(200);
    expect(await annasStay()).toBe('departed');
    const again = await sandbox.control('events', leave);
    expect(again.status).toBe(409);
    expect(z.object({ reason: z.string() }).parse(await again.json()).reason).toBe('not_inside');
    const nobody = await sandbox.control('events', { ...leave, documentNumber: 'NOSUCH' });
    expect(nobody.status).toBe(404);
  });

  test('give a person a renewed passport: both documents are one person', async () => {
    const state: unknown = await (await fetch(`${sandbox.url}/control/state`)).json();
    const { records } = registerContent.pick({ records: true }).parse(state);
    const anna = records[0]!;
    const documents = [
      { ...anna.documents[0]!, status: 'replaced' },
      { issuingState: 'UTO', documentNumber: 'L99000001', status: 'current' },
    ];
    await sandbox.control('records', { ...anna, documents });
    const { register } = sandbox.connect();
    const [old, renewed] = [
      await register.ask(question()),
      await register.ask(question('L99000001')),
    ];
    expect(old).toMatchObject({ kind: 'found', document: { status: 'replaced' } });
    expect(renewed).toMatchObject({ kind: 'found', document: { status: 'current' } });
    expect(old.kind === 'found' && old.person).toEqual(renewed.kind === 'found' && renewed.person);
  });

  test('refuse what is no JSON, malformed, or unknown', async () => {
    const url = `${sandbox.url}/control/outage`;
    const text = {
      method: 'POST',
      body: '{"down":true}',
      headers: { 'content-type': 'text/plain' },
    };
    expect((await fetch(url, text)).status).toBe(415);
    expect((await sandbox.control('outage', { down: 'yes' })).status).toBe(422);
    expect((await sandbox.control('constructor', {})).status).toBe(404);
    expect(await annasStay()).toBe('lawful_until');
  });
});

describe('what happened stays', () => {
  test('over a restart, with the same key', async () => {
    await sandbox.control('events', {
      issuingState: 'UTO',
      documentNumber: 'L898902C3',
      event: 'end_stay',
    });
    const again = await startSandboxRegister({
      port: 0,
      dataDir: sandbox.dataDir,
      clientId: CLIENT_ID,
      clientJwks: { keys: [sandbox.clientJwk] },
    });
    const { register } = connectTo(again.url, again.issuer, sandbox.clientJwk, systemClock);
    const answer = await register.ask(question());
    expect(stayFrom(answer, systemClock.now()).status).toBe('expired');
    const keysOf = async (url: string) => (await fetch(`${url}/.well-known/jwks.json`)).text();
    expect(await keysOf(again.url)).toBe(await keysOf(sandbox.url));
    await again.close();
  });

  test('in one whole file: no half-written one is left or read', async () => {
    await sandbox.control('outage', { down: true });
    expect(readdirSync(sandbox.dataDir).toSorted()).toEqual(['records.json', 'signing-key.json']);
    const path = join(sandbox.dataDir, 'records.json');
    const whole = readFileSync(path, 'utf8');
    writeFileSync(`${path}.next`, whole.slice(0, 100));
    const seed = () => ({ version: 1 as const, down: false, records: [], corrections: [] });
    expect(openRecordFile(path, seed).content().down).toBe(true);
    writeFileSync(path, whole.slice(0, 100));
    expect(() => openRecordFile(path, seed)).toThrow(/is not a sandbox register's file/);
  });
});
