import { hkdfSync } from 'node:crypto';
import { z } from 'zod';

const STEP_MS = 60_000;
const proofBody = z.object({ nonce: z.string() });

/**
 * The nonce of one minute, as the library derives it (`lib/helpers/challenge.js`; a test holds the two together). It
 * knows one secret at a time; we must recognise those of the former one and of nodes that changed a moment before us.
 */
function nonceOf(secret: Buffer, step: number): string {
  const salt = Buffer.alloc(8);
  salt.writeBigUInt64BE(BigInt(step));
  return Buffer.from(hkdfSync('sha256', secret, salt, 'DPoP', 32)).toString('base64url');
}

/** What a service is given for its next proof. */
export function nextNonce(secret: Buffer, now: Date): string {
  return nonceOf(secret, Math.floor(now.getTime() / STEP_MS) + 1);
}

/** Which of the secrets made this nonce; 0, the one in use, where none did: the library then says what is wrong. */
export function secretOf(nonce: string, secrets: readonly Buffer[], now: Date): number {
  const step = Math.floor(now.getTime() / STEP_MS);
  const found = secrets.findIndex((secret) =>
    [-2, -1, 0, 1, 2].some((more) => nonceOf(secret, step + more) === nonce),
  );
  return Math.max(0, found);
}

/** The nonce in a DPoP proof, not verified; null where it has none or is no proof. */
export function nonceIn(proof: string): string | null {
  const [, body = ''] = proof.split('.', 3);
  try {
    const parsed = proofBody.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data.nonce : null;
  } catch {
    return null;
  }
}
