import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import { consumeChallenge } from './challenge-store.ts';
import { ALGORITHMS } from './passkey-options.ts';
import type { ChallengeUse } from './passkey-options.ts';
import { findPasskeyByCredential } from './passkey-store.ts';
import type { Passkey } from './passkey-store.ts';

const base64url = z.string().regex(/^[\w-]+$/);
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

const registration = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).default({}),
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    // Browsers may name transports that we do not know yet; they are hints only.
    transports: z.array(z.string()).max(16).optional(),
  }),
});

const assertion = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).default({}),
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.optional(),
  }),
});

const clientData = z.object({ challenge: base64url, crossOrigin: z.boolean().optional() });

/** Why a ceremony was refused: for the audit trail and the log. People are told one and the same. */
export type PasskeyRefusal =
  | 'malformed'
  | 'challenge'
  | 'unverified'
  | 'unknown_credential'
  | 'wrong_holder';

/** What a new passkey says of itself, verified. */
export type NewPasskey = Pick<
  Passkey,
  'credentialId' | 'publicKey' | 'counter' | 'transports' | 'aaguid' | 'backupEligible' | 'backedUp'
>;

/**
 * Verifies the answer of a device that made a passkey (WebAuthn §7.1): our challenge, once; our origin and RP
 * id; user present and verified. Uses the challenge up whatever comes out. `credential` is the JSON text.
 */
export async function verifyNewPasskey(
  app: App,
  use: ChallengeUse,
  credential: unknown,
): Promise<{ ok: true; passkey: NewPasskey } | { ok: false; reason: PasskeyRefusal }> {
  const parsed = parseCredential(registration, credential);
  if (!parsed) return { ok: false, reason: 'malformed' };
  const challenge = await useChallenge(app, use, parsed.response.clientDataJSON);
  if (challenge === null) return { ok: false, reason: 'challenge' };
  try {
    const result = await verifyRegistrationResponse({
      response: parsed as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: new URL(app.config.ISSUER).origin,
      expectedRPID: app.config.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!result.verified) return { ok: false, reason: 'unverified' };
    const {
      credential: made,
      aaguid,
      credentialDeviceType,
      credentialBackedUp,
    } = result.registrationInfo;
    return {
      ok: true,
      passkey: {
        credentialId: Buffer.from(made.id, 'base64url'),
        publicKey: Buffer.from(made.publicKey),
        counter: made.counter,
        transports: TRANSPORTS.filter((name) => parsed.response.transports?.includes(name)),
        aaguid,
        backupEligible: credentialDeviceType === 'multiDevice',
        backedUp: credentialBackedUp,
      },
    };
  } catch (error) {
    app.log.debug({ err: error }, 'a new passkey was refused');
    return { ok: false, reason: 'unverified' };
  }
}

/** A verified use of a passkey. The counter is still to be judged, in the transaction that records the use. */
export interface PasskeyUse {
  passkey: Passkey;
  userHandle: Buffer;
  counter: number;
  backedUp: boolean;
  userVerified: boolean;
}

/**
 * Verifies the answer of a device that used a passkey (WebAuthn §7.2). The user handle must come with it: it
 * is how a discoverable credential names its account.
 */
export async function verifyPasskeyUse(
  app: App,
  use: ChallengeUse,
  credential: unknown,
): Promise<
  { ok: true; use: PasskeyUse } | { ok: false; reason: PasskeyRefusal; passkey?: Passkey }
> {
  const parsed = parseCredential(assertion, credential);
  if (!parsed) return { ok: false, reason: 'malformed' };
  const challenge = await useChallenge(app, use, parsed.response.clientDataJSON);
  if (challenge === null) return { ok: false, reason: 'challenge' };
  const passkey = await findPasskeyByCredential(app.db, Buffer.from(parsed.id, 'base64url'));
  if (!passkey) return { ok: false, reason: 'unknown_credential' };
  if (parsed.response.userHandle === undefined)
    return { ok: false, reason: 'wrong_holder', passkey };
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: parsed as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: new URL(app.config.ISSUER).origin,
      expectedRPID: app.config.rpId,
      requireUserVerification: true,
      credential: {
        id: parsed.id,
        publicKey: Uint8Array.from(passkey.publicKey),
        // Zero: the counter is compared in the database, where two uses cannot pass each other.
        counter: 0,
      },
    });
    // Backup eligibility is for life (WebAuthn §6.1.3).
    const isSameKind =
      (authenticationInfo.credentialDeviceType === 'multiDevice') === passkey.backupEligible;
    if (!verified || !isSameKind) return { ok: false, reason: 'unverified', passkey };
    return {
      ok: true,
      use: {
        passkey,
        userHandle: Buffer.from(parsed.response.userHandle, 'base64url'),
        counter: authenticationInfo.newCounter,
        backedUp: authenticationInfo.credentialBackedUp,
        userVerified: authenticationInfo.userVerified,
      },
    };
  } catch (error) {
    app.log.debug({ err: error }, 'a use of a passkey was refused');
    return { ok: false, reason: 'unverified', passkey };
  }
}

function parseCredential<Value>(schema: z.ZodType<Value>, text: unknown): Value | null {
  try {
    return schema.parse(JSON.parse(String(text)));
  } catch {
    return null;
  }
}

/** The challenge that the device answered, if it was ours, for this act and this subject, and not used before. */
async function useChallenge(
  app: App,
  use: ChallengeUse,
  clientDataJson: string,
): Promise<string | null> {
  const data = parseCredential(clientData, Buffer.from(clientDataJson, 'base64url').toString());
  // We are never framed, so an answer from inside a frame was not asked for by us (WebAuthn §7.2 step 14).
  if (!data || data.crossOrigin) return null;
  const isOurs = await consumeChallenge(app.db, {
    digest: digestToken(app.keys.tokenDigestKey, data.challenge),
    purpose: use.purpose,
    subject: use.subject,
    now: app.clock.now(),
  });
  return isOurs ? data.challenge : null;
}
