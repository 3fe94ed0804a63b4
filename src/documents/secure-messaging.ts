import { timingSafeEqual } from 'node:crypto';
import { childrenOf, contentOf, rawOf, readOnly } from './ber.ts';
import { der } from './der-writer.ts';
import { FormatRefusal } from './format-refusal.ts';
import {
  blockBytes,
  decryptBlocks,
  encryptBlocks,
  macOf,
  type SessionKeys,
} from './secure-messaging-ciphers.ts';

/** A command before it is made octets (ISO/IEC 7816-4 §5.1). `le` 0 asks for as much as fits. */
export interface CommandApdu {
  ins: number;
  p1: number;
  p2: number;
  data?: Buffer;
  le?: number;
}

/** Class 00, short where it fits, else in extended length. */
export function plainApdu(command: CommandApdu): Buffer {
  return apduOf(0x00, command);
}

function apduOf(cla: number, { ins, p1, p2, data, le }: CommandApdu): Buffer {
  const extended = (data?.length ?? 0) > 255 || (le ?? 0) > 256;
  const length = (octets: number) => (extended ? [octets >> 8, octets & 0xff] : [octets & 0xff]);
  return Buffer.from([
    cla,
    ins,
    p1,
    p2,
    ...(extended ? [0] : []),
    ...(data === undefined ? [] : [...length(data.length), ...data]),
    ...(le === undefined ? [] : length(le)),
  ]);
}

/** The send sequence counter after `messages` commands and answers; chip authentication starts it at zero. */
export function counterAfter(keys: Pick<SessionKeys, 'cipher'>, messages: number): Buffer {
  const counter = Buffer.alloc(blockBytes[keys.cipher]);
  counter.writeUInt32BE(messages, counter.length - 4);
  return counter;
}

/** Padding method 2 of ISO/IEC 9797-1. */
function pad(octets: Buffer, block: number): Buffer {
  const padding = Buffer.alloc(block - (octets.length % block));
  padding[0] = 0x80;
  return Buffer.concat([octets, padding]);
}

/** A protected command (Doc 9303-11 §9.8.4): class 0C, data encrypted, header, data and Le under the MAC. */
export function protectCommand(keys: SessionKeys, counter: Buffer, command: CommandApdu): Buffer {
  const block = blockBytes[keys.cipher];
  const { ins, p1, p2, data, le } = command;
  const objects: Buffer[] = [];
  if (data !== undefined) {
    const cryptogram = encryptBlocks(keys, counter, pad(data, block));
    objects.push(der(0x87, Buffer.from([0x01]), cryptogram));
  }
  if (le !== undefined) objects.push(der(0x97, Buffer.from([le & 0xff])));
  const header = pad(Buffer.from([0x0c, ins, p1, p2]), block);
  const covered = Buffer.concat([counter, header, ...objects]);
  const mac = macOf(keys, objects.length === 0 ? covered : pad(covered, block));
  return apduOf(0x0c, { ins, p1, p2, data: Buffer.concat([...objects, der(0x8e, mac)]), le: 0 });
}

export type OpenedAnswer =
  | { ok: true; data: Buffer; statusWord: number }
  /** `answer_not_protected`: a bare status word. `answer_not_authentic`: whoever made it lacks the keys. */
  | { ok: false; reason: 'answer_not_protected' | 'answer_not_authentic' };

/**
 * Opens a protected answer (Doc 9303-11 §9.8.5): `[DO87] DO99 DO8E`, in this order and no others, then a status word that
 * is the protected one. The MAC is compared before anything is decrypted.
 */
export function openAnswer(keys: SessionKeys, counter: Buffer, answer: Buffer): OpenedAnswer {
  if (answer.length <= 2) return { ok: false, reason: 'answer_not_protected' };
  const objects = dataObjectsOf(answer.subarray(0, -2));
  if (objects === null) return { ok: false, reason: 'answer_not_authentic' };
  const { cryptogram, status, mac } = objects;
  const block = blockBytes[keys.cipher];
  const covered = Buffer.concat([counter, cryptogram?.raw ?? Buffer.alloc(0), status.raw]);
  const right = mac.length === 8 && timingSafeEqual(macOf(keys, pad(covered, block)), mac);
  if (!right || status.content.length !== 2 || !status.content.equals(answer.subarray(-2))) {
    return { ok: false, reason: 'answer_not_authentic' };
  }
  const data = cryptogram === null ? Buffer.alloc(0) : decrypted(keys, counter, cryptogram.content);
  if (data === null) return { ok: false, reason: 'answer_not_authentic' };
  return { ok: true, data, statusWord: status.content.readUInt16BE(0) };
}

interface DataObject {
  raw: Buffer;
  content: Buffer;
}

function dataObjectsOf(
  body: Buffer,
): { cryptogram: DataObject | null; status: DataObject; mac: Buffer } | null {
  try {
    const objects = childrenOf(readOnly(der(0x30, body), { rules: 'ber', maxElements: 8 }));
    const tags = objects.map(({ tag }) => tag.toString(16)).join(' ');
    if (tags !== '87 99 8e' && tags !== '99 8e') return null;
    const [mac, status, cryptogram] = objects
      .map((object) => ({ raw: rawOf(object), content: contentOf(object) }))
      .toReversed();
    return { cryptogram: cryptogram ?? null, status: status!, mac: mac!.content };
  } catch (error) {
    if (error instanceof FormatRefusal) return null;
    throw error;
  }
}

/** DO87 is 01 (padded) and whole blocks; null where it is not, or where the padding is wrong. */
function decrypted(keys: SessionKeys, counter: Buffer, content: Buffer): Buffer | null {
  const cryptogram = content.subarray(1);
  const whole = cryptogram.length > 0 && cryptogram.length % blockBytes[keys.cipher] === 0;
  if (content[0] !== 0x01 || !whole) return null;
  const padded = decryptBlocks(keys, counter, cryptogram);
  const end = padded.lastIndexOf(0x80);
  const inLastBlock = end >= padded.length - blockBytes[keys.cipher];
  const zeros = padded.subarray(end + 1).every((octet) => octet === 0);
  return inLastBlock && zeros ? padded.subarray(0, end) : null;
}
