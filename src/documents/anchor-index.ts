import type { Certificate } from './certificates.ts';

/** Anchors by what a signer's certificate says of its issuer: a store holds hundreds, a signer concerns two or three. */
export interface AnchorIndex {
  byKeyId: ReadonlyMap<string, readonly Certificate[]>;
  bySubject: ReadonlyMap<string, readonly Certificate[]>;
  /** Upper case: certificates write their country in either (Doc 9303-12 asks for upper). */
  byCountry: ReadonlyMap<string, readonly Certificate[]>;
}

/** KeyUsage bit keyCertSign (RFC 5280 §4.2.1.3). */
const KEY_CERT_SIGN = 5;

export function indexAnchors(anchors: readonly Certificate[]): AnchorIndex {
  const [byKeyId, bySubject, byCountry] = [0, 1, 2].map(() => new Map<string, Certificate[]>());
  for (const anchor of anchors) {
    const { subjectKeyId } = anchor.extensions;
    const country = anchor.subject.country?.toUpperCase();
    if (subjectKeyId !== undefined) add(byKeyId!, subjectKeyId, anchor);
    add(bySubject!, subjectOf(anchor.subject), anchor);
    if (country !== undefined) add(byCountry!, country, anchor);
  }
  return { byKeyId: byKeyId!, bySubject: bySubject!, byCountry: byCountry! };
}

function add(map: Map<string, Certificate[]>, key: string, anchor: Certificate): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [anchor]);
  else known.push(anchor);
}

function subjectOf({ attributes }: Certificate['subject']): string {
  return attributes.join('\0');
}

/** The anchors that the signer's authority key identifier names: then no other key may have signed. */
export function namedIssuers(signer: Certificate, index: AnchorIndex): Certificate[] {
  const { authorityKeyId } = signer.extensions;
  const named = authorityKeyId === undefined ? undefined : index.byKeyId.get(authorityKeyId);
  return (named ?? []).filter((anchor) => mayCertify(anchor));
}

/** Anchors of the signer's state, by its issuer's name or country. */
export function stateIssuers(signer: Certificate, index: AnchorIndex): Certificate[] {
  const { issuer } = signer;
  const byName = index.bySubject.get(subjectOf(issuer)) ?? [];
  const byCountry = index.byCountry.get(issuer.country?.toUpperCase() ?? '') ?? [];
  return [...new Set([...byName, ...byCountry])].filter((anchor) => mayCertify(anchor));
}

/** Old CSCA certificates say nothing about themselves; one that says it is no CA is none. */
function mayCertify(anchor: Certificate): boolean {
  const { keyUsage } = anchor.extensions;
  return keyUsage === undefined || keyUsage[KEY_CERT_SIGN] === true;
}
