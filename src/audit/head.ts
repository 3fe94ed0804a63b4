import { CompactSign, compactVerify, importJWK } from 'jose';
import type { JWK } from 'jose';
import { z } from 'zod';

/** The state of the chain at one moment: it covers every link up to `seq`. */
export interface Head {
  seq: number;
  link: Buffer;
  sealedAt: Date;
}

const TYPE = 'tangchat-audit-head';
const Payload = z.object({
  seq: z.int().positive(),
  link: z.string().regex(/^[0-9a-f]{64}$/),
  sealedAt: z.iso.datetime(),
});

/** Signs a head: a compact JWS (RFC 7515 §7.1) with ES256. */
export async function signHead(head: Head, key: JWK): Promise<string> {
  const payload = { seq: head.seq, link: head.link.toString('hex'), sealedAt: head.sealedAt };
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ES256', typ: TYPE, kid: key.kid ?? '' })
    .sign(await importJWK(key, 'ES256'));
}

/** Reads heads: gives the head, or null where none of the keys signed it. */
export async function headReader(
  publicKeys: readonly JWK[],
): Promise<(jws: string) => Promise<Head | null>> {
  const keys = new Map<string, Awaited<ReturnType<typeof importJWK>>>();
  for (const jwk of publicKeys)
    keys.set(
      jwk.kid ?? '',
      await importJWK({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y } as JWK, 'ES256'),
    );
  return async (jws) => {
    try {
      const { payload } = await compactVerify(
        jws,
        ({ kid }) => {
          const key = keys.get(kid ?? '');
          if (key === undefined || key instanceof Uint8Array) throw new Error('unknown key');
          return key;
        },
        { algorithms: ['ES256'] },
      );
      const head = Payload.parse(JSON.parse(Buffer.from(payload).toString('utf8')));
      return {
        seq: head.seq,
        link: Buffer.from(head.link, 'hex'),
        sealedAt: new Date(head.sealedAt),
      };
    } catch {
      return null;
    }
  };
}
