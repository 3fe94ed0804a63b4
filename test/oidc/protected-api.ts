import { createRemoteJWKSet, jwtVerify } from 'jose';
import { addAgreement } from '../../src/agencies/add-agreement.ts';
import { addResource } from '../../src/agencies/add-resource.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import type { FullApp } from '../../src/app.ts';
import { transact } from '../../src/lib/database.ts';
import { resourceFile } from '../agencies/resource-files.ts';
import type { RelyingParty } from './relying-party.ts';

interface Server {
  url: string;
  app: FullApp;
}

export const TITLES = 'https://api.lands.example/titles';
export const REVENUE = { code: 'revenue', name: 'Revenue Department', 'name#th': 'กรมสรรพากร' };

/** Registers an API, any field of the file overridden; gives its identifier. */
export async function protectedApi(
  server: Server,
  more: Record<string, unknown> = {},
): Promise<string> {
  const added = await transact(server.app.db, (tx) =>
    addResource(tx, server.app, { file: resourceFile(more), actor: SYSTEM, replace: true }),
  );
  if (!added.ok) throw new Error(JSON.stringify(added));
  return added.resource.identifier;
}

/** An agreement in force, any field overridden. */
export async function agree(server: Server, more: Record<string, unknown>) {
  const file = {
    purpose: 'To assess the tax on your land.',
    'purpose#th': 'เพื่อประเมินภาษีที่ดินของคุณ',
    legal_basis: 'law',
    legal_reference: 'Land and Building Tax Act, section 10',
    valid_from: '2020-01-01T00:00:00+07:00',
    valid_until: '2099-01-01T00:00:00+07:00',
    ...more,
  };
  const added = await transact(server.app.db, (tx) =>
    addAgreement(tx, server.app, { file, actor: SYSTEM }),
  );
  if (!added.ok) throw new Error(JSON.stringify(added));
  return added.agreement;
}

/** What a resource server does with a JWT access token (RFC 9068 §4): keys from our JWKS, issuer, audience, type. */
export async function verifyAccessToken(server: Server, token: string, audience: string) {
  const keys = createRemoteJWKSet(new URL(`${server.url}/oidc/jwks`));
  return jwtVerify(token, keys, {
    issuer: server.url,
    audience,
    typ: 'at+jwt',
    algorithms: ['ES256'],
  });
}

/** Asks the introspection endpoint as a service does. */
export async function introspect(
  server: Server,
  party: RelyingParty,
  token: string,
  accept = 'application/json',
): Promise<{ status: number; text: string; json: Record<string, unknown> }> {
  const basic = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64');
  const response = await fetch(`${server.url}/oidc/introspection`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
    headers: { accept, authorization: `Basic ${basic}` },
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}
