import type { Service } from '../agencies/service.ts';
import type { StayStatus } from '../assurance/stay.ts';
import { isLawfulStay } from '../assurance/stay.ts';
import { ALIGNED_IAL } from '../assurance/aligned-names.ts';
import { signInPolicy } from '../assurance/sign-in-policy.ts';
import type { Ial } from '../assurance/acr.ts';
import type { RecordedStatusEvent } from '../registry/status-events.ts';
import type { EventName, SimpleSubjectId } from './event-types.ts';

/** One event to be sent. */
export interface ToldEvent {
  name: EventName;
  details: Record<string, unknown>;
}

/** What of the holder counts for what a service is told; read when the event is addressed. */
export interface TellingFacts {
  event: RecordedStatusEvent;
  service: Pick<Service, 'demands'>;
  /** The claims that the person agreed to share with this service, and that it may still ask. */
  granted: readonly string[];
  ial: Ial;
  stay: StayStatus;
  /** The `stay` claim, as a token would hold it now. */
  stayClaim: unknown;
  /** Of a changed identifier: the subject that counts from now on. */
  newSubject: SimpleSubjectId | null;
}

/**
 * What a service is told of a status event: no more than its tokens would say. Why somebody was suspended, which list or
 * register spoke and whose number merged into whose stays with us. Empty: nothing of it is this service's business.
 */
export function tellStatus(facts: TellingFacts): ToldEvent[] {
  const { event } = facts;
  switch (event.kind) {
    case 'id_state_changed':
      return stateEvents(event);
    case 'identifier_changed':
      return facts.newSubject
        ? [{ name: 'subject_merged', details: { new_subject: facts.newSubject } }]
        : [];
    case 'identity_split':
      return [{ name: 'subject_split', details: doubtfulInterval(event) }];
    case 'document_replaced':
      return knowsDocument(facts) ? [{ name: 'document_renewed', details: {} }] : [];
    case 'person_erased':
      return [{ name: 'account_purged', details: {} }];
    case 'assurance_changed':
      return assuranceEvents(facts);
  }
}

/** RISC §2.3, §2.4: told where the holder's being able to sign in changes; other states are nobody's business. */
function stateEvents({ from, to }: RecordedStatusEvent): ToldEvent[] {
  const before = from === null || signInPolicy(from).maySignIn;
  const after = to === null || signInPolicy(to).maySignIn;
  if (before === after) return [];
  return [{ name: after ? 'account_enabled' : 'account_disabled', details: {} }];
}

function doubtfulInterval({ doubtful }: RecordedStatusEvent): Record<string, unknown> {
  if (!doubtful) return {};
  return { doubtful_from: seconds(doubtful.from), doubtful_until: seconds(doubtful.until) };
}

function assuranceEvents(facts: TellingFacts): ToldEvent[] {
  switch (facts.event.reason) {
    case 'stay_changed':
    case 'stay_ended':
      return stayEvents(facts);
    case 'document_expired':
    case 'document_lost':
      return knowsDocument(facts) ? [{ name: 'document_not_current', details: {} }] : [];
    default:
      return [levelEvent(facts)];
  }
}

function stayEvents(facts: TellingFacts): ToldEvent[] {
  const { service, granted, stay, stayClaim } = facts;
  const isGranted = granted.includes('stay');
  const concerns = isGranted || service.demands.demandsLawfulStay;
  return [
    ...(concerns && !isLawfulStay(stay) ? [{ name: 'stay_ended' as const, details: {} }] : []),
    ...(isGranted
      ? [{ name: 'token_claims_change' as const, details: { claims: { stay: stayClaim } } }]
      : []),
  ];
}

/** CAEP §3.3. NIST names no level below IAL1: `none` is ours for it. A new proof may raise the level or only its day. */
function levelEvent({ event, ial }: TellingFacts): ToldEvent {
  return {
    name: 'assurance_level_change',
    details: {
      namespace: 'NIST-IAL',
      current_level: ALIGNED_IAL[ial].nist === null ? 'none' : `nist-ial${ial}`,
      ...(event.reason === 'proof_renewed' ? {} : { change_direction: 'decrease' }),
    },
  };
}

/** The level claims of every token say whether the document is current; which one it is, only with a grant. */
function knowsDocument({ service, granted }: TellingFacts): boolean {
  return (
    service.demands.demandsCurrentDocument ||
    ['travel_document', 'previous_documents', 'verified_claims'].some((name) =>
      granted.includes(name),
    )
  );
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
