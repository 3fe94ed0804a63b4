import { appendAudit, SYSTEM } from '../../audit/append.ts';
import { addSeconds } from '../../lib/clock.ts';
import { transact } from '../../lib/database.ts';
import type { Tx } from '../../lib/database.ts';
import { enqueue } from '../../lib/outbox.ts';
import { publishedDetails } from './key-events.ts';
import { keepSeconds, leadSeconds, stateOf, succession } from './key-life.ts';
import type { KeyKind } from './key-life.ts';
import { keepKey, makeMaterial } from './make-key.ts';
import type { KeysApp } from './provider-keys.ts';
import { RECORD_JOB } from './record-steps.ts';
import { announceKeys, listKeys, lockKeys, updateTimes } from './store.ts';
import type { ProviderKey } from './store.ts';

/** What became of one kind: a new key, one that waits already, or that one brought forward. */
export interface Rotation {
  kind: KeyKind;
  outcome: 'published' | 'waits_already' | 'brought_forward';
  kid: string;
  usedFrom: Date;
  /** The key that it follows, and until when what that one made is accepted. */
  follows: string | null;
  formerRemovedAt: Date | null;
}

/**
 * Gives each kind a new key: published now, in use once every node and service knows it, the former one removed once
 * nothing it made is of use. `soon` takes the shortest wait that fails nobody who keeps our JWKS as long as it says.
 */
export async function rotateKeys(
  app: KeysApp,
  wanted: { kinds: readonly KeyKind[]; soon: boolean },
): Promise<Rotation[]> {
  return transact(app.db, async (tx) => {
    await lockKeys(tx);
    const keys = await listKeys(tx, app.clock.now());
    const rotations: Rotation[] = [];
    for (const kind of wanted.kinds) {
      const line = keys.filter((key) => key.kind === kind);
      rotations.push(await rotateOne(tx, app, { kind, line, soon: wanted.soon }));
    }
    await announceKeys(tx);
    return rotations;
  });
}

interface Line {
  kind: KeyKind;
  /** The keys of the kind that are not removed. */
  line: readonly ProviderKey[];
  soon: boolean;
}

async function rotateOne(tx: Tx, app: KeysApp, { kind, line, soon }: Line): Promise<Rotation> {
  const now = app.clock.now();
  const last = line.find(({ usedUntil }) => usedUntil === null);
  if (last && stateOf(last, now) === 'waiting') return hasten(tx, app, { kind, line, soon }, last);
  const { usedFrom, removedAt } = succession({ kind, config: app.config, now, soon });
  if (last) await updateTimes(tx, last.kid, { usedUntil: usedFrom, removedAt });
  const material = await makeMaterial(app, kind, await app.providerKeys.signer());
  const times = { publishedAt: now, usedFrom, usedUntil: null, removedAt: null };
  const key = await keepKey(tx, app, { kind, material, times });
  await appendAudit(tx, app, {
    action: 'oidc.key_published',
    actor: SYSTEM,
    subject: { kind: 'key', id: key.kid },
    details: publishedDetails(key),
  });
  await recordAt(tx, app, { usedFrom, removedAt });
  return {
    kind,
    outcome: 'published',
    kid: key.kid,
    usedFrom,
    follows: last?.kid ?? null,
    formerRemovedAt: last ? removedAt : null,
  };
}

