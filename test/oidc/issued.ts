import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Agent } from 'node:http';
import type { App } from '../../src/lib/app.ts';
import { digestToken } from '../../src/lib/blind-index.ts';
import type { AccountId } from '../../src/lib/ids.ts';
import type { TokenKind } from '../../src/oidc/store/artefact-store.ts';
import { flushWrites } from '../../src/oidc/store/flush-store.ts';
import { createPayloadSeal } from '../../src/oidc/store/payload-seal.ts';
import { PLACES } from '../../src/oidc/store/request-scope.ts';
import { noWrites } from '../../src/oidc/store/writes.ts';
import { CALLBACK } from './relying-party.ts';

/** The public service that everything here is issued to. */
export const PUBLIC_SERVICE = {
  client_id: 'lands-app',
  token_endpoint_auth_method: 'none',
  id_token_signed_response_alg: 'ES256',
};

const VERIFIER = 'v'.repeat(43);
const CODE = {
  redirectUri: CALLBACK,
  codeChallenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  codeChallengeMethod: 'S256',
};

/** `count` values of a kind, each under a grant `<kind> <value>` of its own, as a sign-in would have left them. */
export async function issueTokens(
  app: App,
  { kind, accountId, count }: { kind: TokenKind; accountId: AccountId; count: number },
): Promise<string[]> {
  const seal = createPayloadSeal(app);
  const now = Math.floor(Date.now() / 1000);
  const expiresAt = new Date(Date.now() + 3600_000);
  const serviceId = PUBLIC_SERVICE.client_id;
  const values = Array.from({ length: count }, () => app.random.token());
  for (let from = 0; from < count; from += 50) {
    const writes = noWrites(new Date());
    for (const value of values.slice(from, from + 50)) {
      const grantId = `${kind} ${value}`;
      const idDigest = digestToken(app.keys.tokenDigestKey, value);
      const common = { iat: now, exp: now + 3600, accountId, clientId: serviceId };
      writes.grants.push({
        id: grantId,
        accountId,
        serviceId,
        sessionUid: null,
        consentId: null,
        wardId: null,
        payload: { ...common, kind: 'Grant', openid: { scope: 'openid' } },
        expiresAt,
      });
      const payload = { ...common, kind, grantId, scope: 'openid', authTime: now, ...CODE };
      writes.tokens.push({
        idDigest,
        kind,
        grantId,
        sessionUid: null,
        aal: 2,
        payload: seal.seal(PLACES.token(idDigest), payload),
        consumedAt: null,
        expiresAt,
      });
    }
    await flushWrites(app, [writes]);
  }
  return values;
}

/** What a code or refresh token is exchanged by. */
export function fieldsOf(kind: TokenKind, value: string): Record<string, string> {
  return kind === 'AuthorizationCode'
    ? {
        grant_type: 'authorization_code',
        code: value,
        redirect_uri: CALLBACK,
        code_verifier: VERIFIER,
      }
    : { grant_type: 'refresh_token', refresh_token: value };
}

/** Posts to the token endpoint of the node at `port`; rejects where no whole answer comes. */
export function exchange(
  at: { port: number; agent: Agent },
  fields: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const body = new URLSearchParams({ ...fields, client_id: PUBLIC_SERVICE.client_id }).toString();
    const call = httpRequest(
      { host: '127.0.0.1', port: at.port, path: '/oidc/token', method: 'POST', agent: at.agent },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            body: JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>,
          }),
        );
      },
    );
    call.on('error', reject);
    call.setHeader('content-type', 'application/x-www-form-urlencoded');
    call.end(body);
  });
}
