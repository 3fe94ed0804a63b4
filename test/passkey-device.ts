import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';

/** What a ceremony does otherwise than an honest browser and authenticator would: for tests of refusals. */
export interface Departure {
  origin?: string;
  rpId?: string;
  challenge?: string;
  crossOrigin?: boolean;
  userVerified?: boolean;
  userPresent?: boolean;
  counter?: number;
  /** Leave the user handle out, or name another account. */
  userHandle?: string | null;
  backupEligible?: boolean;
  /** Sign with a key that is not the credential's. */
  forgedKey?: boolean;
  type?: string;
  /** Register under an id that another credential has. */
  credentialId?: Buffer;
}

interface Credential {
  id: Buffer;
  rpId: string;
  userHandle: string;
  privateKey: KeyObject;
  counter: number;
}

export interface PasskeyDevice {
  /** Discoverable credentials on it, newest last. */
  readonly credentials: readonly Credential[];
  register(
    options: PublicKeyCredentialCreationOptionsJSON,
    departure?: Departure,
  ): RegistrationResponseJSON;
  authenticate(
    options: PublicKeyCredentialRequestOptionsJSON,
    departure?: Departure,
  ): AuthenticationResponseJSON;
}

const AAGUID = Buffer.alloc(16);

/**
 * An authenticator in software, for HTTP tests: real ES256 keys, attestation objects in CBOR (format none),
 * client data and signatures. `synced` sets BE and BS as a phone's passkey does and keeps the counter at zero.
 */
export function passkeyDevice(settings: { origin: string; synced?: boolean }): PasskeyDevice {
  const credentials: Credential[] = [];
  const synced = settings.synced ?? true;

  function flagsOf(departure: Departure, attested: boolean): number {
    const isEligible = departure.backupEligible ?? synced;
    return (
      ((departure.userPresent ?? true) ? 0x01 : 0) |
      ((departure.userVerified ?? true) ? 0x04 : 0) |
      (isEligible ? 0x18 : 0) |
      (attested ? 0x40 : 0)
    );
  }

  function clientDataOf(type: string, challenge: string, departure: Departure): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: departure.type ?? type,
        challenge: departure.challenge ?? challenge,
        origin: departure.origin ?? settings.origin,
        crossOrigin: departure.crossOrigin ?? false,
      }),
    );
  }

  return {
    credentials,
    register(options, departure = {}) {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const rpId = departure.rpId ?? options.rp.id ?? new URL(settings.origin).hostname;
      const credential: Credential = {
        id: departure.credentialId ?? randomBytes(32),
        rpId,
        userHandle: options.user.id,
        privateKey,
        counter: synced ? 0 : 1,
      };
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
      const coseKey = cbor(
        new Map<CborValue, CborValue>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(x, 'base64url')],
          [-3, Buffer.from(y, 'base64url')],
        ]),
      );
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credential.id.length);
      const authData = Buffer.concat([
        authenticatorData(rpId, flagsOf(departure, true), departure.counter ?? credential.counter),
        AAGUID,
        length,
        credential.id,
        coseKey,
      ]);
      const attestationObject = cbor(
        new Map<CborValue, CborValue>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', authData],
        ]),
      );
      credentials.push(credential);
      const id = credential.id.toString('base64url');
      return {
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: { credProps: { rk: true } },
        authenticatorAttachment: 'platform',
        response: {
          clientDataJSON: clientDataOf('webauthn.create', options.challenge, departure).toString(
            'base64url',
          ),
          attestationObject: attestationObject.toString('base64url'),
          transports: ['internal', 'hybrid'],
        },
      };
    },
    authenticate(options, departure = {}) {
      const allowed = options.allowCredentials?.map(({ id }) => id);
      const credential = credentials.findLast(
        ({ id }) => !allowed || allowed.includes(id.toString('base64url')),
      );
      if (!credential) throw new Error('The device has no passkey that the site would take.');
      if (!synced) credential.counter++;
      const data = authenticatorData(
        departure.rpId ?? credential.rpId,
        flagsOf(departure, false),
        departure.counter ?? credential.counter,
      );
      const clientData = clientDataOf('webauthn.get', options.challenge, departure);
      const key = departure.forgedKey
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
        : credential.privateKey;
      const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), key);
      const handle =
        departure.userHandle === undefined ? credential.userHandle : departure.userHandle;
      const id = credential.id.toString('base64url');
      return {
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        authenticatorAttachment: 'platform',
        response: {
          clientDataJSON: clientData.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: signature.toString('base64url'),
          ...(handle === null ? {} : { userHandle: handle }),
        },
      };
    },
  };
}

/** WebAuthn §6.1: hash of the RP id, flags, counter. */
function authenticatorData(rpId: string, flags: number, counter: number): Buffer {
  const tail = Buffer.alloc(5);
  tail.writeUInt8(flags, 0);
  tail.writeUInt32BE(counter, 1);
  return Buffer.concat([sha256(Buffer.from(rpId)), tail]);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

type CborValue = number | string | Buffer | Map<CborValue, CborValue>;

/** The few CBOR types that an attestation object has (RFC 8949 §3). */
function cbor(value: CborValue): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([head(3, bytes.length), bytes]);
  }
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const members = [...value].flatMap(([key, member]) => [cbor(key), cbor(member)]);
  return Buffer.concat([head(5, value.size), ...members]);
}

function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument]);
  if (argument < 256) return Buffer.from([(major << 5) | 24, argument]);
  return Buffer.from([(major << 5) | 25, argument >> 8, argument & 0xff]);
}
