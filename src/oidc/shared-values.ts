import type { SharedValue } from '../../views/oidc/shared-value.ts';
import type { Service } from '../agencies/service.ts';
import type { App } from '../lib/app.ts';
import { CLAIMS, TAGGED, claimOf, taggedOf } from './claims.ts';
import type { ClaimFacts, ClaimValue } from './claims.ts';
import { claimFacts } from './holder.ts';
import type { Holder } from './holder.ts';
import { verificationOf } from './holder-verification.ts';
import type { DocumentDetails } from './known-documents.ts';
import type { SharedItem } from './shared-items.ts';
import { verificationMethods } from './verification-evidence.ts';
import type { Verification } from './verification-evidence.ts';
import { isClaimName } from '../agencies/claim-names.ts';
import { verifiedInClaims, parsedClaims } from './wanted.ts';
import { PLACES } from './verified-claims-request.ts';

/** What each item would tell the service, for the person to read; an item that tells nothing is not there. */
export function sharedValues(
  app: Pick<App, 'clock' | 'blindIndex'>,
  given: { items: readonly SharedItem[]; holder: Holder; service: Service },
): Map<SharedItem, SharedValue> {
  const { items, holder, service } = given;
  const facts = claimFacts(holder, service);
  const asksVerification = items.some((item) => !isClaimName(item));
  const verification = asksVerification
    ? verificationOf(app, holder.standing, service.agency)
    : null;
  const values = new Map<SharedItem, SharedValue>();
  for (const item of items) {
    const value = isClaimName(item)
      ? claimShown(item, facts)
      : verification && verificationShown(item, verification);
    if (value) values.set(item, value);
  }
  return values;
}

function claimShown(name: keyof typeof CLAIMS, facts: ClaimFacts): SharedValue | null {
  const value = CLAIMS[name].value(facts);
  if (value === undefined) return null;
  const shown = shape(name, value);
  const inLanguages = taggedOf([name]).map((tagged) => TAGGED[tagged]!.value(facts));
  const others = inLanguages.filter((text) => text !== undefined);
  return shown.kind === 'text' ? { ...shown, text: [shown.text, ...others].join(' · ') } : shown;
}

function shape(name: string, value: ClaimValue): SharedValue {
  if (typeof value === 'string') {
    if (name === 'birthdate') return { kind: 'date', date: value };
    if (name === 'foreign_national_id') return { kind: 'number', number: value };
    return { kind: 'text', text: value };
  }
  if (Array.isArray(value)) {
    const list = value as readonly (string | DocumentDetails)[];
    const texts = list.filter((item) => typeof item === 'string');
    if (texts.length > 0) return { kind: 'text', text: texts.join(', ') };
    const documents = list.filter((item) => typeof item !== 'string');
    return { kind: 'documents', documents: documents.map(documentShown) };
  }
  if ('document_number' in value) return { kind: 'documents', documents: [documentShown(value)] };
  if ('status' in value)
    return { kind: 'stay', status: value.status, until: value.admitted_until ?? null };
  throw new TypeError(`The claim ${name} has a value that no page can show.`);
}

function documentShown(details: DocumentDetails) {
  return {
    type: details.type,
    number: details.document_number,
    issuer: details.issuer.country_code,
    expires: details.date_of_expiry ?? null,
  };
}

function verificationShown(item: SharedItem, verification: Verification): SharedValue | null {
  const { document, proof, ial } = verification;
  switch (item) {
    case 'verified_claims':
      return {
        kind: 'verification',
        ial,
        methods: verificationMethods(proof),
        at: proof.proofedAt,
      };
    case 'verified_document_number':
      return document.document_number === undefined
        ? null
        : { kind: 'text', text: document.document_number };
    case 'verified_document_issuer':
      return document.issuer === undefined
        ? null
        : { kind: 'text', text: document.issuer.country_code };
    case 'verified_document_expiry':
      return document.date_of_expiry === undefined
        ? null
        : { kind: 'date', date: document.date_of_expiry };
    default:
      return null;
  }
}

/** Why the service says that it asks, claim by claim, in its own words (`purpose`, 3 to 300 characters). */
export function purposesIn(text: unknown): Map<SharedItem, string> {
  const purposes = new Map<SharedItem, string>();
  const note = (name: string, asked: unknown) => {
    const claim = claimOf(name);
    const purpose = (asked as { purpose?: unknown } | null | undefined)?.purpose;
    if (claim && typeof purpose === 'string' && purpose.length >= 3 && purpose.length <= 300)
      purposes.set(claim, purpose);
  };
  const claims = parsedClaims(text);
  for (const place of PLACES)
    for (const [name, asked] of Object.entries(claims?.[place] ?? {})) note(name, asked);
  for (const read of verifiedInClaims(text))
    if (read.ok)
      for (const { claims: within } of read.members)
        for (const [name, asked] of Object.entries(within ?? {})) note(name, asked);
  return purposes;
}