/** A key that waits already is not followed by yet another; `soon` shortens its wait. */
async function hasten(tx: Tx, app: KeysApp, wanted: Line, waiting: ProviderKey): Promise<Rotation> {
  const { kind, line, soon } = wanted;
  const former = line.find(({ usedUntil }) => usedUntil?.getTime() === waiting.usedFrom.getTime());
  const least = addSeconds(waiting.publishedAt, leadSeconds(kind, app.config, true));
  const usedFrom = new Date(Math.max(least.getTime(), app.clock.now().getTime()));
  const same = {
    kind,
    kid: waiting.kid,
    follows: former?.kid ?? null,
  };
  if (!soon || usedFrom >= waiting.usedFrom)
    return {
      ...same,
      outcome: 'waits_already',
      usedFrom: waiting.usedFrom,
      formerRemovedAt: former?.removedAt ?? null,
    };
  const removedAt = addSeconds(usedFrom, keepSeconds(kind, app.config));
  await updateTimes(tx, waiting.kid, { usedFrom });
  if (former) await updateTimes(tx, former.kid, { usedUntil: usedFrom, removedAt });
  await recordAt(tx, app, { usedFrom, removedAt });
  return { ...same, outcome: 'brought_forward', usedFrom, formerRemovedAt: removedAt };
}

export type Drop =
  | { ok: true; kind: KeyKind; successor: string | null }
  | { ok: false; reason: 'unknown_key' };

/**
 * A key that others may know: out of the JWKS and refused at once, what it signed or encrypted with it. Where it was in
 * use its successor takes over in the same moment, known to services or not.
 */
export async function dropKey(app: KeysApp, kid: string): Promise<Drop> {
  return transact(app.db, async (tx) => {
    await lockKeys(tx);
    const now = app.clock.now();
    const keys = await listKeys(tx, now);
    const dropped = keys.find((key) => key.kid === kid);
    if (!dropped) return { ok: false, reason: 'unknown_key' };
    const line = keys.filter(({ kind }) => kind === dropped.kind);
    const usedUntil = dropped.usedUntil && dropped.usedUntil < now ? dropped.usedUntil : now;
    await updateTimes(tx, kid, { usedUntil, removedAt: now, compromisedAt: now });
    const successor = await replace(tx, app, { dropped, line, now });
    await appendAudit(tx, app, {
      action: 'oidc.key_compromised',
      actor: SYSTEM,
      subject: { kind: 'key', id: kid },
      details: { kind: dropped.kind, successor },
    });
    await enqueue(tx, RECORD_JOB, {});
    await announceKeys(tx);
    return { ok: true, kind: dropped.kind, successor };
  });
}

/** Who is in use now that one is gone; null where it was not in use. */
async function replace(
  tx: Tx,
  app: KeysApp,
  { dropped, line, now }: { dropped: ProviderKey; line: readonly ProviderKey[]; now: Date },
): Promise<string | null> {
  const state = stateOf(dropped, now);
  if (state === 'waiting') {
    const former = line.find((key) => key.usedUntil?.getTime() === dropped.usedFrom.getTime());
    if (former) {
      await updateTimes(tx, former.kid, { usedUntil: null, removedAt: null });
      return former.kid;
    }
  }
  if (state === 'retiring') return null;
  const waiting = line.find((key) => key !== dropped && stateOf(key, now) === 'waiting');
  if (waiting) {
    await updateTimes(tx, waiting.kid, { usedFrom: now });
    return waiting.kid;
  }
  const material = await makeMaterial(app, dropped.kind, await app.providerKeys.signer());
  const times = { publishedAt: now, usedFrom: now, usedUntil: null, removedAt: null };
  const key = await keepKey(tx, app, { kind: dropped.kind, material, times });
  await appendAudit(tx, app, {
    action: 'oidc.key_published',
    actor: SYSTEM,
    subject: { kind: 'key', id: key.kid },
    details: publishedDetails(key),
  });
  return key.kid;
}

/** The trail's steps; the nodes follow the times by themselves. */
async function recordAt(
  tx: Tx,
  app: KeysApp,
  { usedFrom, removedAt }: { usedFrom: Date; removedAt: Date },
): Promise<void> {
  const margin = app.config.KEY_MARGIN_SECONDS;
  for (const at of [usedFrom, addSeconds(usedFrom, margin), removedAt])
    await enqueue(tx, RECORD_JOB, {}, { runAt: addSeconds(at, 1) });
}
