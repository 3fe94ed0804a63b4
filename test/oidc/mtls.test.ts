import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../src/app.ts';
import { createListener } from '../../src/web/listener.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { makeCertificate } from './client-certificates.ts';
import type { TestCertificate } from './client-certificates.ts';
import { CALLBACK, authorize, relyingParty } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

/*
 * Services known by their certificate (RFC 8705), which comes either by our own TLS or in a header of the one proxy
 * that is trusted: here 127.0.0.2, while everybody else comes from 127.0.0.1.
 */
const PROXY = '127.0.0.2';
const authority = makeCertificate({ name: [['CN', 'Service Authority']], isAuthority: true });
const host = makeCertificate({
  name: [['CN', 'id.example']],
  alternative: [{ tag: 'ip', value: '127.0.0.1' }],
});
const known = makeCertificate({
  name: [
    ['C', 'TH'],
    ['CN', 'lands api'],
  ],
  alternative: [{ tag: 'dns', value: 'api.lands.example' }],
  by: authority,
});
/** The same names, of nobody's authority. */
const impostor = makeCertificate({
  name: [
    ['C', 'TH'],
    ['CN', 'lands api'],
  ],
  alternative: [{ tag: 'dns', value: 'api.lands.example' }],
});
const selfSigned = makeCertificate({ name: [['CN', 'self']] });

let server: TestServer;
let tlsPort: number;
let walker: Walker;
let byName: RelyingParty;
let byKey: RelyingParty;

beforeAll(async () => {
  server = await startTestServer({
    TLS_CERT: host.pem,
    TLS_KEY: host.keyPem,
    MTLS_AUTHORITIES: authority.pem,
    MTLS_HEADER: 'Client-Cert',
    MTLS_VERIFIED_HEADER: 'X-Client-Verify',
    TRUSTED_PROXY_NETWORKS: `${PROXY}/32`,
    MTLS_URL: 'https://mtls.id.example',
  });
  const { app } = server;
  const tls = createListener(app.config, createServer(app).callback()).listen(0, '127.0.0.1');
  await new Promise((resolve) => tls.once('listening', resolve));
  tlsPort = (tls.address() as AddressInfo).port;
  afterAll(() => new Promise((resolve) => tls.close(resolve)));
  ({ walker } = await signUp(server, { email: 'anna@example.org' }));
  byName = await relyingParty(server, {
    client_id: 'lands-tls',
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: 'CN=lands api,C=TH',
    tls_client_certificate_bound_access_tokens: true,
  });
  byKey = await relyingParty(server, {
    client_id: 'lands-self',
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    tls_client_certificate_bound_access_tokens: true,
    jwks: { keys: [jwkOf(selfSigned)] },
  });
}, 30_000);

function jwkOf(certificate: TestCertificate) {
  const { x, y } = certificate.privateKey.export({ format: 'jwk' });
  return { kty: 'EC', crv: 'P-256', x, y, x5c: [certificate.der.toString('base64')] };
}

interface Way {
  /** The address that the call comes from, over HTTP; null for our own TLS. */
  from: string | null;
  headers?: Record<string, string>;
  certificate?: TestCertificate;
}

const byProxy = (certificate: TestCertificate, verified = 'SUCCESS'): Way => ({
  from: PROXY,
  headers: {
    'client-cert': `:${certificate.der.toString('base64')}:`,
    'x-client-verify': verified,
  },
});
const byTls = (certificate?: TestCertificate): Way => ({
  from: null,
  ...(certificate ? { certificate } : {}),
});

