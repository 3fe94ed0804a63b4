import { importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import { z } from 'zod';
import { addSeconds } from '../lib/clock.ts';
import type { Clock } from '../lib/clock.ts';
import { callOutbound } from '../lib/outbound-http.ts';

/** The public keys that a register signs with. */
export interface RegisterKeys {
  find(keyId: string): Promise<FoundKey>;
}

export type FoundKey =
  | { ok: true; key: CryptoKey | Uint8Array }
  /** `unknown_key`: the register has none of that id. `unavailable`: its keys could not be had. */
  | { ok: false; reason: 'unknown_key' | 'unavailable' };

type KeySet = ReadonlyMap<string, CryptoKey | Uint8Array>;

/** Only what an ES256 key needs is read: a key of another kind is left out, a private part ignored. */
const es256Key = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  kid: z.string().min(1).max(200),
  x: z.string(),
  y: z.string(),
  use: z.literal('sig').optional(),
  alg: z.literal('ES256').optional(),
});
const jwks = z.object({ keys: z.array(z.unknown()).max(50) });

/** Keys that somebody compared and put into our configuration. Throws where the document holds no ES256 key. */
export async function pinnedKeys(document: unknown): Promise<RegisterKeys> {
  const keys = await parseKeySet(document);
  if (!keys || keys.size === 0) throw new Error("The register's key set holds no ES256 key.");
  return { find: (keyId) => Promise.resolve(pick(keys, keyId)) };
}

const KEEP_SECONDS = 600;
/** An unknown key id asks for the set again, but a stream of made-up ids must not become a stream of requests. */
const REFRESH_PAUSE_SECONDS = 10;

/** Keys fetched from the register itself. Only where its address can be trusted: the sandbox, or mutual TLS. */
export function fetchedKeys(source: {
  url: string;
  clock: Clock;
  allowPlainHttp: boolean;
  timeoutMs: number;
}): RegisterKeys {
  let held: { keys: KeySet; at: Date } | null = null;
  let underway: Promise<void> | null = null;

  const fetchKeys = async (): Promise<void> => {
    const answer = await callOutbound({
      url: source.url,
      method: 'GET',
      totalTimeoutMs: source.timeoutMs,
      maxResponseBytes: 64 * 1024,
      acceptTypes: ['application/json', 'application/jwk-set+json'],
      allowPrivate: true,
      allowPlainHttp: source.allowPlainHttp,
    });
    if (!answer.ok || answer.status !== 200) return;
    const keys = await parseKeySet(parseJson(answer.body));
    if (keys) held = { keys, at: source.clock.now() };
  };
  const refresh = (): Promise<void> => {
    underway ??= fetchKeys().finally(() => {
      underway = null;
    });
    return underway;
  };
  const olderThan = (seconds: number): boolean =>
    held === null || addSeconds(held.at, seconds) <= source.clock.now();

  return {
    async find(keyId) {
      if (olderThan(KEEP_SECONDS)) await refresh();
      else if (!held?.keys.has(keyId) && olderThan(REFRESH_PAUSE_SECONDS)) await refresh();
      // A set that could not be renewed is too old to trust: its key may have been withdrawn.
      return held === null || olderThan(KEEP_SECONDS)
        ? { ok: false, reason: 'unavailable' }
        : pick(held.keys, keyId);
    },
  };
}

function pick(keys: KeySet, keyId: string): FoundKey {
  const key = keys.get(keyId);
  return key ? { ok: true, key } : { ok: false, reason: 'unknown_key' };
}

async function parseKeySet(document: unknown): Promise<KeySet | null> {
  const set = jwks.safeParse(document);
  if (!set.success) return null;
  const keys = new Map<string, CryptoKey | Uint8Array>();
  for (const candidate of set.data.keys) {
    const key = es256Key.safeParse(candidate);
    if (!key.success) continue;
    const { kid, kty, crv, x, y } = key.data;
    const imported = await importJWK({ kty, crv, x, y }, 'ES256').catch(() => null);
    if (imported) keys.set(kid, imported);
  }
  return keys;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
