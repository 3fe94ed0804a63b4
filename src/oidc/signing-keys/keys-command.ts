import { parseArgs } from 'node:util';
import type { CommandIo } from '../../lib/command-io.ts';
import { EX_USAGE } from '../../lib/command-io.ts';
import { isSigning, KEY_KINDS, stateOf } from './key-life.ts';
import type { KeyKind } from './key-life.ts';
import type { KeysApp } from './provider-keys.ts';
import { dropKey, rotateKeys } from './rotate-keys.ts';
import { listKeys } from './store.ts';

export const ROTATE_USAGE = 'keys rotate [--kind KIND]… [--now] | keys rotate --compromised KID';

/** `keys list [--all]`: the provider's keys and their times as JSON; `--all` with those that are removed. */
export async function runKeysList(args: string[], io: CommandIo, app: KeysApp): Promise<number> {
  const all = args[0] === '--all';
  if (args.length > (all ? 1 : 0)) {
    io.err('usage: tangchat keys list [--all]');
    return EX_USAGE;
  }
  const now = app.clock.now();
  const keys = await listKeys(app.db, all ? null : now);
  const rows = keys.map((key) => ({
    kid: key.kid,
    kind: key.kind,
    state: stateOf(key, now),
    heldBy: key.heldBy,
    publishedAt: key.publishedAt,
    usedFrom: key.usedFrom,
    usedUntil: key.usedUntil,
    removedAt: key.removedAt,
    compromisedAt: key.compromisedAt,
  }));
  io.out(JSON.stringify(rows, null, 2));
  return 0;
}

/** `keys rotate`: exits 0, 1 where there is no such key, 64 where the words are not understood. */
export async function runKeysRotate(args: string[], io: CommandIo, app: KeysApp): Promise<number> {
  const asked = readArguments(args);
  if (!asked) {
    io.err(`usage: tangchat ${ROTATE_USAGE}\n  KIND: ${KEY_KINDS.join(', ')}`);
    return EX_USAGE;
  }
  if ('compromised' in asked) {
    const dropped = await dropKey(app, asked.compromised);
    if (!dropped.ok) {
      io.err('There is no such key, or it is removed already: see "tangchat keys list --all".');
      return 1;
    }
    io.out(JSON.stringify(dropped, null, 2));
    if (isSigning(dropped.kind))
      io.err(
        `Services that keep our public keys accept it for ${app.config.JWKS_MAX_AGE_SECONDS} s more: tell them.`,
      );
    return 0;
  }
  io.out(JSON.stringify(await rotateKeys(app, asked), null, 2));
  return 0;
}

function readArguments(
  args: string[],
): { kinds: readonly KeyKind[]; soon: boolean } | { compromised: string } | null {
  try {
    const { values } = parseArgs({
      args: withKeyGlued(args),
      options: {
        kind: { type: 'string', multiple: true },
        now: { type: 'boolean' },
        compromised: { type: 'string' },
      },
    });
    const { kind: named = [], now: soon = false, compromised } = values;
    if (compromised !== undefined)
      return named.length > 0 || soon || compromised === '' ? null : { compromised };
    const kinds = KEY_KINDS.filter((kind) => named.includes(kind));
    if (named.some((name) => kinds.every((kind) => kind !== name))) return null;
    return { kinds: named.length === 0 ? KEY_KINDS : kinds, soon };
  } catch {
    return null;
  }
}

const OPTIONS = ['--kind', '--now', '--compromised'];

/** A key's name may begin with a hyphen (RFC 7638 §3.1 in base64url), and would be taken for an option. */
function withKeyGlued(args: readonly string[]): string[] {
  const at = args.indexOf('--compromised');
  const kid = args[at + 1];
  if (at === -1 || kid === undefined || OPTIONS.includes(kid)) return [...args];
  return args.toSpliced(at, 2, `--compromised=${kid}`);
}
