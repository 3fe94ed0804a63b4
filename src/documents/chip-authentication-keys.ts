import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  bitStringOctets,
  expectTag,
  oidOf,
  sequenceOf,
  Tag,
  unsignedHexOf,
} from './asn1-values.ts';
import { readOnly, type Element } from './ber.ts';
import { derBits, derOid, derSequence, derUnsigned } from './der-writer.ts';
import { dhGroups, type DhGroup } from './dh-groups.ts';
import type { Curve } from './elliptic-curves.ts';
import { malformed, unsupported } from './format-refusal.ts';
import { publicKeyOf } from './public-keys.ts';
import type { SecureMessagingCipher } from './secure-messaging-ciphers.ts';
import { readSecurityInfos, type SecurityInfo } from './security-infos.ts';

/** What both sides of a key agreement share. */
export type AgreementParameters =
  | { kind: 'ecdh'; curve: Curve }
  | { kind: 'dh'; prime: Buffer; generator: Buffer };

/** A chip's static key of chip authentication and how to use it (Doc 9303-11 §6.2, §9.2.5, §9.2.6). */
export interface ChipAuthenticationKey {
  parameters: AgreementParameters;
  publicKey: KeyObject;
  cipher: SecureMessagingCipher;
  /** Content octets of the protocol's OID, for MSE:Set AT. */
  protocol: Buffer;
  /** Which of several keys, as an unsigned number; absent where the chip holds one. */
  keyId?: Buffer;
}

const PUBLIC_KEY = { '0.4.0.127.0.7.2.2.1.1': 'dh', '0.4.0.127.0.7.2.2.1.2': 'ecdh' } as const;
const PROTOCOL = { dh: '0.4.0.127.0.7.2.2.3.1', ecdh: '0.4.0.127.0.7.2.2.3.2' } as const;
const CIPHERS: readonly SecureMessagingCipher[] = ['3des', 'aes-128', 'aes-192', 'aes-256'];

/**
 * The strongest chip authentication key of DG14 that we can use, or null where it holds none. Refuses what is not well
 * formed; a key on a curve or in a group that we do not allow is passed over only where another one remains.
 */
export function readChipAuthenticationKey(dg14: Buffer): ChipAuthenticationKey | null {
  const infos = readSecurityInfos(dg14);
  const keys: ChipAuthenticationKey[] = [];
  let refusal: unknown;
  for (const info of infos) {
    const kind = keyKindOf(info.oid);
    if (kind === null) continue;
    try {
      keys.push(keyOf(kind, info, infos));
    } catch (error) {
      refusal ??= error;
    }
  }
  if (keys.length === 0 && refusal !== undefined) throw refusal;
  const strength = (key: ChipAuthenticationKey) =>
    CIPHERS.indexOf(key.cipher) * 2 + (key.parameters.kind === 'ecdh' ? 1 : 0);
  return keys.toSorted((one, other) => strength(other) - strength(one))[0] ?? null;
}

function keyKindOf(oid: string): 'dh' | 'ecdh' | null {
  return Object.hasOwn(PUBLIC_KEY, oid) ? PUBLIC_KEY[oid as keyof typeof PUBLIC_KEY] : null;
}

function keyOf(
  kind: 'dh' | 'ecdh',
  { required, optional }: SecurityInfo,
  infos: readonly SecurityInfo[],
): ChipAuthenticationKey {
  const keyId = optional === undefined ? undefined : unsignedHexOf(optional, 'bad_dg14');
  const cipher = cipherFor(kind, keyId, infos);
  const protocol = derOid(`${PROTOCOL[kind]}.${CIPHERS.indexOf(cipher) + 1}`).subarray(2);
  const spki = expectTag(required, Tag.sequence, 'bad_chip_authentication_key');
  const key = kind === 'dh' ? dhKeyOf(spki) : ecdhKeyOf(spki);
  return {
    ...key,
    cipher,
    protocol,
    ...(keyId === undefined ? {} : { keyId: octetsOfHex(keyId) }),
  };
}

