import type { Certificate } from '../documents/certificates.ts';
import type { ListedAnchors, RefusedCertificate } from '../documents/master-list-anchors.ts';
import { nameOfKey } from '../documents/public-keys.ts';
import { nameOfAlgorithm } from '../documents/signature-algorithms.ts';
import type { ImportPlan } from './import-plan.ts';
import type { AnchorTotals, QuarantineReason } from './store.ts';

/** What `anchors import` prints. */
export type ImportReport = RefusedReport | AcceptedReport;

export interface RefusedReport {
  outcome: 'refused';
  reason: string;
  sha256: string;
}

export interface AcceptedReport {
  /** `already_imported`: exactly these bytes were imported before; nothing changed. */
  outcome: 'imported' | 'already_imported' | 'dry_run';
  sha256: string;
  source: string;
  /** Of the trust store: of this import, or of the one that had these bytes. */
  version: number;
  list: ListDescription;
  /** Of what the list holds. */
  counts: Record<'certificates' | 'new' | 'known' | 'quarantined' | 'refused' | 'linked', number>;
  new: AnchorDescription[];
  quarantined: (AnchorDescription & { reason: QuarantineReason })[];
  /** Orphans of earlier imports that are trusted now. */
  linked: AnchorDescription[];
  refused: readonly RefusedCertificate[];
  /** SHA-256 of anchors that the last list of this state had and this one has not. They stay. */
  noLongerListed: string[];
  store: AnchorTotals;
}

export interface ListDescription {
  country: string;
  signedAt: string | null;
  signer: CertificateDescription;
  /** From the pinned root over link certificates to the one that signed the list signer. */
  path: CertificateDescription[];
  revocation: string;
  certificates: number;
  states: number;
  duplicates: readonly string[];
  byState: Record<string, number>;
  bySignature: Record<string, number>;
  byKey: Record<string, number>;
}

interface CertificateDescription {
  sha256: string;
  name: string;
  notAfter: string;
}

export interface AnchorDescription extends CertificateDescription {
  country: string;
  kind: 'self_signed' | 'link' | 'orphan';
}

export function describeList(
  listed: ListedAnchors,
): Pick<
  ListDescription,
  'certificates' | 'states' | 'duplicates' | 'byState' | 'bySignature' | 'byKey'
> {
  const { anchors, refused, duplicates } = listed;
  const countries = [...anchors, ...refused].map(({ country }) => country ?? 'unknown');
  const byState = tally(countries);
  return {
    certificates: anchors.length + refused.length,
    states: Object.keys(byState).filter((country) => country !== 'unknown').length,
    duplicates,
    byState,
    bySignature: tally(anchors.map(({ certificate }) => nameOfAlgorithm(certificate.algorithm))),
    byKey: tally(anchors.map(({ certificate }) => keyName(certificate))),
  };
}

type Changes = Pick<AcceptedReport, 'counts' | 'new' | 'quarantined' | 'linked' | 'refused'>;

/** What the plan changes, as it is told. */
export function changesOf(plan: ImportPlan, { anchors, refused }: ListedAnchors): Changes {
  const added = plan.planned.filter(({ reason }) => reason === null);
  const quarantined = plan.planned.flatMap(({ anchor, issuedBy, reason }) =>
    reason === null ? [] : [{ ...describeAnchor(anchor.certificate, issuedBy), reason }],
  );
  return {
    counts: {
      certificates: anchors.length + refused.length,
      new: added.length,
      known: plan.known.length,
      quarantined: quarantined.length,
      refused: refused.length,
      linked: plan.linked.length,
    },
    new: added.map(({ anchor, issuedBy }) => describeAnchor(anchor.certificate, issuedBy)),
    quarantined,
    linked: plan.linked.map(({ certificate, issuedBy }) => describeAnchor(certificate, issuedBy)),
    refused,
  };
}

/** SHA-256 of what the last list of a state had and this one has not. */
export function missingFrom(
  { anchors, refused }: ListedAnchors,
  previous: readonly Buffer[],
): string[] {
  const here = new Set([
    ...anchors.map(({ certificate }) => certificate.fingerprint),
    ...refused.map(({ sha256 }) => sha256),
  ]);
  return previous.map((hash) => hash.toString('hex')).filter((hash) => !here.has(hash));
}

export function describeCertificate(certificate: Certificate): CertificateDescription {
  return {
    sha256: certificate.fingerprint,
    name: commonNameOf(certificate),
    notAfter: new Date(certificate.notAfter).toISOString(),
  };
}

export function describeAnchor(
  certificate: Certificate,
  issuedBy: string | null,
): AnchorDescription {
  const own = issuedBy === certificate.fingerprint;
  return {
    ...describeCertificate(certificate),
    country: certificate.subject.country?.toUpperCase() ?? 'unknown',
    kind: own ? 'self_signed' : issuedBy === null ? 'orphan' : 'link',
  };
}

function keyName({ publicKey }: Certificate): string {
  return publicKey.kind === 'rsa' ? `rsa-${nameOfKey(publicKey)}` : nameOfKey(publicKey);
}

const COMMON_NAME = '2.5.4.3=';

/** CN as written; without one, the organisation; names tell officers apart what hashes only identify. */
function commonNameOf({ subject }: Certificate): string {
  const of = (prefix: string) =>
    subject.exactAttributes
      .find((attribute) => attribute.startsWith(prefix))
      ?.replace(/^[^:]*:/, '');
  return of(COMMON_NAME) ?? of('2.5.4.11=') ?? of('2.5.4.10=') ?? '';
}

/** How often each value stands there, by value. */
function tally(values: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
