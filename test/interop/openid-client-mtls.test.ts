import { request as httpsRequest } from 'node:https';
import * as openid from 'openid-client';
import { beforeAll, expect, it } from 'vitest';
import { createServer } from '../../src/app.ts';
import { createListener } from '../../src/web/listener.ts';
import { atEnd } from '../at-end.ts';
import { freePort, startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { makeCertificate } from '../oidc/client-certificates.ts';
import type { TestCertificate } from '../oidc/client-certificates.ts';
import { authorizationRequest, relyingParty } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { plainVisitor } from './plain-visitor.ts';

/* FAPI 2.0 with mutual TLS instead of assertions and DPoP: openid-client finds the other addresses by itself. */
const authority = makeCertificate({ name: [['CN', 'Service Authority']], isAuthority: true });
const host = makeCertificate({
  name: [['CN', 'id.example']],
  alternative: [{ tag: 'ip', value: '127.0.0.1' }],
});
const own = makeCertificate({ name: [['CN', 'lands bank']], by: authority });
const other = makeCertificate({ name: [['CN', 'another']], by: authority });

let server: TestServer;
let party: RelyingParty;

beforeAll(async () => {
  const port = await freePort();
  server = await startTestServer({
    TLS_CERT: host.pem,
    TLS_KEY: host.keyPem,
    MTLS_AUTHORITIES: authority.pem,
    MTLS_URL: `https://127.0.0.1:${port}`,
  });
  const { app } = server;
  const tls = createListener(app.config, createServer(app).callback()).listen(port, '127.0.0.1');
  await new Promise((resolve) => tls.once('listening', resolve));
  atEnd(() => {
    tls.closeAllConnections();
    tls.close();
  });
  party = await relyingParty(server, {
    client_id: 'lands-bank',
    profile: 'fapi2_security',
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: 'CN=lands bank',
    tls_client_certificate_bound_access_tokens: true,
    use_mtls_endpoint_aliases: true,
  });
});

/** `fetch` that shows a certificate, as a service would by its HTTP client. */
const fetchWith =
  (certificate: TestCertificate): openid.CustomFetch =>
  (address, { method, headers, body }) => {
    // Discovery comes without it, from the issuer's own address.
    if (!address.startsWith('https:')) return fetch(address, { method, headers });
    return new Promise((resolve, reject) => {
      const tls = { cert: certificate.pem, key: certificate.keyPem, ca: host.pem, agent: false };
      const sent = httpsRequest(address, { method, headers, ...tls }, (answer) => {
        void answer.toArray().then((chunks: Buffer[]) => {
          const { statusCode: status = 0, headers: given } = answer;
          const text = chunks.length === 0 ? null : Buffer.concat(chunks).toString();
          resolve(new Response(text, { status, headers: given as Record<string, string> }));
        }, reject);
      });
      sent.on('error', reject);
      sent.end(body instanceof URLSearchParams ? body.toString() : undefined);
    });
  };

function withCertificate(certificate: TestCertificate): Promise<openid.Configuration> {
  return openid.discovery(
    new URL(server.url),
    party.clientId,
    { id_token_signed_response_alg: 'ES256', use_mtls_endpoint_aliases: true },
    openid.TlsClientAuth(),
    { execute: [openid.allowInsecureRequests], [openid.customFetch]: fetchWith(certificate) },
  );
}

it('signs in by PAR with the certificate alone; the tokens are bound to it', async () => {
  const config = await withCertificate(own);
  const { path, checks } = await authorizationRequest({ ...party, config });
  const parameters = new URL(path, server.url).searchParams;
  const address = await openid.buildAuthorizationUrlWithPAR(config, parameters);
  const back = await plainVisitor(server).visit(address);
  const tokens = await openid.authorizationCodeGrant(config, back, checks);
  const { sub, sender_constrained: isBound } = tokens.claims()!;
  expect(isBound).toBe(true);
  expect(await openid.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ sub });
  expect(await openid.tokenIntrospection(config, tokens.access_token)).toMatchObject({
    active: true,
    cnf: { 'x5t#S256': expect.any(String) as string },
  });
  const stranger = await withCertificate(other);
  await expect(openid.fetchUserInfo(stranger, tokens.access_token, sub)).rejects.toThrow();
  await openid.refreshTokenGrant(config, tokens.refresh_token!);
  await openid.tokenRevocation(config, tokens.refresh_token!);
  await expect(openid.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});

it('is nobody with another certificate of the same authority', async () => {
  const stranger = await withCertificate(other);
  const { path } = await authorizationRequest({ ...party, config: stranger });
  const parameters = new URL(path, server.url).searchParams;
  await expect(openid.buildAuthorizationUrlWithPAR(stranger, parameters)).rejects.toMatchObject({
    error: 'invalid_client',
  });
});
