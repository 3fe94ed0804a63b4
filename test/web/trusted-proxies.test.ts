import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { expect, it } from 'vitest';
import { networkList } from '../../src/lib/network-address.ts';
import type { WebApp } from '../../src/web/context.ts';
import { pinAddress } from '../../src/web/middleware.ts';
import { atEnd } from '../at-end.ts';
import { testConfig } from '../harness.ts';

/** The addresses that our own server takes a caller for, from a peer that says so. */
async function seenAs(settings: Record<string, string>, peers: string[]): Promise<string[]> {
  const config = testConfig(settings);
  const koa = new Koa({ proxy: true, maxIpsCount: Math.max(1, config.TRUSTED_PROXIES) });
  koa.use(pinAddress({ config } as WebApp));
  koa.use((ctx) => {
    ctx.body = `${ctx.ip} ${ctx.protocol}://${ctx.host}`;
  });
  const server = koa.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  atEnd(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const ask = (localAddress: string) =>
    new Promise<string>((resolve, reject) => {
      const headers = {
        host: 'evil.example',
        'x-forwarded-for': '198.51.100.7',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
      };
      const call = request({ host: '127.0.0.1', port, localAddress, headers, agent: false });
      call.on('response', (response) => {
        void response.toArray().then((chunks) => resolve(Buffer.concat(chunks).toString()));
      });
      call.on('error', reject);
      call.end();
    });
  return Promise.all(peers.map(ask));
}

const ISSUER = 'http://localhost:4321';

it('takes a caller’s address from a named proxy alone, and never a host or scheme from anybody', async () => {
  const peers = ['127.0.0.1', '127.0.0.2'];
  expect(await seenAs({ ISSUER }, peers)).toEqual(peers.map((peer) => `${peer} ${ISSUER}`));
  const one = { ISSUER, TRUSTED_PROXIES: '1', TRUSTED_PROXY_NETWORKS: '127.0.0.2/32, ::1' };
  expect(await seenAs(one, peers)).toEqual([`127.0.0.1 ${ISSUER}`, `198.51.100.7 ${ISSUER}`]);
  // As before: a proxy that is the only way to us need not be named.
  expect(await seenAs({ ISSUER, TRUSTED_PROXIES: '1' }, ['127.0.0.1'])).toEqual([
    `198.51.100.7 ${ISSUER}`,
  ]);
});

it('knows an address of a network in each of its clothes', () => {
  const known = networkList(['10.1.0.0/16', '192.0.2.7', 'fd00:1::/32']);
  for (const inside of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', 'fd00:1::5', 'fd00:1::5%eth0'])
    expect([inside, known(inside)]).toEqual([inside, true]);
  for (const outside of ['10.2.0.1', '192.0.2.8', '::1', 'fd00:2::1', '', 'x', '::ffff:10.2.0.1'])
    expect([outside, known(outside)]).toEqual([outside, false]);
  expect(networkList([])('127.0.0.1')).toBe(false);
});
