import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oidOf, timeOf, unsignedHexOf } from '../../src/documents/asn1-values.ts';
import { childrenOf, contentOf, rawOf, readOnly, type Element } from '../../src/documents/ber.ts';
import { derOctets, derOid, derTime, derUnsigned } from '../../src/documents/der-writer.ts';
import { FormatRefusal } from '../../src/documents/format-refusal.ts';
import { holdsFor } from './check-property.ts';

/** An element before it is written; how it is written is the writer's own code, not that under test. */
interface Made {
  tag: number;
  length: 'short' | 'long' | 'indefinite';
  content: Buffer | Made[];
}

const octets = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));
const primitiveTag = fc.constantFrom(0x01, 0x02, 0x04, 0x0c, 0x80, 0x5f01, 0x5f1f, 0x5f8105);
const constructedTag = fc.constantFrom(0x30, 0x31, 0x24, 0xa0, 0x61, 0x77, 0x7f60, 0x7f61);
const lengths = fc.constantFrom('short' as const, 'long' as const, 'indefinite' as const);

const { made } = fc.letrec<{ made: Made; leaf: Made; branch: Made }>((tie) => ({
  made: fc.oneof({ maxDepth: 6, depthSize: 'small' }, tie('leaf'), tie('branch')),
  leaf: fc.record({
    tag: primitiveTag,
    length: fc.constantFrom('short', 'long'),
    content: octets(300),
  }),
  branch: fc.record({
    tag: constructedTag,
    length: lengths,
    content: fc.array(tie('made'), { maxLength: 5 }),
  }),
}));

function write({ tag, length, content }: Made, rules: 'ber' | 'der'): Buffer {
  const inside = Buffer.isBuffer(content)
    ? content
    : Buffer.concat(content.map((child) => write(child, rules)));
  const hex = tag.toString(16);
  const identifier = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  if (rules === 'ber' && length === 'indefinite') {
    return Buffer.concat([identifier, Buffer.of(0x80), inside, Buffer.of(0, 0)]);
  }
  return Buffer.concat([
    identifier,
    written(inside.length, rules === 'ber' && length === 'long'),
    inside,
  ]);
}

function written(length: number, long: boolean): Buffer {
  const four = Buffer.alloc(5, 0x84);
  four.writeUInt32BE(length, 1);
  if (long) return four;
  if (length < 0x80) return Buffer.of(length);
  if (length < 0x100) return Buffer.of(0x81, length);
  return length < 0x10000 ? Buffer.of(0x82, length >> 8, length & 0xff) : four;
}

function same(element: Element, { tag, content }: Made): boolean {
  if (element.tag !== tag) return false;
  if (Buffer.isBuffer(content)) return contentOf(element).equals(content);
  const children = childrenOf(element);
  return (
    children.length === content.length && children.every((child, at) => same(child, content[at]!))
  );
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof FormatRefusal) return error.reason;
    throw error;
  }
  return 'none';
}

function whole(bytes: Buffer, rules: 'ber' | 'der'): number {
  const count = (element: Element): number =>
    element.constructed ? childrenOf(element).reduce((sum, child) => sum + count(child), 1) : 1;
  return count(readOnly(bytes, { rules }));
}

describe('any element', () => {
  it('is read from DER as it was written', () => {
    holdsFor(
      fc.property(made, (element) => {
        const bytes = write(element, 'der');
        return same(readOnly(bytes), element) && rawOf(readOnly(bytes)).equals(bytes);
      }),
    );
  });

  it('is read from BER whatever the lengths look like', () => {
    holdsFor(
      fc.property(made, (element) =>
        same(readOnly(write(element, 'ber'), { rules: 'ber' }), element),
      ),
    );
  });

  it('is read under the rules of DER only where it is written so', () => {
    holdsFor(
      fc.property(made, (element) => {
        const [ber, der] = [write(element, 'ber'), write(element, 'der')];
        const reason = refusal(() => whole(ber, 'der'));
        return ber.equals(der)
          ? reason === 'none'
          : ['indefinite_length', 'length_not_minimal'].includes(reason);
      }),
    );
  });

  it('is refused when cut anywhere, and with anything behind it', () => {
    holdsFor(
      fc.property(made, fc.nat(), octets(4), (element, cut, tail) => {
        const bytes = write(element, 'ber');
        const short = bytes.subarray(0, cut % bytes.length);
        expect(refusal(() => whole(short, 'ber'))).not.toBe('none');
        const long = Buffer.concat([bytes, tail]);
        return tail.length === 0 || refusal(() => whole(long, 'ber')) === 'trailing_bytes';
      }),
    );
  });
});

describe('values', () => {
  const read = (bytes: Buffer) => readOnly(bytes);

  it('object identifiers of any arcs are read as they were written', () => {
    const first = fc.oneof(
      fc.tuple(fc.constantFrom(0, 1), fc.nat(39)),
      fc.tuple(fc.constant(2), fc.nat(47)),
    );
    const arcs = fc.array(fc.oneof(fc.nat(200), fc.nat(), fc.maxSafeNat()), { maxLength: 7 });
    holdsFor(
      fc.property(first, arcs, (start, rest) => {
        const dotted = [...start, ...rest].join('.');
        return oidOf(read(derOid(dotted))) === dotted;
      }),
    );
  });

  it('numbers of any size are read as they were written', () => {
    holdsFor(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 600n }), (number) => {
        const hex = number.toString(16);
        const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
        return unsignedHexOf(read(derUnsigned(bytes))) === hex;
      }),
    );
  });

  it('times are read to the second, by either kind of time', () => {
    const times = fc.date({
      min: new Date('1950-01-01T00:00:00Z'),
      max: new Date('2199-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    holdsFor(
      fc.property(times, (at) => {
        const second = Math.floor(at.getTime() / 1000) * 1000;
        return timeOf(read(derTime(at))) === second;
      }),
    );
  });

  it('octets are the very ones of the input, never a copy', () => {
    holdsFor(
      fc.property(octets(200), (content) => {
        const bytes = derOctets(content);
        return contentOf(read(bytes)).buffer === bytes.buffer;
      }),
    );
  });
});
