/**
 * The trust framework under which identities are verified: our own, since only its owner may say that another one's
 * rules were met. What its levels are aligned with is told beside it (`aligned_levels`).
 */
export const TRUST_FRAMEWORK = 'tangchat_id';

/** The rules that a proofing followed, dated: docs/assurance.md. */
export const ASSURANCE_POLICY = 'tangchat_id_assurance_2026-11-22';

/** `assurance_level` within it, lowest first. Without a proof there is nothing to tell: no level 0. */
export const ASSURANCE_LEVELS = ['ial1', 'ial2', 'ial3'] as const;
