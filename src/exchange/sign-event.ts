import { z } from 'zod';
import type { App } from '../lib/app.ts';
import type { RowId } from '../lib/ids.ts';
import type { KeysApp } from '../oidc/signing-keys/provider-keys.ts';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const bodySchema = z.looseObject({ events: z.record(z.string(), z.looseObject({})) });

/**
 * The security event token (RFC 8417, Shared Signals 1.0 §5.1.6): ES256 with the key that signs our other JWTs at this moment, so
 * that one which waited for days is still verified by the keys that we publish. `jti` and `iat` are the same at every try; there
 * is no `exp` and no `sub` (§5.1.7, §5.1.1).
 */
export async function signEvent(
  app: KeysApp,
  token: { id: RowId; serviceId: string; createdAt: Date; body: string },
): Promise<string> {
  const key = app.providerKeys.current().signing.find(({ alg }) => alg === 'ES256');
  if (!key) throw new Error('There is no key for ES256.');
  const payload = {
    iss: app.config.ISSUER,
    aud: token.serviceId,
    jti: token.id,
    iat: Math.floor(token.createdAt.getTime() / 1000),
    ...bodySchema.parse(JSON.parse(token.body)),
  };
  const signed = `${encode({ alg: key.alg, kid: key.kid, typ: 'secevent+jwt' })}.${encode(payload)}`;
  const signature = await key.sign(Buffer.from(signed));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

export type SigningApp = App & KeysApp;
