import type { Pathway } from './case-state.ts';
import type { ApprovalBlocker } from './decision.ts';
import type { PortraitFacts } from './portrait-facts.ts';

/** The version that a decision names; another table is another version. */
export const POLICY_VERSION = '2026-11-23.2';

/** Everything that the policy looks at; all of it from evidence on file, nothing that anybody claims. */
export interface PolicyFacts extends PortraitFacts {
  pathway: Pathway;
  /** What would stand against an officer as well, at this moment. */
  blockers: readonly ApprovalBlocker[];
  cloneCheck: 'passed' | 'failed' | 'unsupported' | 'not_attempted';
  register: 'agrees' | 'contradicts' | 'no_record';
  /** The register took the two for one only by a rule of transcription, order or truncation. */
  registerNotes: number;
  birthDateDoubtful: boolean;
  nameMayBeTruncated: boolean;
  /** Data page: what the holder confirmed agrees with what was read. */
  confirmationAgrees: boolean;
  /** Data page: a code came back from the register's address. */
  codeConfirmed: boolean;
  held: boolean;
  /** An officer has asked for something again, or has the case: then it stays with officers. */
  seenByOfficer: boolean;
  /** It is for a child: somebody else acts in it. */
  forChild: boolean;
  /** It was planted, or drawn for review. */
  planted: boolean;
}

/** One row of the policy: which pathways it is for, what it asks, and what the queue says where it does not hold. */
export interface PolicyRule {
  readonly reason: string;
  readonly pathways: readonly Pathway[];
  readonly says: string;
  holds(this: void, facts: PolicyFacts): boolean;
}

const ALL: readonly Pathway[] = ['chip', 'data_page', 'counter'];
const CHIP: readonly Pathway[] = ['chip'];
const PAGE: readonly Pathway[] = ['data_page'];

/**
 * The written policy of automatic decisions (issue 5.5): every rule of the pathway holds, or the case goes to the queue with
 * the reasons of those that do not. It approves or it leaves; it never refuses anybody.
 */
export const AUTOMATIC_POLICY: readonly PolicyRule[] = [
  {
    reason: 'counter',
    pathways: ALL,
    says: 'The person is not at a counter: there an officer decides.',
    holds: ({ pathway }) => pathway !== 'counter',
  },
  {
    reason: 'blocked',
    pathways: ALL,
    says: 'Nothing stands against approving: evidence judged anew is genuine and unexpired, the register is fresh.',
    holds: ({ blockers }) => blockers.length === 0,
  },
  {
    reason: 'held',
    pathways: ALL,
    says: 'The case is not held, and nobody on record may be the applicant.',
    holds: ({ held }) => !held,
  },
  {
    reason: 'seen_by_officer',
    pathways: ALL,
    says: 'No officer has the case or has asked for something again.',
    holds: ({ seenByOfficer }) => !seenByOfficer,
  },
  {
    reason: 'for_child',
    pathways: ALL,
    says: 'The applicant acts for themselves.',
    holds: ({ forChild }) => !forChild,
  },
  {
    reason: 'drawn',
    pathways: ALL,
    says: 'The case is none that officers are tried with.',
    holds: ({ planted }) => !planted,
  },
  {
    reason: 'register_contradicts',
    pathways: ALL,
    says: 'No register contradicts.',
    holds: ({ register }) => register !== 'contradicts',
  },
  {
    reason: 'register_no_record',
    pathways: ALL,
    says: 'The register knows this person and this document.',
    holds: ({ register }) => register !== 'no_record',
  },
  {
    reason: 'register_notes',
    pathways: ALL,
    says: 'Register and document agree letter for letter.',
    holds: ({ registerNotes }) => registerNotes === 0,
  },
  {
    reason: 'birth_date_doubtful',
    pathways: ALL,
    says: 'The birth date is whole and its century certain.',
    holds: ({ birthDateDoubtful }) => !birthDateDoubtful,
  },
  {
    reason: 'name_truncated',
    pathways: ALL,
    says: 'The name was not cut short in the machine-readable zone.',
    holds: ({ nameMayBeTruncated }) => !nameMayBeTruncated,
  },
  {
    reason: 'clone_check_unsupported',
    pathways: CHIP,
    says: 'The chip proved that it is no copy.',
    holds: ({ cloneCheck }) => cloneCheck === 'passed',
  },
  {
    reason: 'attack_detection',
    pathways: CHIP,
    says: 'Presentation-attack and injection detection passed.',
    holds: ({ attackDetection }) => attackDetection === 'passed',
  },
  {
    reason: 'face_comparison',
    pathways: CHIP,
    says: 'An approved matcher matched the live picture with the chip.',
    holds: ({ matcher }) => matcher === 'match',
  },
  {
    reason: 'face_doubtful',
    pathways: CHIP,
    says: 'Our own look at the live picture found one face, and only one.',
    holds: ({ showsOneFace }) => showsOneFace,
  },
  {
    reason: 'picture_uploaded',
    pathways: CHIP,
    says: 'The picture was taken live by our own page, not chosen from a file.',
    holds: ({ capture }) => capture === 'capture_page',
  },
  {
    reason: 'confirmation_differs',
    pathways: PAGE,
    says: 'What the holder confirmed agrees with what was read.',
    holds: ({ confirmationAgrees }) => confirmationAgrees,
  },
  {
    reason: 'face_comparison',
    pathways: PAGE,
    says: "A code came back from the register's address.",
    holds: ({ codeConfirmed }) => codeConfirmed,
  },
];

/** Whether the policy approves; the reasons name each rule that leaves the case to an officer. */
export function judgeByPolicy(
  facts: PolicyFacts,
): { approves: true } | { approves: false; reasons: string[] } {
  const open = AUTOMATIC_POLICY.filter(
    (rule) => rule.pathways.includes(facts.pathway) && !rule.holds(facts),
  );
  const reasons = [...new Set(open.map(({ reason }) => reason))];
  return reasons.length === 0 ? { approves: true } : { approves: false, reasons };
}

export const POLICY_START = '<!-- generated from src/proofing/automatic-policy.ts: start -->';
export const POLICY_END = '<!-- generated from src/proofing/automatic-policy.ts: end -->';

/** `document` with the table between its two marks written anew. */
export function withPolicyTable(document: string): string {
  const start = document.indexOf(POLICY_START);
  const end = document.indexOf(POLICY_END);
  if (start === -1 || end < start)
    throw new Error('the document lacks the marks of its generated part');
  const rows = AUTOMATIC_POLICY.map(
    ({ says, pathways, reason }) =>
      `| ${says} | ${pathways === ALL ? 'all' : pathways.join(', ')} | \`${reason}\` |`,
  );
  const table = [
    `Policy \`${POLICY_VERSION}\`.`,
    '',
    '| what must hold | pathway | reason in the queue where it does not |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
  return `${document.slice(0, start + POLICY_START.length)}\n\n${table}\n\n${document.slice(end)}`;
}
