/**
 * Every event that the audit trail knows, with the details it carries: ids, codes, counts, levels.
 * Never personal data (a canary test greps the trail). One line an event, grouped by domain.
 */
export interface AuditEvents {
  'system.started': { version: string };
  'system.migrated': { migrations: number };
  'trust.anchor_added': TrustSourceDetails;
  'trust.revocation_list_added': TrustSourceDetails;
  'trust.document_signer_added': TrustSourceDetails;
  'trust.anchors_imported': AnchorImportDetails;
  'trust.anchor_proposed': { sha256: string; country: string; environment: string };
  'trust.anchor_confirmed': {
    sha256: string;
    country: string;
    environment: string;
    proposedBy: string;
    state: string;
    reason: string | null;
    linked: number;
    version: number;
  };
  'trust.anchor_rejected': { sha256: string; country: string; reason: string };
  'trust.withdrawal_proposed': { sha256: string; reason: string };
  'trust.withdrawal_rejected': { sha256: string; reason: string };
  'trust.anchor_withdrawn': {
    sha256: string;
    reason: string;
    proposedBy: string;
    withdrawn: number;
    orphaned: number;
    version: number;
  };
  'registry.person_enrolled': ProofDetails;
  'registry.person_reproofed': ProofDetails;
  'registry.record_displaced': { caseId: string; fromAccount: string | null; toAccount: string };
  'registry.id_state_changed': {
    foreignId: string;
    from: string;
    to: string;
    reason: string;
    version: number;
  };
  'registry.stay_recorded': { status: string; previous: string | null; source: string | null };
  'registry.document_reported_lost': { documentId: string; provenSince: boolean };
  'registry.issuer_compromised': { fingerprint: string; persons: number };
  'registry.biometric_consent_withdrawn': { proofs: number };
  'registry.cross_reference_recorded': {
    kind: string;
    source: string;
    verified: boolean;
    added: boolean;
  };
  'registry.cross_reference_ended': { crossReferenceId: string };
  'registry.document_joined': {
    caseId: string;
    documentId: string;
    kind: string;
    replaced: string | null;
    continuity: string;
    secondOfficer: string | null;
  };
  'registry.person_returned': { caseId: string; accountId: string };
  'registry.person_erased': { reason: string; documents: number };
  'registry.change_proposed': {
    proposalId: string;
    kind: string;
    otherPersonId: string | null;
    reason: string;
  };
  'registry.change_decided': {
    proposalId: string;
    kind: string;
    otherPersonId: string | null;
    outcome: string;
  };
  'registry.change_objected': { proposalId: string; kind: string };
  'registry.persons_merged': { proposalId: string; survivor: string; numbers: number };
  'registry.person_split': { proposalId: string; otherPersonId: string; proofsEnded: number };
  /** `number`: keyed digest of what was asked about. */
  'registry.number_looked_up': {
    lookUpId: string;
    agreement: string;
    number: string;
    result: string;
    state: string | null;
  };
  'registry.number_enumeration_suspected': { misses: number; windowSeconds: number };
  'registry.hold_placed': { holdId: string; reason: string };
  'registry.hold_released': { holdId: string; reason: string };
  'accounts.account_created': { lang: string };
  'accounts.passkey_added': { aaguid: string; backupEligible: boolean };
  'accounts.passkey_renamed': Record<string, never>;
  'accounts.passkey_removed': { sessionsEnded: number };
  'accounts.passkey_removal_asked': { changeId: string };
  'accounts.signed_in': { kind: string; aal: number; passkeyId: string; again: boolean };
  'accounts.sign_in_refused': { reason: string };
  'accounts.signed_out': Record<string, never>;
  'accounts.sessions_ended': { count: number };
  'accounts.recovery_code_made': Record<string, never>;
  'accounts.recovery_code_refused': { failedAttempts: number };
  'accounts.recovery_opened': { changeId: string };
  'accounts.recovery_completed': { changeId: string };
  'accounts.change_cancelled': { changeId: string; kind: string };
  'accounts.officer_invited': { roles: string[] };
  'accounts.account_erased': { passkeys: number; sessions: number };
  'accounts.notice_queued': { template: string; addresses: number };
  'accounts.notice_failed': { template: string };
  'agencies.agency_registered': { code: string };
  'agencies.registration_token_issued': { tokenId: string; services: number; claims: string[] };
  'agencies.service_changed': { minimumIal: number; claims: string[] };
  'agencies.service_removed': { agency: string };
  'oidc.sign_out_told': { service: string };
  'exchange.stream_created': StreamDetails;
  'exchange.stream_changed': StreamDetails;
  'exchange.stream_removed': StreamDetails;
  'exchange.stream_paused': { streamId: string };
  'exchange.event_told': { jti: string; event: string };
  'exchange.event_refused': { jti: string; event: string; error: string };
  'agencies.service_registered': {
    agency: string;
    minimumIal: number;
    minimumAal: number;
    claims: string[];
  };
  'agencies.resource_registered': {
    agency: string;
    scopes: string[];
    detailTypes: string[];
    services: string[];
  };
  'agencies.resource_state_changed': { state: string };
  'agencies.agreement_registered': {
    service: string;
    resource: string;
    scopes: string[];
    basis: string;
    approvers: string[];
  };
  'agencies.agreement_ended': Record<string, never>;
  'oidc.details_agreed': { service: string; types: string[]; sha256: string };
  'oidc.token_exchanged': {
    service: string;
    signedInAt: string;
    resource: string;
    scopes: string[];
    agreement: string;
    basis: string;
    actors: number;
  };
  'oidc.consent_given': {
    service: string;
    claims: string[];
    resources: string[];
    grown: boolean;
  };
  'oidc.consent_given_for_ward': {
    service: string;
    claims: string[];
    resources: string[];
    grown: boolean;
  };
  'oidc.consent_withdrawn': { service: string; grants: number };
  'oidc.consent_withdrawn_for_ward': { service: string; grants: number };
  'oidc.signed_in': { service: string; aal: number };
  'oidc.signed_in_for_ward': { service: string; aal: number };
  'oidc.tokens_issued': { service: string; by: string; acr: string };
  'oidc.replay_refused': { kind: string };
  'oidc.key_published': { kind: string; heldBy: string; usedFrom: string };
  'oidc.key_in_use': { kind: string };
  'oidc.key_retired': { kind: string };
  'oidc.key_removed': { kind: string };
  'oidc.key_compromised': { kind: string; successor: string | null };
  'oidc.device_approved': { service: string; aal: number };
  'oidc.device_approved_for_ward': { service: string; aal: number };
  'oidc.device_refused': { service: string; error: string };
  'oidc.approval_asked': { approvalId: string; service: string; shown: boolean };
  'oidc.approval_answered': { approvalId: string; service: string; answer: string; aal: number };
  'admin.case_opened': Record<string, never>;
  'admin.portrait_opened': { which: string };
  'admin.person_opened': Record<string, never>;
  'admin.proposals_opened': { shown: number };
  'admin.adjudication_opened': { hold: string; records: number };
  'proofing.case_adjudicated': {
    adjudicationId: string;
    kind: string;
    portraits: string | null;
    dismissed: number;
    outcome: string;
  };
  'admin.person_looked_up': { found: boolean };
  'proofing.case_opened': { pathway: string };
  'proofing.hand_off_made': { handOffId: string };
  'proofing.hand_off_opened': { handOffId: string };
  'proofing.chip_run_started': { runId: string; number: number };
  'proofing.chip_run_ended': { runId: string; outcome: string };
  'proofing.chip_submitted': { examinationId: string; outcome: string; verdict: string };
  'proofing.portrait_taken': { examinationId: string; capture: string };
  'proofing.faces_compared': {
    examinationId: string;
    outcomes: string[];
    matcher: string | null;
  };
  'proofing.register_waiting': { attempts: number; reason: string };
  'proofing.watch_alert_raised': { alertId: string; source: string };
  'proofing.watch_alert_settled': { alertId: string; state: string; caseOpen: boolean };
  'proofing.entry_contested': { correctionId: string; entry: string };
  'proofing.correction_requested': { correctionId: string; register: string; by: string };
  'proofing.correction_answered': { correctionId: string; outcome: string };
  'proofing.correction_dismissed': { correctionId: string };
  'proofing.visa_sticker_given': { stickerId: string; outcome: string };
  'proofing.visa_sticker_set_aside': { stickerId: string };
  'admin.watch_alerts_opened': { shown: number };
  'admin.correction_opened': { correctionId: string };
  'visas.stay_rules_proposed': {
    proposalId: string;
    sha256: string;
    rules: number;
    basedOn: number;
  };
  'visas.stay_rules_accepted': {
    proposalId: string;
    proposedBy: string;
    version: number;
    sha256: string;
    rules: number;
  };
  'visas.stay_rules_rejected': { proposalId: string; proposedBy: string };
  'visas.stay_rules_imported': { version: number; sha256: string; rules: number };
  'proofing.register_rechecked': { recheckId: string; outcome: string };
  'proofing.register_answered': { examinationId: string; finding: string };
  'proofing.step_reopened': { step: string; wiped: string[] };
  'proofing.case_assigned': { officerId: string | null };
  'proofing.case_decided': { decisionId: string; kind: string; outcome: string; version: number };
  'proofing.case_planted': { expected: string };
  'proofing.case_reviewed': { reviewId: string; decisionId: string; finding: string };
  'proofing.case_withdrawn': { step: string };
  'proofing.case_expired': { step: string };
  'proofing.case_reminded': { step: string };
  'proofing.data_page_submitted': { examinationId: string; outcome: string };
  'proofing.document_confirmed': { examinationId: string; outcome: string };
  'proofing.register_code_asked': Record<string, never>;
  'proofing.register_code_refused': { tries: number };
  'proofing.register_code_confirmed': { examinationId: string };
  'proofing.counter_code_made': { codeId: string };
  'proofing.counter_opened': { codeId: string };
  'proofing.document_inspected': { examinationId: string; which: string; outcome: string };
  'proofing.face_compared': { examinationId: string };
  'proofing.face_consented': Record<string, never>;
  'proofing.sample_kept': { examinationId: string };
  'proofing.sample_consented': Record<string, never>;
  'proofing.sample_consent_withdrawn': { wiped: boolean };
  'proofing.own_account_declared': Record<string, never>;
  'proofing.guardianship_declared': { guardianshipId: string };
  'proofing.guardianship_verified': { guardianshipId: string; how: string };
  'proofing.guardianship_ended': { guardianshipId: string; reason: string };
  'proofing.policy_left_case': { reasons: string[]; version: number };
  'proofing.letter_opened': { which: string };
  'proofing.appeal_filed': { appealId: string; dueAt: string };
  'proofing.appeal_decided': { appealId: string; outcome: string; late: boolean };
  'proofing.records_purged': {
    class: string;
    day: string;
    removed: number;
    held: number;
    overdue: number;
    digest: string;
  };
  'portal.id_frozen': { by: string; sessionsEnded: number };
}

