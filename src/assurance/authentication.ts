import type { Aal } from './acr.ts';

/** FIDO authenticator certification levels, lowest first. */
export const CERTIFICATION_LEVELS = ['L1', 'L1plus', 'L2', 'L2plus', 'L3', 'L3plus'] as const;
export type CertificationLevel = (typeof CERTIFICATION_LEVELS)[number];

/** What a verified attestation and its FIDO Metadata entry say of the key. */
export interface AttestedHardware {
  /** Key protection is hardware or secure element, and the key can't be exported. */
  nonExportableKey: boolean;
  certification: CertificationLevel | null;
  /** The metadata lists the authenticator as revoked or compromised. */
  revoked: boolean;
}

/** What is known of one sign-in with a passkey. */
export interface AuthenticatorFacts {
  /** The UV flag of this very assertion. */
  userVerified: boolean;
  /** The BE flag of the credential: it may be synced, so it is never device-bound. */
  backupEligible: boolean;
  /** Null where nothing was attested, or the key was not yet bound by a fresh proof or another AAL3 key. */
  hardware: AttestedHardware | null;
}

/**
 * The authentication assurance of a sign-in (DESIGN section 3): 1 without user verification, 2 with it, 3 with
 * it on a device-bound hardware key certified above L1. In practice AAL3 means a security key.
 */
export function authenticationAssurance(facts: AuthenticatorFacts): Aal {
  if (!facts.userVerified) return 1;
  return isDeviceBoundHardware(facts) ? 3 : 2;
}

/** The `amr` values of a sign-in (RFC 8176 §2): only what we know, so `hwk` needs attested hardware. */
export function amrOf(facts: AuthenticatorFacts): string[] {
  const amr = ['pop', 'user'];
  if (isDeviceBoundHardware(facts)) amr.unshift('hwk');
  if (facts.userVerified) amr.push('mfa');
  return amr;
}

function isDeviceBoundHardware(facts: AuthenticatorFacts): boolean {
  const { hardware } = facts;
  if (facts.backupEligible || hardware === null) return false;
  const aboveL1 =
    hardware.certification !== null && CERTIFICATION_LEVELS.indexOf(hardware.certification) > 0;
  return hardware.nonExportableKey && aboveL1 && !hardware.revoked;
}
