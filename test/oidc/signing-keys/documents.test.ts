import { beforeAll, expect, it } from 'vitest';
import { startTestServer } from '../../harness.ts';
import type { TestServer } from '../../harness.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

it.each([
  ['/oidc/jwks', 'application/jwk-set+json'],
  ['/.well-known/openid-configuration', 'application/json'],
  ['/.well-known/oauth-authorization-server', 'application/json'],
])('%s may be kept, and is not sent again to who has it', async (path, type) => {
  // From a page of another site too, the first time and later.
  const first = await fetch(`${server.url}${path}`, {
    headers: { origin: 'https://lands.example' },
  });
  expect(first.status).toBe(200);
  expect(first.headers.get('content-type')).toContain(type);
  expect(first.headers.get('cache-control')).toBe('public, max-age=600, must-revalidate');
  expect(first.headers.get('access-control-allow-origin')).toBe('*');
  expect(first.headers.get('vary')).toBeNull();
  expect(first.headers.getSetCookie()).toEqual([]);
  const text = await first.text();

  const etag = first.headers.get('etag')!;
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  const again = await fetch(`${server.url}${path}`, { headers: { 'if-none-match': etag } });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe('');
  expect(again.headers.get('cache-control')).toBe('public, max-age=600, must-revalidate');
  const other = await fetch(`${server.url}${path}`, { headers: { 'if-none-match': '"other"' } });
  expect([other.status, await other.text()]).toEqual([200, text]);
  const head = await fetch(`${server.url}${path}`, { method: 'HEAD' });
  expect([head.status, head.headers.get('etag')]).toEqual([200, etag]);
  expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  expect(await head.text()).toBe('');
});

it('publishes a key for each algorithm it offers, and nothing of a private one', async () => {
  const { keys } = (await (await fetch(`${server.url}/oidc/jwks`)).json()) as {
    keys: Record<string, string>[];
  };
  const metadata = (await (
    await fetch(`${server.url}/.well-known/openid-configuration`)
  ).json()) as Record<string, string[]>;
  const algs = ['ES256', 'EdDSA', 'PS256', 'RS256'];
  expect(metadata.id_token_signing_alg_values_supported!.toSorted()).toEqual(algs);
  const signing = keys.filter(({ use }) => use === 'sig').map(({ alg }) => alg!);
  expect(signing.toSorted()).toEqual(algs);
  const members = new Set(keys.flatMap((key) => Object.keys(key)));
  expect([...members].toSorted()).toEqual(
    ['alg', 'crv', 'e', 'kid', 'kty', 'n', 'use', 'x', 'y'].filter((name) => members.has(name)),
  );
});

it('asks nobody to keep what a node says that could not read the keys lately', async () => {
  const stale = await startTestServer({ KEY_MARGIN_SECONDS: '1' });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const response = await fetch(`${stale.url}/oidc/jwks`);
  expect(response.headers.get('cache-control')).toBe('no-cache');
  await stale.app.providerKeys.refresh();
  const fresh = await fetch(`${stale.url}/oidc/jwks`);
  expect(fresh.headers.get('cache-control')).toContain('max-age=600');
});
