/** What becomes of a class when its term is over. */
export type RetentionAction =
  /** The rows go. */
  | 'delete'
  /** The bytes go; a keyed digest, the size, the checks and the outcome stay. */
  | 'destroy_content'
  /** The person's data key goes, and with it everything personal in every table. */
  | 'destroy_key'
  /** Nothing is removed by time. */
  | 'keep';

export interface RetentionRule {
  /** First day on which it is in force, `YYYY-MM-DD`. */
  since: string;
  /** Null: kept without end. */
  days: number | null;
  /** Why no shorter and no longer, with its legal basis. */
  basis: string;
}

export interface RetentionClassFacts {
  what: string;
  /** What the term runs from. */
  from: string;
  action: RetentionAction;
  /** Whether a legal hold on the person or the case keeps it. */
  holdable: boolean;
  /** Oldest first; the last one whose day has come is in force. */
  rules: readonly [RetentionRule, ...RetentionRule[]];
}

const FIRST = '2026-11-23';
const rule = (days: number | null, basis: string): [RetentionRule] => [
  { since: FIRST, days, basis },
];

const STORAGE_LIMIT = 'PDPA s. 37(3): no longer than the purpose needs';
const PUBLIC_TASK = 'PDPA s. 24(4), public task';
const BIOMETRIC = 'PDPA s. 26: explicit consent, which may be withdrawn at any time';
const TRAFFIC = 'Computer Crime Act s. 26: traffic data at least 90 days';
const PRESCRIPTION = 'Civil and Commercial Code s. 193/30: claims end after 10 years';

/**
 * The retention table: every class of personal or security-relevant records, dated. No competent office has reviewed a
 * row. A rule changes by a further entry with its day: what was purged under which rule stays readable in the reports.
 */
