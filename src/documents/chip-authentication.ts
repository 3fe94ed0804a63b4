import { createHash } from 'node:crypto';
import type { Random } from '../lib/random.ts';
import {
  nameOfChipAuthentication,
  readChipAuthenticationKey,
  type ChipAuthenticationKey,
} from './chip-authentication-keys.ts';
import type { ChipFiles } from './chip-verdict.ts';
import { der } from './der-writer.ts';
import { FormatRefusal, malformed } from './format-refusal.ts';
import { agree, drawSecret, publicValueOf } from './key-agreement.ts';
import {
  counterAfter,
  openAnswer,
  plainApdu,
  protectCommand,
  type CommandApdu,
} from './secure-messaging.ts';
import { deriveSessionKeys } from './secure-messaging-ciphers.ts';
import { parseSecurityObject } from './security-object.ts';

/**
 * Chip authentication run by our server (Doc 9303-11 §6.2): the phone only carries octets. `secret` is our ephemeral key:
 * it proves nothing once it has left the server, so keep it encrypted, for one chip, for minutes.
 */
export interface ChipAuthenticationSession {
  readonly secret: Buffer;
  /** What the chip answered, in the order of the commands, status words included. */
  readonly answers: readonly Buffer[];
}

export type ChipAuthenticationStart =
  | { ok: true; session: ChipAuthenticationSession }
  /** `no_chip_key`: DG14 holds none, or there is no DG14; else why it cannot be used. */
  | { ok: false; reason: string };

export type ChipAuthenticationState =
  /**
   * Send this next: through the session that the phone has with the chip (BAC or PACE), or as it is, where it carries our
   * own secure messaging.
   */
  | { state: 'asking'; command: Buffer; through: 'reader_session' | 'as_is' }
  | { state: 'passed'; algorithm: string }
  /** `failed`: what came after the agreement was not protected by our keys. `refused`: there was no agreement. */
  | { state: 'failed' | 'refused'; reason: string };

const MAX_ANSWER_BYTES = 512;

/**
 * Draws our ephemeral key for the chip whose DG14 this SOD covers. The SOD's own signature is judged by `verifyChip`, which
 * alone decides whether a passed run means anything.
 */
export function startChipAuthentication(files: ChipFiles, random: Random): ChipAuthenticationStart {
  try {
    const key = readChipAuthenticationKey(signedDg14(files));
    if (key === null) return { ok: false, reason: 'no_chip_key' };
    return { ok: true, session: { secret: drawSecret(key.parameters, random), answers: [] } };
  } catch (error) {
    if (!(error instanceof FormatRefusal)) throw error;
    return { ok: false, reason: error.reason };
  }
}

/** DG14, where the SOD holds its hash. */
function signedDg14(files: ChipFiles): Buffer {
  const [sodBytes, dg14] = [files.get('EF_SOD'), files.get('DG14')];
  if (sodBytes === undefined) throw malformed('sod_missing');
  const sod = parseSecurityObject(sodBytes);
  const signed = sod.dataGroups.get('DG14');
  if (dg14 === undefined || signed === undefined) throw malformed('no_chip_key');
  if (!createHash(sod.hash).update(dg14).digest().equals(signed)) throw malformed('hash_differs');
  return dg14;
}

/** The session with one more answer. An answer longer than any chip's is cut, and then fails. */
export function withChipAnswer(
  session: ChipAuthenticationSession,
  answer: Buffer,
): ChipAuthenticationSession {
  const kept = Buffer.from(answer.subarray(0, MAX_ANSWER_BYTES));
  return { ...session, answers: [...session.answers, kept] };
}

/**
 * Where the run stands: the next command, or how it ended. Everything is computed anew from the files, our key and the
 * answers so far, so a kept session can be judged again. Throws a FormatRefusal for files that could not have been started.
 */