/** The strongest cipher offered for this key. First chips name none: 3DES was the only one (BSI TR-03110 v1). */
function cipherFor(
  kind: 'dh' | 'ecdh',
  keyId: string | undefined,
  infos: readonly SecurityInfo[],
): SecureMessagingCipher {
  const named = infos.filter(({ oid }) => oid.startsWith(`${PROTOCOL[kind]}.`));
  const numbers = named
    .filter(({ required, optional }) => {
      const id = optional === undefined ? undefined : unsignedHexOf(optional, 'bad_dg14');
      const version = unsignedHexOf(required, 'bad_dg14');
      return version === '1' && (id === undefined || keyId === undefined || id === keyId);
    })
    .map(({ oid }) => Number(oid.slice(PROTOCOL[kind].length + 1)));
  const known = numbers.filter((number) => CIPHERS[number - 1] !== undefined);
  if (known.length > 0) return CIPHERS[Math.max(...known) - 1]!;
  if (named.length > 0) throw unsupported('unsupported_chip_authentication');
  return '3des';
}

function ecdhKeyOf(spki: Element): Pick<ChipAuthenticationKey, 'parameters' | 'publicKey'> {
  const key = publicKeyOf(spki);
  if (key.kind !== 'ec') throw malformed('bad_chip_authentication_key');
  return { parameters: { kind: 'ecdh', curve: key.curve }, publicKey: key.key };
}

const DH_KEY_AGREEMENT = '1.2.840.113549.1.3.1';
const DH_PUBLIC_NUMBER = '1.2.840.10046.2.1';

/** PKCS #3, or X9.42 (RFC 3279 §2.3.3), in a group that equals a listed one in every number that it names. */
function dhKeyOf(spki: Element): Pick<ChipAuthenticationKey, 'parameters' | 'publicKey'> {
  const [algorithm, bits, ...rest] = sequenceOf(spki, 'bad_dh_key');
  const [oidElement, domain, ...more] = sequenceOf(algorithm, 'bad_dh_key');
  if (rest.length > 0 || more.length > 0) throw malformed('bad_dh_key');
  const oid = oidOf(oidElement);
  if (oid !== DH_KEY_AGREEMENT && oid !== DH_PUBLIC_NUMBER) throw unsupported('unsupported_dh_key');
  const group = dhGroupOf(domain, oid === DH_PUBLIC_NUMBER);
  const prime = octetsOfHex(group.prime);
  const generator = octetsOfHex(group.generator);
  const value = octetsOfHex(
    unsignedHexOf(readOnly(bitStringOctets(bits, 'bad_dh_key')), 'bad_dh_key'),
  );
  requireInside(value, prime);
  const parameters = { kind: 'dh' as const, prime, generator };
  return { parameters, publicKey: dhPublicKey(parameters, value) };
}

/** Prime, generator and, where X9.42 names it, order must all be those of one group. */
function dhGroupOf(domain: Element | undefined, isX942: boolean): DhGroup {
  const [p, g, third] = sequenceOf(domain, 'bad_dh_key');
  const prime = unsignedHexOf(p, 'bad_dh_key');
  const group = dhGroups.find((known) => known.prime === prime);
  if (group === undefined) throw unsupported('unsupported_dh_group');
  const sameGenerator = unsignedHexOf(g, 'bad_dh_key') === group.generator;
  const sameOrder = !isX942 || unsignedHexOf(third, 'bad_dh_key') === group.order;
  if (!sameGenerator || !sameOrder) throw malformed('dh_parameters_not_allowed');
  return group;
}

/** 2 … p - 2: the others give the secret away (NIST SP 800-56A §5.6.2.3.1). */
function requireInside(number: Buffer, prime: Buffer): void {
  const value = BigInt(`0x${number.toString('hex')}`);
  if (value < 2n || value > BigInt(`0x${prime.toString('hex')}`) - 2n)
    throw malformed('bad_dh_key');
}

type DhParameters = Extract<AgreementParameters, { kind: 'dh' }>;

/** AlgorithmIdentifier of PKCS #3, in which node takes any group without testing its prime for seconds. */
export function dhAlgorithm({ prime, generator }: DhParameters): Buffer {
  const group = derSequence(derUnsigned(prime), derUnsigned(generator));
  return derSequence(derOid(DH_KEY_AGREEMENT), group);
}

export function dhPublicKey(parameters: DhParameters, value: Buffer): KeyObject {
  const spki = derSequence(dhAlgorithm(parameters), derBits(derUnsigned(value)));
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    throw malformed('bad_dh_key');
  }
}

function octetsOfHex(hex: string): Buffer {
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

/** `ecdh brainpoolP256r1 aes-128`, `dh 1024 3des`. */
export function nameOfChipAuthentication({ parameters, cipher }: ChipAuthenticationKey): string {
  const group =
    parameters.kind === 'ecdh' ? parameters.curve.name : String(parameters.prime.length * 8);
  return `${parameters.kind} ${group} ${cipher}`;
}