function call(way: Way, path: string, fields?: Record<string, string>, more = {}) {
  const body = fields ? new URLSearchParams(fields).toString() : undefined;
  const options = {
    host: '127.0.0.1',
    path,
    method: fields ? 'POST' : 'GET',
    agent: false,
    headers: {
      ...(fields ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...way.headers,
      ...more,
    },
  };
  return new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
    const request =
      way.from === null
        ? httpsRequest({
            ...options,
            port: tlsPort,
            rejectUnauthorized: false,
            ...(way.certificate ? { cert: way.certificate.pem, key: way.certificate.keyPem } : {}),
          })
        : httpRequest({ ...options, port: new URL(server.url).port, localAddress: way.from });
    request.on('response', (response) => {
      void response.toArray().then((chunks: Buffer[]) => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode!,
          body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** How a service that shows itself this way is received. */
async function received(party: RelyingParty, way: Way): Promise<unknown> {
  const fields = { client_id: party.clientId, token: 'none' };
  const { status, body } = await call(way, '/oidc/introspection', fields);
  return status === 200 ? 'accepted' : body.error;
}

describe('tls_client_auth', () => {
  it('lets in who holds a verified certificate of the registered name', async () => {
    expect(await received(byName, byTls(known))).toBe('accepted');
    expect(await received(byName, byProxy(known))).toBe('accepted');
  });

  it('refuses one of nobody’s authority, another name, and none', async () => {
    expect(await received(byName, byTls(impostor))).toBe('invalid_client');
    expect(await received(byName, byTls(selfSigned))).toBe('invalid_client');
    expect(await received(byName, byTls())).toBe('invalid_client');
    for (const verified of ['FAILED:self signed', 'NONE', 'success', ''])
      expect(await received(byName, byProxy(known, verified))).toBe('invalid_client');
    const other = makeCertificate({ name: [['CN', 'lands apis']], by: authority });
    expect(await received(byName, byProxy(other))).toBe('invalid_client');
  });

  it.each(['127.0.0.1', null])('believes no header of who comes from %s', async (from) => {
    const { headers = {} } = byProxy(known);
    const forwarded = { ...headers, 'x-forwarded-for': PROXY, forwarded: `for=${PROXY}` };
    expect(await received(byName, { from, headers: forwarded })).toBe('invalid_client');
  });

  it('compares an alternative name where that is registered', async () => {
    const bySan = await relyingParty(server, {
      client_id: 'lands-san',
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_san_dns: 'api.lands.example',
    });
    expect(await received(bySan, byTls(known))).toBe('accepted');
    expect(await received(bySan, byTls(impostor))).toBe('invalid_client');
  });
});

describe('self_signed_tls_client_auth', () => {
  it('lets in who holds the key of a registered certificate, and nobody else', async () => {
    expect(await received(byKey, byTls(selfSigned))).toBe('accepted');
    expect(await received(byKey, byProxy(selfSigned, 'FAILED:self signed'))).toBe('accepted');
    expect(await received(byKey, byTls(known))).toBe('invalid_client');
    expect(await received(byKey, byTls())).toBe('invalid_client');
    expect(await received(byKey, { ...byProxy(selfSigned), from: '127.0.0.1' })).toBe(
      'invalid_client',
    );
  });
});

describe('tokens bound to a certificate', () => {
  async function tokens() {
    const { url, checks } = await authorize(walker, byName);
    const fields = {
      grant_type: 'authorization_code',
      client_id: byName.clientId,
      code: url.searchParams.get('code')!,
      redirect_uri: CALLBACK,
      code_verifier: checks.pkceCodeVerifier,
    };
    const answer = await call(byTls(known), '/oidc/token', fields);
    expect(answer.status).toBe(200);
    return answer.body as { access_token: string; refresh_token: string; id_token: string };
  }

  it('are worth nothing to who shows another certificate, or none', async () => {
    const { access_token: token, id_token: idToken } = await tokens();
    const claims = JSON.parse(
      Buffer.from(idToken.split('.')[1]!, 'base64url').toString(),
    ) as object;
    expect(claims).toMatchObject({ sender_constrained: true, fal: 2 });
    const bearer = { authorization: `Bearer ${token}` };
    const use = async (way: Way) => (await call(way, '/oidc/userinfo', undefined, bearer)).status;
    expect(await use(byTls(known))).toBe(200);
    expect(await use(byProxy(known))).toBe(200);
    expect(await use(byTls(selfSigned))).toBe(401);
    expect(await use(byTls())).toBe(401);
    expect(await use({ ...byProxy(known), from: '127.0.0.1' })).toBe(401);
    const seen = await call(byTls(known), '/oidc/introspection', {
      client_id: byName.clientId,
      token,
    });
    expect(seen.body).toMatchObject({
      active: true,
      cnf: { 'x5t#S256': expect.any(String) as string },
    });
  });

  it('are refreshed with the certificate alone', async () => {
    const { refresh_token: token } = await tokens();
    const fields = {
      grant_type: 'refresh_token',
      refresh_token: token,
      client_id: byName.clientId,
    };
    expect((await call(byTls(impostor), '/oidc/token', fields)).body.error).toBe('invalid_client');
    expect((await call(byTls(), '/oidc/token', fields)).body.error).toBe('invalid_client');
    expect((await call(byTls(known), '/oidc/token', fields)).status).toBe(200);
  });
});

it('tells where the endpoints with mutual TLS are, and nothing of it where there is none', async () => {
  const discover = async (url: string) =>
    (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as Record<
      string,
      unknown
    >;
  expect(await discover(server.url)).toMatchObject({
    tls_client_certificate_bound_access_tokens: true,
    token_endpoint_auth_methods_supported: expect.arrayContaining([
      'tls_client_auth',
      'self_signed_tls_client_auth',
    ]) as string[],
    mtls_endpoint_aliases: {
      token_endpoint: 'https://mtls.id.example/oidc/token',
      userinfo_endpoint: 'https://mtls.id.example/oidc/userinfo',
      pushed_authorization_request_endpoint: 'https://mtls.id.example/oidc/request',
      introspection_endpoint: 'https://mtls.id.example/oidc/introspection',
      revocation_endpoint: 'https://mtls.id.example/oidc/revocation',
    },
  });
  const plain = await startTestServer();
  const metadata = await discover(plain.url);
  expect(metadata.mtls_endpoint_aliases).toBeUndefined();
  expect(metadata.tls_client_certificate_bound_access_tokens).toBeUndefined();
  expect(metadata.token_endpoint_auth_methods_supported).not.toContain('tls_client_auth');
  // And a service that would need it is told so when it registers, not at its first request.
  const bound = { tls_client_certificate_bound_access_tokens: true };
  await expect(relyingParty(plain, bound)).rejects.toThrow('needs mutual TLS');
  const byTls = {
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_san_dns: 'a.example',
  };
  await expect(relyingParty(plain, byTls)).rejects.toThrow('needs mutual TLS');
});
