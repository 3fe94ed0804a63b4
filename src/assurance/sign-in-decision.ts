import { chooseAcr, meets, parseAcr, unmetPart } from './acr.ts';
import type { Levels } from './acr.ts';
import type { IdentityAssurance } from './identity.ts';
import type { Pathway } from './identity-evidence.ts';
import { isLawfulStay } from './stay.ts';
import type { StayStatus } from './stay.ts';

/** What a service set at registration: none of it can be waived by a request. */
export interface ServiceDemands {
  minimum: Levels;
  /** Pathways whose IAL the service does not accept (an officer's eye alone, say). */
  refusedPathways: readonly Pathway[];
  demandsLawfulStay: boolean;
  demandsCurrentDocument: boolean;
}

/** What one authorization request asks. */
export interface LevelRequest {
  /** `acr_values`, or the `value`/`values` of an essential `acr` claim, in order. */
  askedValues: readonly string[];
  /** The `acr` claim was requested as essential (OpenID Connect Core §5.5.1.1). */
  essential: boolean;
}

/** The person and sign-in as they are now. */
export interface HeldFacts {
  levels: Levels;
  identity: IdentityAssurance;
  stay: StayStatus;
}

export type SignInDecision =
  /** Go on with this `acr`. */
  | { outcome: 'proceed'; acr: string }
  /** Run the missing part only; `mayContinue` offers "continue without", which then states `acrOtherwise`. */
  | {
      outcome: 'step_up';
      part: 'ial' | 'aal' | 'both';
      target: Levels;
      mayContinue: boolean;
      acrOtherwise: string;
    }
  /** `unmet_authentication_requirements` for levels; the service's own demands have a page of their own. */
  | { outcome: 'refuse'; reason: RefusalReason };

export type RefusalReason =
  | 'level_out_of_reach'
  | 'pathway_refused'
  | 'document_not_current'
  | 'stay_not_lawful';

/**
 * What a sign-in needs before a token leaves (DESIGN section 3): a service's minimum and an essential `acr` can't
 * be skipped, plain `acr_values` can. `reach` is the most that step-up could bring this person now.
 */
export function decideSignIn(input: {
  request: LevelRequest;
  service: ServiceDemands;
  held: HeldFacts;
  reach: Levels;
  base?: string;
}): SignInDecision {
  const { request, service, held, reach, base } = input;
  const acr = chooseAcr(request.askedValues, held.levels, base);
  const wanted = request.askedValues
    .map((value) => parseAcr(value, base))
    .filter((levels) => levels !== null);
  const isMet = wanted.some((levels) => meets(levels, held.levels));
  // Nobody is sent through a proofing for the service's minimum, only to be told that the request asks more.
  if (request.essential && !isMet && !wanted.some((levels) => meets(levels, reach)))
    return { outcome: 'refuse', reason: 'level_out_of_reach' };
  if (!meets(service.minimum, held.levels))
    return stepUpTo({ wanted: [service.minimum], held, reach, mayContinue: false, acr });
  const refused = refusalOf(service, held);
  if (refused) return { outcome: 'refuse', reason: refused };
  if (isMet || request.askedValues.length === 0) return { outcome: 'proceed', acr };
  return stepUpTo({ wanted, held, reach, mayContinue: !request.essential, acr });
}

function stepUpTo(input: {
  wanted: readonly Levels[];
  held: HeldFacts;
  reach: Levels;
  mayContinue: boolean;
  acr: string;
}): SignInDecision {
  const target = input.wanted.find((levels) => meets(levels, input.reach));
  if (!target)
    return input.mayContinue
      ? { outcome: 'proceed', acr: input.acr }
      : { outcome: 'refuse', reason: 'level_out_of_reach' };
  const part = unmetPart(target, input.held.levels);
  if (part === 'none') return { outcome: 'proceed', acr: input.acr };
  return {
    outcome: 'step_up',
    part,
    target,
    mayContinue: input.mayContinue,
    acrOtherwise: input.acr,
  };
}

function refusalOf(service: ServiceDemands, held: HeldFacts): RefusalReason | null {
  const { identity } = held;
  // A pathway only matters where the service leans on the identity: an IAL0 service refuses nobody's pathway.
  if (
    service.minimum.ial > 0 &&
    identity.pathway !== null &&
    service.refusedPathways.includes(identity.pathway)
  )
    return 'pathway_refused';
  if (service.demandsCurrentDocument && identity.documentCurrent !== true)
    return 'document_not_current';
  if (service.demandsLawfulStay && !isLawfulStay(held.stay)) return 'stay_not_lawful';
  return null;
}
