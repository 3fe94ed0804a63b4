import type { DateStyle, Translate } from '../../views/ui.ts';

/** Why a case was refused, as far as an unproven claimant may be told (DESIGN section 9). */
export const REFUSAL_CATEGORIES = [
  'document_not_accepted',
  'identity_not_confirmed',
  'picture_not_usable',
  'expired',
] as const;
export type RefusalCategory = (typeof REFUSAL_CATEGORIES)[number];

type None = Record<string, never>;

/** Every notice to the holder of an account, and what it needs to know. Its words are locale keys `notices.<template>.*`. */
export interface NoticeParams {
  passkey_added: { label: string };
  passkey_removed: { label: string };
  /** `takesEffectAt`: ISO 8601. */
  passkey_removal_waiting: { label: string; takesEffectAt: string };
  recovery_waiting: { takesEffectAt: string };
  recovery_cancelled: None;
  recovery_completed: None;
  recovery_code_made: None;
  /** The ID was issued. `continueUrl`: where to go on, absolute or a path of ours; the freeze link is added by itself. */
  proofing_completed: { continueUrl?: string };
  case_decided_refused: { category: RefusalCategory; caseUrl?: string };
  /** The person is on record at IAL1, without a number; as `proofing_completed` otherwise. */
  proofing_recorded: { continueUrl?: string };
  /** Somebody proved more about the same document: this account is no longer theirs on record. */
  record_displaced: None;
  /** A case ends soon. `expiresAt`: ISO 8601. */
  case_expires_soon: { caseUrl: string; expiresAt: string };
  /** `dueAt`: ISO 8601. */
  appeal_received: { caseUrl: string; dueAt: string };
  appeal_decided: { caseUrl: string };
  /** An officer needs a step done once more. `caseUrl`: the case, a path of ours. */
  case_step_asked_again: { caseUrl: string };
  /** A register was asked to correct an entry that the applicant contests; it has answered. */
  correction_requested: { caseUrl: string };
  correction_answered: { caseUrl: string };
  id_suspended: { byHolder: boolean };
  id_reactivated: None;
  /** Two records were found to be one human: from `takesEffectAt` on (ISO 8601) one number counts. Freezing the ID objects. */
  merge_planned: { takesEffectAt: string };
  merge_done: None;
  /** What was taken for one human is two. */
  split_planned: { takesEffectAt: string };
  split_done: None;
  /** A passport, a permission to stay or a proof ends soon. `endsOn`: `YYYY-MM-DD`, and nothing else about it. */
  document_expires_soon: { endsOn: string };
  stay_ends_soon: { endsOn: string };
  proof_ends_soon: { endsOn: string };
  /** The register says something else of the stay than before. */
  stay_changed: None;
  /** The key that signed the passport is trusted no more: the proof counts no more. */
  proof_withdrawn: None;
  /** A service waits for an approval in the portal. It is not named: mail is read by many. */
  approval_waiting: None;
}
export type NoticeTemplate = keyof NoticeParams;

/** The two mails that go to an address before it has an account, or because it already has one. */
export interface AddressMailParams {
  contact_code: { code: string; minutes: number };
  address_already_known: None;
  /** To the address that a register holds: whoever types the code has it. */
  register_code: { code: string; minutes: number };
}

/** What a mail says, before it becomes text and HTML. */
export interface MailWords {
  subject: string;
  paragraphs: string[];
  /** Shown big, to be typed. */
  code?: string;
  actions: { label: string; url: string }[];
  footer: string;
}

/** What is kept, encrypted, until the mail is sent. `freezeToken` belongs to those of WITH_FREEZE_LINK. */
export type StoredParams = Record<string, string | number | boolean>;

/** Notices that come with the link by which the holder says "this was not me", or objects. */
export const WITH_FREEZE_LINK: readonly NoticeTemplate[] = [
  'proofing_completed',
  'proofing_recorded',
  'merge_planned',
  'split_planned',
];

/** Writes a notice in the language of `t`. Pure. */
export function writeNotice(
  template: string,
  params: StoredParams,
  words: {
    t: Translate;
    issuer: string;
    formatDate(value: string, style?: DateStyle): string;
  },
): MailWords {
  const { t, issuer } = words;
  const texts: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(params))
    texts[name] = typeof value === 'boolean' ? String(value) : value;
  for (const name of ['takesEffectAt', 'expiresAt', 'dueAt'] as const) {
    const instant = params[name];
    if (typeof instant === 'string') texts[name] = words.formatDate(instant, 'dateTime');
  }
  if (typeof params.endsOn === 'string') texts.endsOn = words.formatDate(params.endsOn);
  const key = keyOf(template, params);
  const paragraphs = t(`notices.${key}.body`, texts).split('\n\n');
  if (typeof params.category === 'string')
    paragraphs.splice(1, 0, t(`notices.refusal.${params.category}`));
  return {
    subject: t(`notices.${key}.subject`, texts),
    paragraphs,
    ...(typeof params.code === 'string' ? { code: params.code } : {}),
    actions: actionsOf(template, params).map(({ label, target }) => ({
      label: t(`notices.actions.${label}`),
      url: webAddress(target, issuer),
    })),
    footer: t('notices.footer'),
  };
}

/** The address that a link of a mail leads to: of the web, or our start page. */
function webAddress(target: string, issuer: string): string {
  const url = URL.parse(target, issuer);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  return url && isWeb ? url.href : new URL('/home', issuer).href;
}

/** A suspension that the holder asked for reads otherwise than one by an officer. */
function keyOf(template: string, params: StoredParams): string {
  if (template !== 'id_suspended') return template;
  return params.byHolder ? 'id_suspended_by_holder' : 'id_suspended';
}

function actionsOf(template: string, params: StoredParams): { label: string; target: string }[] {
  switch (template) {
    case 'contact_code':
    case 'register_code':
      return [];
    case 'address_already_known':
      return [{ label: 'sign_in', target: '/sign-in' }];
    case 'proofing_completed':
    case 'proofing_recorded':
      return [
        { label: 'continue', target: String(params.continueUrl ?? '/home') },
        { label: 'freeze', target: `/freeze/${String(params.freezeToken)}` },
      ];
    case 'case_decided_refused':
      return [{ label: 'case', target: String(params.caseUrl ?? '/home') }];
    case 'case_step_asked_again':
    case 'correction_requested':
    case 'correction_answered':
    case 'case_expires_soon':
    case 'appeal_received':
    case 'appeal_decided':
      return [{ label: 'case', target: String(params.caseUrl) }];
    case 'approval_waiting':
      return [{ label: 'approvals', target: '/approvals' }];
    case 'merge_planned':
    case 'split_planned':
      return [{ label: 'freeze', target: `/freeze/${String(params.freezeToken)}` }];
    case 'merge_done':
    case 'split_done':
    case 'record_displaced':
    case 'id_suspended':
    case 'id_reactivated':
    case 'document_expires_soon':
    case 'stay_ends_soon':
    case 'proof_ends_soon':
    case 'stay_changed':
    case 'proof_withdrawn':
      return [{ label: 'home', target: '/home' }];
    default:
      return [{ label: 'passkeys', target: '/passkeys' }];
  }
}
