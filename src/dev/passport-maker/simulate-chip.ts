import { createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { childrenOf, contentOf, rawOf, readOnly } from '../../documents/ber.ts';
import type { ChipFileName } from '../../documents/chip-verdict.ts';
import { der, derBits, derSequence, derUnsigned } from '../../documents/der-writer.ts';
import { counterAfter } from '../../documents/secure-messaging.ts';
import {
  blockBytes,
  decryptBlocks,
  deriveSessionKeys,
  encryptBlocks,
  macOf,
  type SessionKeys,
} from '../../documents/secure-messaging-ciphers.ts';
import type { ChipAuthenticationChipKey } from './write-chip-files.ts';

export interface SimulatedChip {
  /** One command in, the answer and its status word out. */
  transmit(command: Buffer): Buffer;
}

const OK = Buffer.from('9000', 'hex');
const FILE_IDS: Readonly<Record<string, ChipFileName>> = { '011d': 'EF_SOD', '010e': 'DG14' };

/**
 * A chip that knows chip authentication (Doc 9303-11 §6.2, §9.8), as far as a terminal's run of it asks. `chip.key` is what
 * it computes with: a clone has the files of another chip and some key of its own.
 */
export function simulateChip(
  files: ReadonlyMap<ChipFileName, Buffer>,
  chip: ChipAuthenticationChipKey,
): SimulatedChip {
  let keys: SessionKeys | null = null;
  let messages = 0;
  let mechanism: string | null = null;
  let selected = Buffer.alloc(0);
  const agreeOn = (publicValue: Buffer) => {
    const publicKey = terminalKey(chip.key, publicValue);
    const shared = diffieHellman({ privateKey: chip.key, publicKey });
    const length = chip.key.asymmetricKeyType === 'dh' ? publicValue.length : shared.length;
    const padded = Buffer.concat([Buffer.alloc(length - shared.length), shared]);
    keys = deriveSessionKeys(chip.cipher, padded);
    messages = 0;
  };
  const open = (command: Buffer) => {
    const objects = objectsOf(dataOf(command));
    const header = command.toString('hex', 1, 4);
    const reference = objects.get(0x84)?.toString('hex');
    if (reference !== undefined && Number.parseInt(reference, 16) !== chip.keyId) return '6a88';
    if (header === '2241a4') {
      mechanism = objects.get(0x80)?.toString('hex') ?? null;
      return '9000';
    }
    const kat = header === '2241a6' && chip.cipher === '3des';
    const general = header === '860000' && mechanism !== null && chip.cipher !== '3des';
    if (!kat && !general) return '6a80';
    agreeOn(kat ? objects.get(0x91)! : objectsOf(objects.get(0x7c)!).get(0x80)!);
    return kat ? '9000' : '7c009000';
  };
  const answer = (session: SessionKeys, command: Buffer) => {
    const plain = openCommand(session, counterAfter(session, ++messages), command);
    if (plain === null) return Buffer.from('6988', 'hex');
    const counter = counterAfter(session, ++messages);
    if (plain.ins === 0xa4) {
      const name = FILE_IDS[plain.data.toString('hex')];
      const file = name === undefined ? undefined : files.get(name);
      if (file === undefined) return protect(session, counter, null, Buffer.from('6a82', 'hex'));
      selected = Buffer.from(file);
      return protect(session, counter, null, OK);
    }
    const part = selected.subarray(plain.offset, plain.offset + plain.le);
    return protect(session, counter, part, OK);
  };
  return {
    transmit: (command) =>
      keys !== null && command[0] === 0x0c
        ? answer(keys, command)
        : Buffer.from(open(command), 'hex'),
  };
}

/** The terminal's public value as a key of the chip's own group. */
function terminalKey(chipKey: KeyObject, value: Buffer): KeyObject {
  const own = createPublicKey(chipKey).export({ type: 'spki', format: 'der' });
  const [algorithm] = childrenOf(readOnly(own));
  const octets = chipKey.asymmetricKeyType === 'dh' ? derUnsigned(value) : value;
  const spki = derSequence(rawOf(algorithm!), derBits(octets));
  return createPublicKey({ key: spki, format: 'der', type: 'spki' });
}

/** The data field of a command with Lc, short or extended. */
function dataOf(command: Buffer): Buffer {
  const extended = command[4] === 0;
  const length = extended ? command.readUInt16BE(5) : command[4]!;
  return command.subarray(extended ? 7 : 5, (extended ? 7 : 5) + length);
}

function objectsOf(data: Buffer): Map<number, Buffer> {
  const objects = childrenOf(readOnly(der(0x30, data), { rules: 'ber' }));
  return new Map(objects.map((object) => [object.tag, contentOf(object)]));
}

interface PlainCommand {
  ins: number;
  offset: number;
  data: Buffer;
  le: number;
}

/** What a chip does with a protected command; null where its MAC is wrong. */
function openCommand(keys: SessionKeys, counter: Buffer, command: Buffer): PlainCommand | null {
  const data = dataOf(command);
  const objects = objectsOf(data);
  const mac = objects.get(0x8e);
  if (mac === undefined) return null;
  const header = padded(command.subarray(0, 4), keys);
  const covered = Buffer.concat([counter, header, data.subarray(0, -2 - mac.length)]);
  if (!macOf(keys, padded(covered, keys)).equals(mac)) return null;
  const cryptogram = objects.get(0x87);
  const plain =
    cryptogram === undefined
      ? Buffer.alloc(0)
      : decryptBlocks(keys, counter, cryptogram.subarray(1));
  const end = plain.lastIndexOf(0x80);
  return {
    ins: command[1]!,
    offset: command.readUInt16BE(2),
    data: plain.subarray(0, Math.max(end, 0)),
    le: objects.get(0x97)?.[0] ?? 0,
  };
}

function protect(
  keys: SessionKeys,
  counter: Buffer,
  data: Buffer | null,
  statusWord: Buffer,
): Buffer {
  const body =
    data === null
      ? Buffer.alloc(0)
      : der(0x87, Buffer.from([1]), encryptBlocks(keys, counter, padded(data, keys)));
  const covered = Buffer.concat([body, der(0x99, statusWord)]);
  const mac = macOf(keys, padded(Buffer.concat([counter, covered]), keys));
  return Buffer.concat([covered, der(0x8e, mac), statusWord]);
}

function padded(octets: Buffer, { cipher }: SessionKeys): Buffer {
  const padding = Buffer.alloc(blockBytes[cipher] - (octets.length % blockBytes[cipher]));
  padding[0] = 0x80;
  return Buffer.concat([octets, padding]);
}