export const RETENTION = {
  staged_files: {
    what: 'chip files that a phone sent and never submitted',
    from: 'end of the hand-off',
    action: 'delete',
    holdable: true,
    rules: rule(1, STORAGE_LIMIT),
  },
  hand_offs: {
    what: 'hand-offs to phones and readers, runs of chip authentication',
    from: 'made',
    action: 'delete',
    holdable: true,
    rules: rule(90, `${STORAGE_LIMIT}; a disputed reading is looked into within the appeal's time`),
  },
  unproven_evidence: {
    what: 'everything that a case which was refused, withdrawn or expired rests on: chip files, photos, portraits, answers of registers',
    from: 'case closed, and an appeal decided',
    action: 'destroy_content',
    holdable: true,
    rules: rule(90, `${STORAGE_LIMIT}; covers the time to appeal`),
  },
  chip_files: {
    what: 'chip files, photos and readings of documents of approved cases, without the portrait of the chip',
    from: 'case approved',
    action: 'destroy_content',
    holdable: true,
    rules: rule(1826, `${PUBLIC_TASK}: a decision can be shown again; half the prescription`),
  },
  chip_portraits: {
    what: 'portrait of the chip (DG2) of an approved case, after a later case of the same account was approved',
    from: 'later case approved',
    action: 'destroy_content',
    holdable: true,
    rules: rule(
      365,
      `${PUBLIC_TASK}: renewals are compared with it; the latest one is kept with the identity`,
    ),
  },
  live_captures: {
    what: 'portraits taken live in approved cases',
    from: 'case approved',
    action: 'destroy_content',
    holdable: true,
    rules: rule(180, `${BIOMETRIC}; covers blind re-review and appeal`),
  },
  biometric_samples: {
    what: 'biometric samples kept for IAL3',
    from: 're-proof due',
    action: 'destroy_content',
    holdable: true,
    rules: rule(0, `${BIOMETRIC}; NIST SP 800-63A-4 §3.1.11: only as long as the proof carries`),
  },
  register_answers: {
    what: 'what registers said in approved cases',
    from: 'case approved',
    action: 'destroy_content',
    holdable: true,
    rules: rule(731, `${PUBLIC_TASK}: a decision can be shown again`),
  },
  register_cache: {
    what: 'last answers of registers, kept to be shown with their age',
    from: 'answered',
    action: 'delete',
    holdable: false,
    rules: rule(1, STORAGE_LIMIT),
  },
  visa_stickers: {
    what: 'zones and seals of visa stickers that applicants gave',
    from: 'case closed',
    action: 'delete',
    holdable: true,
    rules: rule(731, `${PUBLIC_TASK}: beside the answers of registers`),
  },
  unproven_cases: {
    what: 'cases that were refused, withdrawn or expired, with their checks, decisions, letters and appeals',
    from: 'case closed, and an appeal decided',
    action: 'delete',
    holdable: true,
    rules: rule(731, `${PUBLIC_TASK}: patterns of abuse; an administrative order can be reopened`),
  },
  proven_cases: {
    what: 'approved cases with their checks and decisions',
    from: 'person erased',
    action: 'delete',
    holdable: true,
    rules: rule(3652, PRESCRIPTION),
  },
  identities: {
    what: 'persons whose ID ended: documents, proofs, names, portraits. Keyed digests and the sealed number stay, so that nobody gets a second number',
    from: 'ID revoked, or holder died',
    action: 'destroy_key',
    holdable: true,
    rules: rule(3652, PRESCRIPTION),
  },
  living_identities: {
    what: 'persons, documents, proofs, numbers and their history, the portrait of the latest chip',
    from: '',
    action: 'keep',
    holdable: false,
    rules: rule(
      null,
      `${PUBLIC_TASK}: one person, one number, for life; erased when the holder asks`,
    ),
  },
  status_events: {
    what: 'what services were told of a person, once they all were',
    from: 'told to the last service',
    action: 'delete',
    holdable: true,
    rules: rule(731, `${PUBLIC_TASK}: a service can be asked what it was told`),
  },
  number_look_ups: {
    what: 'which service asked about a number, what it was told, and alarms about services that try numbers out',
    from: 'asked',
    action: 'delete',
    holdable: true,
    rules: rule(731, `${PUBLIC_TASK}: a holder can see who asked, and a service be asked why`),
  },
  reminders: {
    what: 'that a holder was reminded of a day',
    from: 'told',
    action: 'delete',
    holdable: true,
    rules: rule(365, STORAGE_LIMIT),
  },
  messages: {
    what: 'that a notice was sent; its address and words are forgotten when it is',
    from: 'sent or given up',
    action: 'delete',
    holdable: true,
    rules: rule(365, `${PUBLIC_TASK}: proof that the holder was told`),
  },
  sessions: {
    what: 'sessions of browsers',
    from: 'end at the latest',
    action: 'delete',
    holdable: true,
    rules: rule(90, TRAFFIC),
  },
  account_changes: {
    what: 'changes of passkeys and recoveries that were done or cancelled',
    from: 'settled',
    action: 'delete',
    holdable: true,
    rules: rule(731, `${PUBLIC_TASK}: a take-over is often noticed late`),
  },
  links_and_codes: {
    what: 'freeze links, invitations of officers, counter codes, codes to addresses of registers, challenges: keyed digests of what no longer opens anything',
    from: 'expired',
    action: 'delete',
    holdable: true,
    rules: rule(90, TRAFFIC),
  },
  rate_limits: {
    what: 'counters of limits, by keyed digest',
    from: 'window over',
    action: 'delete',
    holdable: false,
    rules: rule(1, STORAGE_LIMIT),
  },
  demo_mail: {
    what: 'mailbox of the sandbox; empty in production',
    from: 'sent',
    action: 'delete',
    holdable: false,
    rules: rule(30, STORAGE_LIMIT),
  },
  sign_in_artefacts: {
    what: 'codes, tokens, interactions, pushed requests, sessions of the OpenID provider; people on their way to an account',
    from: 'expired',
    action: 'keep',
    holdable: false,
    rules: rule(
      0,
      `${STORAGE_LIMIT}: removed within minutes by jobs of their own, not by the purge`,
    ),
  },
  audit: {
    what: 'the audit trail and its signed heads: ids, codes and counts, no personal data',
    from: '',
    action: 'keep',
    holdable: false,
    rules: rule(
      null,
      'DESIGN section 9: a chain from which something went proves nothing any more',
    ),
  },
  purge_reports: {
    what: 'reports of the purge, legal holds in force and released',
    from: '',
    action: 'keep',
    holdable: false,
    rules: rule(null, 'PDPA s. 39: records of what was erased'),
  },
} as const satisfies Record<string, RetentionClassFacts>;

export type RetentionClass = keyof typeof RETENTION;

/** Classes that the purge removes from. */
export type PurgedClass = {
  [Name in RetentionClass]: (typeof RETENTION)[Name]['action'] extends 'keep' ? never : Name;
}[RetentionClass];

/** Those classes in their order: what is read by the term of others goes after them. */
export const PURGED = (Object.keys(RETENTION) as RetentionClass[]).filter(
  (name): name is PurgedClass => RETENTION[name].action !== 'keep',
);

/** The rule of a class on a day (`YYYY-MM-DD`); the first one before its day, too: nothing is ever without a rule. */
export function ruleOn(facts: Pick<RetentionClassFacts, 'rules'>, day: string): RetentionRule {
  return facts.rules.findLast(({ since }) => since <= day) ?? facts.rules[0];
}
