import { generateAuthenticationOptions, generateRegistrationOptions } from '@simplewebauthn/server';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import { addSeconds } from '../lib/clock.ts';
import { insertChallenge } from './challenge-store.ts';
import type { ChallengePurpose } from './challenge-store.ts';
import type { Passkey } from './passkey-store.ts';

/** COSE algorithms that we take: Ed25519, ES256, RS256 (Windows Hello). */
export const ALGORITHMS = [-8, -7, -257];

/** What a challenge is for, and for whom: another browser's or act's answer does not fit it. */
export interface ChallengeUse {
  purpose: ChallengePurpose;
  subject: string;
}

/**
 * Options to make a passkey: discoverable, user-verifying, without attestation (nobody here would judge it),
 * under a challenge that is good once, for 5 minutes (DESIGN section 8).
 */
export async function newPasskeyOptions(
  app: App,
  wanted: ChallengeUse & { userHandle: Buffer; userName: string; existing: readonly Passkey[] },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const options = await generateRegistrationOptions({
    rpName: 'Tangchat ID',
    rpID: app.config.rpId,
    userName: wanted.userName,
    userDisplayName: wanted.userName,
    userID: Uint8Array.from(wanted.userHandle),
    challenge: Uint8Array.from(app.random.bytes(32)),
    timeout: app.config.PASSKEY_CHALLENGE_SECONDS * 1000,
    attestationType: 'none',
    excludeCredentials: wanted.existing.map(describe),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
  await remember(app, wanted, options.challenge);
  return options;
}

/** Options to use a passkey: any that the device offers, or one of `allowed`. */
export async function signInOptions(
  app: App,
  wanted: ChallengeUse & { allowed?: readonly Passkey[] },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const options = await generateAuthenticationOptions({
    rpID: app.config.rpId,
    challenge: Uint8Array.from(app.random.bytes(32)),
    timeout: app.config.PASSKEY_CHALLENGE_SECONDS * 1000,
    userVerification: 'required',
    ...(wanted.allowed ? { allowCredentials: wanted.allowed.map(describe) } : {}),
  });
  await remember(app, wanted, options.challenge);
  return options;
}

function describe(passkey: Passkey): { id: string; transports: string[] } {
  return {
    id: passkey.credentialId.toString('base64url'),
    transports: passkey.transports,
  };
}

async function remember(app: App, use: ChallengeUse, challenge: string): Promise<void> {
  const now = app.clock.now();
  await insertChallenge(app.db, {
    digest: digestToken(app.keys.tokenDigestKey, challenge),
    purpose: use.purpose,
    subject: use.subject,
    now,
    expiresAt: addSeconds(now, app.config.PASSKEY_CHALLENGE_SECONDS),
  });
}
