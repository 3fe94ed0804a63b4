import type { KeyObject } from 'node:crypto';
import { parseCertificate, type Certificate } from '../documents/certificates.ts';
import { attempt } from '../documents/findings.ts';
import {
  extendTrust,
  type ListedAnchor,
  type ListedAnchors,
} from '../documents/master-list-anchors.ts';
import type { Environment, QuarantineReason, StoredAnchor } from './store.ts';

/** Utopia, and the placeholder of specimens: no states, so nothing of theirs is trusted in production. */
const SPECIMEN_STATES: ReadonlySet<string> = new Set(['UT', 'UTO', 'ZZ']);

/** What an import will make of an anchor that the store does not have yet. */
export interface PlannedAnchor {
  anchor: ListedAnchor;
  environment: Environment;
  state: 'trusted' | 'quarantined';
  reason: QuarantineReason | null;
  /** SHA-256 of the anchor whose key signed it; its own where self-signed. */
  issuedBy: string | null;
}

export interface ImportPlan {
  /** In an order in which each stands after the one that issued it. */
  planned: readonly PlannedAnchor[];
  known: readonly ListedAnchor[];
  /** Stored orphans that a trusted key turns out to have signed. */
  linked: readonly { certificate: Certificate; issuedBy: string }[];
}

interface ReadAnchor extends StoredAnchor {
  parsed: Certificate;
}

/**
 * What a list changes in the store; pure. Self-signed certificates are trusted because a trusted list holds them; link
 * certificates only where a trusted key signed them, in the list or in the store; the others are quarantined until a
 * list brings that key. A key that was withdrawn does not come back in another certificate.
 */
export function* planImport(input: {
  listed: ListedAnchors;
  stored: readonly StoredAnchor[];
  sandbox: boolean;
}): Generator<void, ImportPlan, void> {
  const stored = yield* readStored(input.stored);
  const storedHashes = new Set(input.stored.map(({ sha256 }) => sha256.toString('hex')));
  const isKnown = ({ certificate }: ListedAnchor) => storedHashes.has(certificate.fingerprint);
  const withdrawn = withdrawnKeys(stored);
  const fresh = input.listed.anchors
    .filter((anchor) => !isKnown(anchor))
    .map((anchor) => ({ ...anchor, held: holdReason(anchor, withdrawn, input.sandbox) }));
  const links = new Map<string, string>();
  for (const environment of ['production', 'sandbox'] as const) {
    const here = fresh.filter((anchor) => placeOf(anchor) === environment && anchor.held === null);
    const storedHere = stored.filter((anchor) => anchor.environment === environment);
    const found = yield* extendTrust({
      trusted: [
        ...storedHere.filter(({ state }) => state === 'trusted').map(({ parsed }) => parsed),
        ...here.filter(({ selfSigned }) => selfSigned).map(({ certificate }) => certificate),
      ],
      candidates: [
        ...storedHere.filter(isOrphan).map(({ parsed }) => parsed),
        ...here.filter(({ selfSigned }) => !selfSigned).map(({ certificate }) => certificate),
      ],
    });
    for (const [linked, issuer] of found) links.set(linked, issuer);
  }
  const planned = fresh.map(({ held, ...anchor }) => plannedAnchor(anchor, held, links));
  return {
    planned: inIssuingOrder(planned, links),
    known: input.listed.anchors.filter(isKnown),
    linked: stored.flatMap(({ parsed }) => {
      const issuedBy = links.get(parsed.fingerprint);
      return issuedBy === undefined ? [] : [{ certificate: parsed, issuedBy }];
    }),
  };
}

function plannedAnchor(
  anchor: ListedAnchor,
  held: QuarantineReason | null,
  links: ReadonlyMap<string, string>,
): PlannedAnchor {
  const { fingerprint } = anchor.certificate;
  const issuedBy = anchor.selfSigned ? fingerprint : (links.get(fingerprint) ?? null);
  const reason = held ?? (issuedBy === null ? 'issuer_unknown' : null);
  return {
    anchor,
    environment: placeOf(anchor),
    state: reason === null ? 'trusted' : 'quarantined',
    reason,
    issuedBy,
  };
}

/** Self-signed and unlinked ones first, then links in the order in which trust reached them. */
function inIssuingOrder(
  planned: readonly PlannedAnchor[],
  links: ReadonlyMap<string, string>,
): PlannedAnchor[] {
  const order = new Map([...links.keys()].map((fingerprint, index) => [fingerprint, index + 1]));
  const rank = ({ anchor }: PlannedAnchor) => order.get(anchor.certificate.fingerprint) ?? 0;
  return planned.toSorted((one, other) => rank(one) - rank(other));
}

function placeOf({ country }: ListedAnchor): Environment {
  return SPECIMEN_STATES.has(country) ? 'sandbox' : 'production';
}

/** Why an anchor is not trusted whoever signed it. */
function holdReason(
  anchor: ListedAnchor,
  withdrawn: readonly KeyObject[],
  sandbox: boolean,
): QuarantineReason | null {
  if (placeOf(anchor) === 'sandbox' && !sandbox) return 'specimen';
  const { key } = anchor.certificate.publicKey;
  return withdrawn.some((other) => other.equals(key)) ? 'key_withdrawn' : null;
}

function isOrphan({ state, stateReason }: StoredAnchor): boolean {
  return state === 'quarantined' && stateReason === 'issuer_unknown';
}

function withdrawnKeys(stored: readonly ReadAnchor[]): KeyObject[] {
  return stored
    .filter(({ state }) => state === 'withdrawn')
    .map(({ parsed }) => attempt(() => parsed.publicKey.key))
    .flatMap((key) => (key.ok ? [key.value] : []));
}

/** A stored anchor that a stricter reader no longer reads trusts nobody, and stops no import. */
function* readStored(stored: readonly StoredAnchor[]): Generator<void, ReadAnchor[], void> {
  const read: ReadAnchor[] = [];
  for (const anchor of stored) {
    yield;
    const parsed = attempt(() => parseCertificate(anchor.certificate));
    if (parsed.ok) read.push({ ...anchor, parsed: parsed.value });
  }
  return read;
}
