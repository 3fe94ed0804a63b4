import type { Actor } from '../audit/events.ts';
import type { IdentityEvidence } from '../assurance/identity-evidence.ts';
import type { StayFacts } from '../assurance/stay.ts';
import type { AccountId, CaseId, OfficerId, PersonId, RowId } from '../lib/ids.ts';
import type { PortraitComparison } from './continuity.ts';
import type { ForeignIdNumber } from './foreign-id.ts';
import type { ForeignIdState } from './id-lifecycle.ts';
import type { PersonAttributes, TravelDocumentFacts } from './person.ts';
import type { CrossReference } from './record-cross-reference.ts';
import type { ProofFindings } from './record-proof.ts';

export interface EnrolmentInput {
  /** Also the key that makes issuing idempotent: one case issues once. */
  caseId: CaseId;
  accountId: AccountId;
  /** Who the document says they are; a `ChipDocument` fits both this and the next. */
  holder: PersonAttributes;
  document: TravelDocumentFacts;
  findings: ProofFindings;
  stay: StayFacts;
  /** The level that the pathway aims at. 1: a data page, which puts the person on record and binds no number. */
  leastIal?: 1 | 2;
  /** For somebody not yet admitted: visa or arrival-card date + 90 days, `YYYY-MM-DD`. */
  provisionalUntil: string | null;
  actor: Actor;
  /** Numbers that registers gave the applicant: searched before anything is issued, then kept. */
  crossReferences?: readonly CrossReference[];
  /**
   * Whom the deciding officer compared the applicant with and found to be somebody else; `all`: everybody that the search
   * finds. Left out: nobody was compared, and one candidate is enough to issue nothing.
   */
  dismissed?: readonly PersonId[] | 'all';
  /** What an officer decided about another document of the account's holder. */
  resolution?: Resolution;
}

/** A decision to join a document to a person on record: never taken by a machine. */
export interface Resolution {
  /** `renewal` takes the place of `replaces`; a `second_document` is held beside the others. */
  kind: 'renewal' | 'second_document';
  /** The document that is replaced; null for a second one. */
  replaces: RowId | null;
  /** How the officer found the earlier portrait and the live one. */
  portraits: PortraitComparison;
  /** Another officer than the actor, where continuity does not hold by itself. */
  secondOfficer: OfficerId | null;
}

export type Enrolment =
  | {
      ok: true;
      /**
       * `issued`: the number is bound. `recorded`: IAL1, no number. `reproofed`: a known holder proved the same document
       * again. `joined`: an officer joined another document to the person. `returned`: somebody who had been erased has their
       * number again. `repeated`: this case had enrolled before.
       */
      outcome: EnrolmentOutcome;
      personId: PersonId;
      /** Null at IAL1, which never binds one. */
      number: ForeignIdNumber | null;
      state: ForeignIdState | 'none';
      /** The account that had this person on record by a data page alone, and lost them to this proof. */
      displaced: AccountId | null;
    }
  /** The findings do not reach the level that the pathway aims at; `missing` names the demands left open. */
  | { ok: false; reason: 'assurance_too_low'; missing: string[] }
  /** The document belongs to another person or account: for an officer to settle, never merged by machine. */
  | { ok: false; reason: 'document_on_record'; personId: PersonId }
  /** The account's holder is on record with other documents: an officer decides whether this is a renewal. */
  | { ok: false; reason: 'account_enrolled'; personId: PersonId }
  /** Somebody on record may be the applicant: by a number of another register, or by name and birth date. */
  | { ok: false; reason: 'candidates_found'; candidates: PersonId[] }
  /** The officer's decision does not carry the document over: it needs a second officer, or nobody may take it. */
  | { ok: false; reason: 'continuity_open' | 'continuity_broken'; personId: PersonId }
  /** The person's ID is revoked, superseded, or its holder recorded as dead or naturalised. */
  | { ok: false; reason: 'id_closed'; personId: PersonId; state: ForeignIdState };

export type EnrolmentOutcome =
  | 'issued'
  | 'recorded'
  | 'reproofed'
  | 'joined'
  | 'returned'
  | 'repeated';

/** What every step of an enrolment has at hand. */
export interface Applicant {
  input: EnrolmentInput;
  proof: IdentityEvidence;
  /** The proof reaches a level that binds a number. */
  binds: boolean;
}
