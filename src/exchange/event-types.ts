/** Every type of event that we send, by our name for it. The standards' own first; ours where none of theirs tells it. */
export const EVENT_TYPES = {
  // OpenID RISC Profile 1.0 §2
  account_disabled: 'https://schemas.openid.net/secevent/risc/event-type/account-disabled',
  account_enabled: 'https://schemas.openid.net/secevent/risc/event-type/account-enabled',
  account_purged: 'https://schemas.openid.net/secevent/risc/event-type/account-purged',
  // OpenID CAEP 1.0 §3
  session_revoked: 'https://schemas.openid.net/secevent/caep/event-type/session-revoked',
  token_claims_change: 'https://schemas.openid.net/secevent/caep/event-type/token-claims-change',
  credential_change: 'https://schemas.openid.net/secevent/caep/event-type/credential-change',
  assurance_level_change:
    'https://schemas.openid.net/secevent/caep/event-type/assurance-level-change',
  // ours
  document_renewed: 'urn:tangchat:event:document-renewed',
  document_not_current: 'urn:tangchat:event:document-not-current',
  stay_ended: 'urn:tangchat:event:stay-ended',
  subject_merged: 'urn:tangchat:event:subject-merged',
  subject_split: 'urn:tangchat:event:subject-split',
} as const;
export type EventName = keyof typeof EVENT_TYPES;

export const EVENTS_SUPPORTED: readonly string[] = Object.values(EVENT_TYPES);

/** Of the stream itself (Shared Signals 1.0 §8.1.4): sent whatever was requested. */
export const VERIFICATION = 'https://schemas.openid.net/secevent/ssf/event-type/verification';

/** What stands in a token besides who made it for whom: the subject (RFC 9493) and one event. */
export interface EventBody {
  sub_id: SubjectId;
  /** One event, with what belongs to it. */
  events: Record<string, Record<string, unknown>>;
  /** Names what caused it: the same in every token of one cause (RFC 8417 §2.2). */
  txn?: string;
}

export type SimpleSubjectId =
  | { format: 'iss_sub'; iss: string; sub: string }
  | { format: 'opaque'; id: string };
export type SubjectId =
  | SimpleSubjectId
  | { format: 'complex'; user: SimpleSubjectId; session: SimpleSubjectId };
