import { z } from 'zod';
import type { ClaimName } from '../agencies/claim-names.ts';
import type { Service } from '../agencies/service.ts';
import { releasesNumber } from '../assurance/sign-in-policy.ts';
import { askedClaims, claimOf } from './claims.ts';
import type { Wanted } from './consents.ts';
import type { Holder } from './holder.ts';
import { knownDocuments } from './known-documents.ts';
import { acrFault } from './level-request.ts';
import type { SharedItem } from './shared-items.ts';
import {
  DOCUMENT_PARTS,
  PLACES,
  askedWithin,
  readVerifiedClaims,
} from './verified-claims-request.ts';

const claimsParameter = z.looseObject({
  id_token: z.record(z.string(), z.unknown()).optional(),
  userinfo: z.record(z.string(), z.unknown()).optional(),
});

/** The `claims` parameter as an object of objects; null where it is none. */
export function parsedClaims(text: unknown) {
  if (typeof text !== 'string') return null;
  try {
    const read = claimsParameter.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** The names that the `claims` parameter asks (OIDC Core §5.5), in either place. */
export function namesInClaims(text: unknown): string[] {
  const { id_token: idToken, userinfo } = parsedClaims(text) ?? {};
  return [...new Set([...Object.keys(idToken ?? {}), ...Object.keys(userinfo ?? {})])];
}

/** What the `claims` parameter asks as `verified_claims`, in either place; empty where it asks none. */
export function verifiedInClaims(text: unknown) {
  const claims = parsedClaims(text);
  return PLACES.map((place) => readVerifiedClaims(claims, place)).filter((read) => read !== null);
}

/** The deepest request that any standard gives a meaning to has 10 levels; what walks a value needs a bound. */
const DEEPEST = 20;

/** How deep a JSON text nests. */
function depthOf(text: string): number {
  const brackets = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').replaceAll(/[^[\]{}]/g, '');
  let depth = 0;
  let deepest = 0;
  for (const bracket of brackets) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** What a service asks that it may not, or asks in another form than the standard's; null where all is well. */
export function claimsFault(text: unknown, allowed: readonly ClaimName[]): string | null {
  if (typeof text === 'string' && depthOf(text) > DEEPEST)
    return `claims: nested deeper than ${DEEPEST} levels`;
  const acr = acrFault(parsedClaims(text));
  if (acr !== null) return acr;
  const unregistered = (name: string) => {
    const claim = claimOf(name);
    return claim !== null && !allowed.includes(claim);
  };
  const foreign = namesInClaims(text).find(unregistered);
  if (foreign) return `claims: this service is not registered for "${foreign}"`;
  for (const read of verifiedInClaims(text)) {
    if (!read.ok) return `${read.path}: ${read.fault}`;
    const asked = askedWithin(read.members);
    const within = asked.claims.find(unregistered);
    if (within) return `verified_claims.claims: this service is not registered for "${within}"`;
    if (asked.parts.length > 0 && !allowed.includes('travel_document'))
      return `verified_claims: this service is not registered for "travel_document", which document_details.${asked.parts[0]!} belongs to`;
  }
  return null;
}

/** Scopes of resources have a colon: they are agreed to with their resource (resources.ts). */
function isOfOpenId(scope: string): boolean {
  return scope !== '' && !scope.includes(':');
}

/** What a request asks: its scopes, and what they and `claims` name. */
export function wantedBy(
  parameters: { scope?: unknown; claims?: unknown },
  service: Service,
): Wanted {
  const scopes =
    typeof parameters.scope === 'string' ? parameters.scope.split(' ').filter(isOfOpenId) : [];
  const requests = verifiedInClaims(parameters.claims).flatMap((read) =>
    read.ok ? read.members : [],
  );
  const within = askedWithin(requests);
  const names = [...namesInClaims(parameters.claims), ...within.claims];
  const verified: SharedItem[] =
    requests.length > 0
      ? ['verified_claims', ...within.parts.map((part) => DOCUMENT_PARTS[part])]
      : [];
  return { scopes, claims: [...askedClaims({ scopes, names }, service.claims), ...verified] };
}

/**
 * The part of it that there is anything to agree to: nothing is known of an account without a person, and some states
 * of an ID do not release its number. What becomes known later was not agreed to, and is asked then.
 */
export function tellable(wanted: Wanted, holder: Holder, service: Service): Wanted {
  const { standing } = holder;
  const isKnown = (item: SharedItem): boolean => {
    if (standing === null) return false;
    switch (item) {
      case 'foreign_national_id':
        return releasesNumber(standing.idState, service);
      case 'verified_claims':
      case 'verified_document_number':
      case 'verified_document_issuer':
      case 'verified_document_expiry':
        return holder.assurance.ial > 0;
      case 'previous_documents':
        return knownDocuments(standing).previous.length > 0;
      default:
        return true;
    }
  };
  return { scopes: wanted.scopes, claims: wanted.claims.filter(isKnown) };
}
