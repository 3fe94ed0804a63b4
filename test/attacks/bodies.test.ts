import { request as httpRequest } from 'node:http';
import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { newWalker, signUp } from '../walk.ts';

/* Bodies that are too large, too slow or never end: a refusal that arrives, and no more memory than a form takes. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 30_000);

/** Posts `bytes` in pieces without saying how many they are. */
function postPieces(path: string, type: string, bytes: Buffer): Promise<number | string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    const headers = { 'content-type': type, 'transfer-encoding': 'chunked', accept: 'text/html' };
    const call = httpRequest({ hostname, port, path, method: 'POST', headers }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    });
    call.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    for (let at = 0; at < bytes.length; at += 16_384) call.write(bytes.subarray(at, at + 16_384));
    call.end();
  });
}

it('answers 413 to a form that grows past its limit, though nothing said how large it would be', async () => {
  const form = Buffer.from(`email=${'a'.repeat(300_000)}`);
  for (let count = 0; count < 5; count++)
    expect(await postPieces('/create', 'application/x-www-form-urlencoded', form)).toBe(413);
  const json = Buffer.from(`{"token":"${'a'.repeat(300_000)}"}`);
  expect(await postPieces('/api/reader/sessions', 'application/json', json)).toBe(413);
});

it('takes files where a page asks for them and nowhere else', async () => {
  const walker = newWalker(server.url);
  const file = { name: 'a.bin', type: 'application/octet-stream', bytes: Buffer.alloc(200_000) };
  for (const path of ['/create', '/sign-in', '/recover', '/console/sign-in'])
    expect((await walker.postFiles(path, { a: file })).status).toBe(400);
  const person = await signUp(server, { email: 'files@example.org' });
  expect((await person.walker.postFiles('/freeze', { a: file })).status).toBe(400);
});

it('holds no more of a form without files than a form may have', async () => {
  const walker = newWalker(server.url);
  await walker.get('/create');
  const fields = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`field${index}`, 'x'.repeat(4000)]),
  );
  expect((await walker.postFiles('/create', {}, fields)).status).toBe(413);
});
