import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { isPublicAddress } from '../../src/lib/network-address.ts';
import { callOutbound } from '../../src/lib/outbound-http.ts';
import type { OutboundRequest } from '../../src/lib/outbound-http.ts';

// Servers we call may be hostile or broken (webhooks, registers): each bound is proven against one that breaks it.

const open: { close(): void }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function call(url: string, changes: Partial<OutboundRequest> = {}) {
  return callOutbound({
    url,
    method: 'GET',
    totalTimeoutMs: 400,
    maxResponseBytes: 1000,
    acceptTypes: ['application/json'],
    allowPrivate: true,
    allowPlainHttp: true,
    ...changes,
  });
}

describe('an outbound call', () => {
  test('gives status, media type and body, and sends method, headers and body', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(201, { 'content-type': 'Application/JSON; charset=utf-8' });
        response.end(JSON.stringify([request.method, request.headers['x-one'], body]));
      });
    });
    const answer = await call(url, { method: 'POST', headers: { 'x-one': '1' }, body: 'สวัสดี' });
    expect(answer).toMatchObject({ ok: true, status: 201, contentType: 'application/json' });
    expect(answer.ok && JSON.parse(answer.body.toString())).toEqual(['POST', '1', 'สวัสดี']);
  });

  test('gives an error status as an answer, whatever its media type', async () => {
    const url = await serve((_, response) => response.writeHead(503).end('busy'));
    expect(await call(url)).toMatchObject({ ok: true, status: 503, contentType: '' });
  });

  test('ends when a server never answers', async () => {
    const url = await serve(() => {});
    expect(await call(url)).toEqual({ ok: false, reason: 'timeout' });
  });

  test('ends in total time when a server drips a byte at a time', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const startedAt = performance.now();
    expect(await call(url)).toEqual({ ok: false, reason: 'timeout' });
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test.each([
    ['declared', { 'content-length': '1001' }],
    ['streamed without a length', {}],
  ])('refuses a body that is too large, %s', async (_, headers) => {
    const url = await serve((__, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...headers });
      response.end(Buffer.alloc(1001));
    });
    expect(await call(url)).toEqual({ ok: false, reason: 'too_large', status: 200 });
  });

  test('accepts a body of exactly the limit', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.alloc(1000));
    });
    expect(await call(url)).toMatchObject({ ok: true });
  });

  test('follows no redirect', async () => {
    const url = await serve((_, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await call(url)).toEqual({ ok: false, reason: 'redirect', status: 302 });
  });

  test.each([
    ['another media type', { 'content-type': 'text/html' }],
    ['no media type', {}],
    ['a compressed body', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('refuses %s', async (_, headers) => {
    const url = await serve((__, response) => response.writeHead(200, headers).end('{}'));
    expect(await call(url)).toEqual({ ok: false, reason: 'content_type', status: 200 });
  });

  test('refuses a body that is cut off', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"a":');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await call(url)).toMatchObject({ ok: false, reason: 'broken' });
  });

  test('says when nobody listens', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await call(`http://127.0.0.1:${port}/`)).toMatchObject({ reason: 'unreachable' });
  });

  test('says when the other side does not speak TLS', async () => {
    const url = await serve((_, response) => response.end());
    expect(await call(url.replace('http:', 'https:'))).toMatchObject({ ok: false, reason: 'tls' });
  });

  test.each([
    'ftp://example.org/',
    'file:///etc/hosts',
    'https://user:secret@example.org/',
    'nonsense',
  ])('refuses the address %s', async (url) => {
    expect(await call(url)).toEqual({ ok: false, reason: 'bad_url' });
  });

  test('refuses plain http unless it is allowed', async () => {
    expect(await call('http://example.org/', { allowPlainHttp: false })).toEqual({
      ok: false,
      reason: 'bad_url',
    });
  });
});

describe('the guard against calls into our own network', () => {
  test.each([
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0x7f.1',
    '2130706433',
    '169.254.169.254',
  ])('refuses the literal address %s', async (host) => {
    const url = `http://${host}/`;
    expect(await call(url, { allowPrivate: false })).toEqual({
      ok: false,
      reason: 'forbidden_address',
    });
  });

  test('refuses a name that resolves to this machine, without connecting', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    const answer = await call(url.replace('127.0.0.1', 'localhost'), { allowPrivate: false });
    expect(answer).toMatchObject({ ok: false, reason: 'forbidden_address' });
    expect(asked).toBe(0);
  });

  test.each([
    ['8.8.8.8', true],
    ['172.15.255.255', true],
    ['172.16.0.0', false],
    ['172.31.255.255', false],
    ['172.32.0.0', true],
    ['10.1.2.3', false],
    ['100.64.0.1', false],
    ['192.168.1.1', false],
    ['0.0.0.0', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['2606:4700::1111', true],
    ['::', false],
    ['::1', false],
    ['fe80::1%eth0', false],
    ['fc00::1', false],
    ['::ffff:8.8.8.8', false],
    ['64:ff9b::7f00:1', false],
    ['2002:7f00:1::', false],
    ['2001:0:1::', false],
    ['2001:db8::1', false],
    ['not an address', false],
  ])('%s is public: %s', (address, expected) => {
    expect(isPublicAddress(address)).toBe(expected);
  });
});