export function chipAuthenticationState(
  files: ChipFiles,
  session: ChipAuthenticationSession,
): ChipAuthenticationState {
  return runChipAuthentication(signedDg14(files), files.get('EF_SOD')!, session);
}

/** As `chipAuthenticationState`, for a DG14 whose hash the caller has compared with the SOD's. */
export function runChipAuthentication(
  dg14: Buffer,
  sodBytes: Buffer,
  { secret, answers }: ChipAuthenticationSession,
): ChipAuthenticationState {
  const key = readChipAuthenticationKey(dg14);
  if (key === null) throw malformed('no_chip_key');
  const openings = openingCommands(key, publicValueOf(key.parameters, secret));
  for (const [index, command] of openings.entries()) {
    const answer = answers[index];
    if (answer === undefined) {
      return { state: 'asking', command: plainApdu(command), through: 'reader_session' };
    }
    if (!endsWell(answer)) return { state: 'refused', reason: 'chip_refused' };
  }
  const keys = deriveSessionKeys(key.cipher, agree(key.parameters, secret, key.publicKey));
  const proofs = provingCommands(sodBytes);
  for (const [index, { command, expected }] of proofs.entries()) {
    const answer = answers[openings.length + index];
    const sent = counterAfter(keys, 2 * index + 1);
    if (answer === undefined) {
      return { state: 'asking', command: protectCommand(keys, sent, command), through: 'as_is' };
    }
    const opened = openAnswer(keys, counterAfter(keys, 2 * index + 2), answer);
    if (!opened.ok) return { state: 'failed', reason: opened.reason };
    if (opened.statusWord !== OK) return { state: 'failed', reason: 'file_not_read' };
    if (!opened.data.equals(expected)) return { state: 'failed', reason: 'other_chip_contents' };
  }
  return answers.length === openings.length + proofs.length
    ? { state: 'passed', algorithm: nameOfChipAuthentication(key) }
    : { state: 'failed', reason: 'too_many_answers' };
}

const OK = 0x9000;

function endsWell(answer: Buffer): boolean {
  return answer.length >= 2 && answer.readUInt16BE(answer.length - 2) === OK;
}

/** MSE:Set KAT for 3DES; MSE:Set AT and GENERAL AUTHENTICATE for AES (Doc 9303-11 §6.2.4). */
function openingCommands(key: ChipAuthenticationKey, publicValue: Buffer): CommandApdu[] {
  const reference = key.keyId === undefined ? [] : [der(0x84, key.keyId)];
  if (key.cipher === '3des') {
    const data = Buffer.concat([der(0x91, publicValue), ...reference]);
    return [{ ins: 0x22, p1: 0x41, p2: 0xa6, data }];
  }
  const mechanism = Buffer.concat([der(0x80, key.protocol), ...reference]);
  return [
    { ins: 0x22, p1: 0x41, p2: 0xa4, data: mechanism },
    { ins: 0x86, p1: 0x00, p2: 0x00, data: der(0x7c, der(0x80, publicValue)), le: 0 },
  ];
}

const SOD_FILE = Buffer.from('011d', 'hex');
const PROVING_BYTES = 64;
/** READ BINARY has 15 bits for it. */
const MAX_OFFSET = 0x7fff;

/**
 * SELECT EF.SOD and READ BINARY of its end, where the issuer's signature is: only a chip with the key can answer, and it
 * must be the chip that was read.
 */
function provingCommands(sodBytes: Buffer): { command: CommandApdu; expected: Buffer }[] {
  const offset = Math.min(Math.max(sodBytes.length - PROVING_BYTES, 0), MAX_OFFSET);
  const expected = sodBytes.subarray(offset, offset + PROVING_BYTES);
  const read = { ins: 0xb0, p1: offset >> 8, p2: offset & 0xff, le: expected.length };
  return [
    { command: { ins: 0xa4, p1: 0x02, p2: 0x0c, data: SOD_FILE }, expected: Buffer.alloc(0) },
    { command: read, expected },
  ];
}
