import { malformed } from './format-refusal.ts';

/** C40 unlatch: the octet after it is one ASCII character plus 1 (ISO/IEC 16022 §5.2.5; BSI TR-03137 Annex B). */
const UNLATCH = 0xfe;
const CHARACTERS = ' 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** C40 value of the first of `CHARACTERS`. Below it are the shifts; shift 1 (zero) is the padding. */
const FIRST_VALUE = 3;

/**
 * Text from C40 as seals use it (Doc 9303-13 §2.3; BSI TR-03137 Annex B): A-Z, 0-9 and the space, which stands for `<`. Two octets are three
 * characters; padding and a single unlatched character may stand in the last two octets only. Refuses the rest.
 */
export function decodeC40(octets: Buffer): string {
  if (octets.length % 2 !== 0) throw malformed('bad_c40');
  let text = '';
  for (let at = 0; at < octets.length; at += 2) {
    const last = at + 2 === octets.length;
    text += octets[at] === UNLATCH ? unlatched(octets[at + 1]!, last) : triple(octets, at, last);
  }
  return text;
}

/** As in a machine-readable zone: spaces are fillers. */
export function decodeC40Zone(octets: Buffer): string {
  return decodeC40(octets).replaceAll(' ', '<');
}

function unlatched(octet: number, last: boolean): string {
  const character = String.fromCharCode(octet - 1);
  if (!last || octet === 0) throw malformed('bad_c40');
  if (character === '<') return ' ';
  if (!CHARACTERS.includes(character)) throw malformed('bad_c40');
  return character;
}

function triple(octets: Buffer, at: number, last: boolean): string {
  const packed = octets.readUInt16BE(at) - 1;
  if (packed < 0 || packed >= 64_000) throw malformed('bad_c40');
  const values = [Math.floor(packed / 1600), Math.floor(packed / 40) % 40, packed % 40];
  const padding = last ? (values[2] === 0 ? (values[1] === 0 ? 2 : 1) : 0) : 0;
  return values
    .slice(0, values.length - padding)
    .map((value) => {
      const character = CHARACTERS[value - FIRST_VALUE];
      if (character === undefined) throw malformed('bad_c40');
      return character;
    })
    .join('');
}
