import type { Service } from '../agencies/service.ts';
import type { App } from '../lib/app.ts';
import { claimValues } from './claims.ts';
import { claimFacts } from './holder.ts';
import type { Holder } from './holder.ts';
import { verificationOf, withAgreedParts } from './holder-verification.ts';
import type { Json } from './match-verification.ts';
import { fullVerification } from './verification-evidence.ts';
import { answerVerifiedClaims } from './verified-claims.ts';
import type { VerifiedClaims } from './verified-claims.ts';
import { VERIFIABLE, readVerifiedClaims } from './verified-claims-request.ts';

/** `verified_claims` as the claims of an ID token or userinfo answer; empty where none were asked, or none can be told. */
export function tellVerifiedClaims(
  app: Pick<App, 'clock' | 'blindIndex'>,
  given: {
    use: string;
    /** The claims asked by name in this place. */
    asked: object | undefined;
    agreed: readonly string[];
    holder: Holder;
    service: Service;
  },
): { verified_claims?: VerifiedClaims | VerifiedClaims[] } {
  const { use, asked, agreed, holder, service } = given;
  const place = use === 'id_token' ? 'id_token' : 'userinfo';
  const request = readVerifiedClaims({ [place]: asked }, place);
  if (asked && request?.ok && request.isArray) letArrayThrough(asked);
  if (!request?.ok || !agreed.includes('verified_claims')) return {};
  const verification = verificationOf(app, holder.standing, service.agency);
  if (!verification) return {};
  // A service may have been registered for less since, and the person agrees claim by claim.
  const names = VERIFIABLE.filter(
    (name) => agreed.includes(name) && (service.claims as readonly string[]).includes(name),
  );
  const values = claimValues(names, claimFacts(holder, service)) as Record<string, Json>;
  const tellable = {
    verification: fullVerification(withAgreedParts(verification, agreed)),
    claims: values,
  };
  const answer = answerVerifiedClaims(request, tellable, app.clock.now());
  return answer === undefined ? {} : { verified_claims: answer };
}

/**
 * The library tells of our claims those that were asked by null or an object, and takes a list for no request at all.
 * What it asks us by is its own copy for this one answer, of which nothing but the names counts from here on.
 */
function letArrayThrough(asked: object): void {
  (asked as { verified_claims?: unknown }).verified_claims = null;
}
