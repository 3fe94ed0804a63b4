import { indexAnchors, type AnchorIndex } from './anchor-index.ts';
import { parseCertificate, type Certificate } from './certificates.ts';
import { attempt } from './findings.ts';
import { parseRevocationList, type RevocationList } from './revocation-lists.ts';

/**
 * Reads what of a caller's trust was not read before, one certificate or list at a step, so that the first verdict after a start
 * or an import finds all of it read. Optional: `verifyChip` reads what it lacks, in one go.
 */
export function* readTrust(trust: {
  anchors: readonly Buffer[];
  crls: readonly Buffer[];
}): Generator<void, void, void> {
  for (const bytes of trust.anchors) {
    if (parsedAnchors.has(bytes)) continue;
    readAnchor(bytes);
    yield;
  }
  for (const bytes of trust.crls) {
    if (parsedLists.has(bytes)) continue;
    readList(bytes);
    yield;
  }
}

/** Parsed anchors and lists by the identity of their bytes, so that a caller who keeps its buffers pays once. */
const parsedAnchors = new WeakMap<Buffer, Certificate | null>();
const parsedLists = new WeakMap<Buffer, RevocationList | null>();
const readAnchor = (bytes: Buffer) => memoised(parsedAnchors, bytes, parseCertificate);
const readList = (bytes: Buffer) => memoised(parsedLists, bytes, parseRevocationList);

function memoised<Value>(
  memo: WeakMap<Buffer, Value | null>,
  bytes: Buffer,
  parse: (bytes: Buffer) => Value,
): Value | null {
  const known = memo.get(bytes);
  if (known !== undefined) return known;
  const parsed = attempt(() => parse(bytes));
  const value = parsed.ok ? parsed.value : null;
  memo.set(bytes, value);
  return value;
}

/** By the identity of the array and of all that is in it: anyone may have changed it since. */
const indexes = new WeakMap<readonly Buffer[], { of: readonly Buffer[]; index: AnchorIndex }>();

export function anchorIndexOf(anchors: readonly Buffer[]): AnchorIndex {
  const known = indexes.get(anchors);
  if (known !== undefined && isSame(known.of, anchors)) return known.index;
  const index = indexAnchors(readableCertificates(anchors));
  indexes.set(anchors, { of: [...anchors], index });
  return index;
}

/** A bare loop: a store holds hundreds, and every chip asks. */
function isSame(one: readonly Buffer[], other: readonly Buffer[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

export function readableCertificates(sources: readonly Buffer[]): Certificate[] {
  return readable(sources, readAnchor);
}

export function readableLists(sources: readonly Buffer[]): RevocationList[] {
  return readable(sources, readList);
}

/** An anchor or list that cannot be read trusts and proves nothing; it must not stop the others. */
function readable<Value>(
  sources: readonly Buffer[],
  read: (bytes: Buffer) => Value | null,
): Value[] {
  return sources.map((bytes) => read(bytes)).filter((value) => value !== null);
}
