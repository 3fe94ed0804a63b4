/** The ways in which one value may lie on a disk or in a log without looking like itself. */
export interface Spelling {
  name: string;
  bytes: Buffer;
}

/**
 * Every spelling of a text that the search looks for. The value itself in the cases and Unicode forms it may be kept in and
 * as the machine-readable zone writes it; each of those in the encodings that carry text.
 */
export function spellingsOf(value: string): Spelling[] {
  const written = new Map<string, string>();
  const add = (name: string, text: string) => {
    if (![...written.values()].includes(text)) written.set(name, text);
  };
  add('as it is', value);
  add('lower case', value.toLowerCase());
  add('upper case', value.toUpperCase());
  const cases = [...written];
  for (const [name, text] of cases) add(`${name}, decomposed`, text.normalize('NFD'));
  add('zone', value.toUpperCase().replaceAll(/[\s,'-]+/g, '<'));
  add('no spaces', value.replaceAll(/\s/g, ''));
  return unique([...written].flatMap(([name, text]) => encodingsOf(name, text)));
}

/** Every spelling of bytes that are no text, such as a slice of a picture. */
export function spellingsOfBytes(bytes: Buffer): Spelling[] {
  return unique([{ name: 'raw', bytes }, ...binaryEncodings('raw', bytes)]);
}

function encodingsOf(name: string, text: string): Spelling[] {
  const utf8 = Buffer.from(text, 'utf8');
  const little = Buffer.from(text, 'utf16le');
  const ascii = (encoding: string, encoded: string) => ({
    name: `${name}, ${encoding}`,
    bytes: Buffer.from(encoded, 'latin1'),
  });
  const json = JSON.stringify(text).slice(1, -1);
  const escaped = json.replaceAll(/[^\x20-\x7e]/g, (letter) => unicodeEscape(letter));
  const url = encodeURIComponent(text);
  return [
    { name: `${name}, UTF-8`, bytes: utf8 },
    { name: `${name}, Latin-1`, bytes: Buffer.from(text, 'latin1') },
    { name: `${name}, UTF-16LE`, bytes: little },
    { name: `${name}, UTF-16BE`, bytes: Buffer.from(little).swap16() },
    ascii('JSON', escaped),
    ascii(
      'JSON in capitals',
      escaped.replaceAll(/\\u[0-9a-f]{4}/g, (unit) => upperEscape(unit)),
    ),
    ascii('JSON twice', escaped.replaceAll('\\', '\\\\')),
    ascii('URL', url),
    ascii(
      'URL in lower case',
      url.replaceAll(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
    ),
    ascii('form', new URLSearchParams({ v: text }).toString().slice(2)),
    ...binaryEncodings(name, utf8),
  ];
}

function binaryEncodings(name: string, bytes: Buffer): Spelling[] {
  const ascii = (encoding: string, text: string) => ({
    name: `${name}, ${encoding}`,
    bytes: Buffer.from(text, 'latin1'),
  });
  const base64 = [0, 1, 2].flatMap((offset) => {
    const text = innerBase64(bytes, offset);
    const urlText = text.replaceAll('+', '-').replaceAll('/', '_');
    return [ascii(`base64 at ${offset}`, text), ascii(`base64url at ${offset}`, urlText)];
  });
  const hex = bytes.toString('hex');
  return [ascii('hex', hex), ascii('HEX', hex.toUpperCase()), ...base64];
}

/** The characters of base64 that `bytes` alone decide, when `offset` (0 to 2) others stand before them in their group. */
function innerBase64(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const start = [0, 2, 3][offset]!;
  const decidedBits = (offset + bytes.length) * 8;
  return text.slice(start, Math.floor(decidedBits / 6));
}

const unicodeEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
const upperEscape = (unit: string) => `\\u${unit.slice(2).toUpperCase()}`;

function unique(spellings: Spelling[]): Spelling[] {
  const seen = new Map(
    spellings.toReversed().map((spelling) => [spelling.bytes.toString('latin1'), spelling]),
  );
  return [...seen.values()].toReversed();
}