/** A CSCA certificate or CRL that was put in the trust store. */
interface TrustSourceDetails {
  sha256: string;
  country: string;
  environment: string;
  source: string;
}

/** A CSCA master list that was imported: hashes of the list, its signer and the pinned root, and what it changed. */
interface AnchorImportDetails {
  version: number;
  sha256: string;
  country: string;
  source: string;
  signer: string;
  root: string;
  added: number;
  known: number;
  linked: number;
  quarantined: number;
  refused: number;
}

/** A proof that was put on record. */
interface ProofDetails {
  caseId: string;
  accountId: string;
  documentId: string;
  proofId: string;
  pathway: string;
  ial: number;
}

interface StreamDetails {
  streamId: string;
  method: string;
  state: string;
}

export type AuditAction = keyof AuditEvents;

/** Who acted. `holder` is the person at a keyboard without an account session (a link from a notice). */
export type Actor =
  | { kind: 'system'; id: string | null }
  | { kind: 'account'; id: string }
  | { kind: 'officer'; id: string }
  | { kind: 'service'; id: string }
  | { kind: 'reader'; id: string }
  | { kind: 'holder'; id: string | null };

/** What was acted upon: an id in one of our tables. */
export interface Subject {
  kind:
    | 'system'
    | 'account'
    | 'officer'
    | 'passkey'
    | 'session'
    | 'case'
    | 'person'
    | 'agency'
    | 'service'
    | 'resource'
    | 'agreement'
    | 'grant'
    | 'anchor'
    | 'key';
  id: string | null;
}
