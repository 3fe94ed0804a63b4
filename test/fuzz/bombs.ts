import { der } from '../../src/documents/der-writer.ts';

const repeated = (hex: string, times: number) => Buffer.from(hex.repeat(times), 'hex');

/** Nested `depth` deep, every length right. */
function nested(depth: number): Buffer {
  const headers: Buffer[] = [];
  let inside = 0;
  for (let level = 0; level < depth; level++) {
    const length = inside < 0x80 ? Buffer.from([inside]) : Buffer.alloc(5, 0x84);
    if (inside >= 0x80) length.writeUInt32BE(inside, 1);
    headers.push(Buffer.concat([Buffer.from([0x30]), length]));
    inside += headers[level]!.length;
  }
  return Buffer.concat(headers.toReversed());
}

const million = 1_000_000;
const nodes = repeated('0500', million);
const emptySequences = repeated('3000', million);

/** Small questions with large answers: each must be refused, or answered, at once. */
export const bombs: Readonly<Record<string, Buffer>> = {
  'indefinite lengths 100,000 deep': repeated('3080', 100_000),
  'indefinite lengths 100,000 deep, all closed': Buffer.concat([
    repeated('3080', 100_000),
    repeated('0000', 100_000),
  ]),
  'definite lengths 100,000 deep': nested(100_000),
  'constructed octet strings 100,000 deep': repeated('2480', 100_000),
  'a length of 4 GiB': Buffer.from('3084ffffffff0500', 'hex'),
  'a length of 2^64': Buffer.from('3088ffffffffffffffff', 'hex'),
  'a length of 127 octets': Buffer.concat([Buffer.from('30ff', 'hex'), Buffer.alloc(127, 0xff)]),
  'a million elements': der(0x30, nodes),
  'a million empty sequences': der(0x30, emptySequences),
  'a million elements in an indefinite length': Buffer.concat([
    Buffer.from('3080', 'hex'),
    nodes,
    Buffer.alloc(2),
  ]),
  'a million elements in a SET in a SEQUENCE': der(0x30, der(0x31, nodes)),
  'an OID of 2^70': der(0x30, der(0x06, Buffer.from('2affffffffffffffffff7f', 'hex'))),
  'an OID of a million octets': der(0x30, der(0x06, Buffer.alloc(million, 0xff))),
  'a tag of a million octets': Buffer.concat([Buffer.from([0x3f]), Buffer.alloc(million, 0xff)]),
  'a million octets of one letter': Buffer.alloc(million, 0x3c),
  'JSON a million deep': Buffer.from('['.repeat(million)),
  'a JSON number of a million digits': Buffer.from('9'.repeat(million)),
  'a million JSON members': Buffer.from(`{${'"a":1,'.repeat(million / 2)}"b":2}`),
};

const FILE_TAGS = [0x60, 0x61, 0x75, 0x6b, 0x6e, 0x6f, 0x77];

/** Each bomb as it is, and as the content of every chip file. */
export function armed(bomb: Buffer): Buffer[] {
  return [bomb, ...FILE_TAGS.map((tag) => der(tag, bomb))];
}
