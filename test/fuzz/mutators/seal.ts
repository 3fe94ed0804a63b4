import { encodeC40, encodeDate } from '../../documents/seal-maker.ts';
import { drawnOctets, oneOf, type Change, type Draw } from './draw.ts';

const LETTERS = '<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const TYPES = ['5d01 5e03 fb06 fa06 fd02 fc04 f908 f90c f80a 01c8 01c9 0000 ffff'].flatMap((refs) =>
  refs.split(' ').map((hex) => Buffer.from(hex, 'hex')),
);
const DATES = ['2026-10-01', '2026-11-23', '1900-01-01', '9999-12-31', '2026-02-30', '0000-00-00'];
const ZONE_LENGTHS = [64, 72, 88];

interface Feature {
  tag: number;
  value: Buffer;
}

interface Parts {
  header: Buffer;
  features: Feature[];
}

const drawnText = (draw: Draw, length: number) =>
  Array.from({ length }, () => LETTERS[draw(LETTERS.length)]).join('');

type FeatureChange = (features: Feature[], draw: Draw) => Feature[];

function withValue(features: Feature[], draw: Draw, change: (old: Buffer) => Buffer): Feature[] {
  const at = draw(Math.max(1, features.length));
  return features.map((feature, index) =>
    index === at ? { ...feature, value: change(feature.value) } : feature,
  );
}

const CHANGES: readonly FeatureChange[] = [
  (features, draw) => features.filter((_, at) => at !== draw(features.length)),
  (features, draw) => [...features, oneOf(draw, features)],
  (features, draw) => [{ tag: draw(10), value: drawnOctets(draw, draw(20)) }, ...features],
  (features, draw) => {
    const at = draw(features.length);
    const tag = oneOf(draw, [draw(10), draw(256), 0xff]);
    return features.map((feature, index) => (index === at ? { ...feature, tag } : feature));
  },
  (features, draw) => withValue(features, draw, (old) => drawnOctets(draw, old.length)),
  (features, draw) => withValue(features, draw, () => drawnOctets(draw, draw(260))),
  (features, draw) => withValue(features, draw, () => encodeC40(drawnText(draw, 1 + draw(30)))),
  (features, draw) =>
    withValue(features, draw, () => encodeC40(drawnText(draw, oneOf(draw, ZONE_LENGTHS)))),
  (features, draw) => withValue(features, draw, () => Buffer.from(oneOf(draw, ['20261122', 'é']))),
  (features, draw) =>
    withValue(features, draw, (old) => Buffer.concat([old, Buffer.of(draw(256))])),
  (features, draw) => withValue(features, draw, (old) => old.subarray(0, draw(old.length + 1))),
];

/** Changes the features of a seal, and now and then its type, dates, version, issuer or signer. */
export const changeSeal: Change = (bytes, { draw }) => {
  const parts = partsOf(bytes);
  if (parts === null) return bytes;
  const { header, features } = parts;
  if (draw(3) === 0)
    return Buffer.concat([changedHeader(header, draw), writtenBack(features, draw)]);
  const changed = features.length === 0 ? features : oneOf(draw, CHANGES)(features, draw);
  return Buffer.concat([header, writtenBack(changed, draw)]);
};

/** The message zone alone, behind an octet that names the document type. */
export const changeFeatures: Change = (bytes, { draw }) => {
  const features = featuresFrom(bytes, 1);
  if (features === null || features.length === 0) return bytes;
  const type = draw(8) === 0 ? Buffer.of(draw(16)) : bytes.subarray(0, 1);
  return Buffer.concat([type, writtenBack(oneOf(draw, CHANGES)(features, draw), draw)]);
};

function changedHeader(header: Buffer, draw: Draw): Buffer {
  const [issuer, signer] = [header.subarray(2, 4), header.subarray(4, -8)];
  const [issuedOn, signedOn] = [header.subarray(-8, -5), header.subarray(-5, -2)];
  const parts = [header.subarray(0, 2), issuer, signer, issuedOn, signedOn, header.subarray(-2)];
  const which = draw(parts.length);
  const length = oneOf(draw, ['00', '01', '05', '0A', '10', '12', '20', 'FF']);
  const reference = `UTSV${length}${drawnText(draw, 1 + draw(34)).replaceAll(/[<G-Z]/g, '1')}`;
  const made = [
    Buffer.of(0xdc, oneOf(draw, [2, 3, 0, 4])),
    encodeC40(drawnText(draw, 3)),
    encodeC40(reference),
    encodeDate(oneOf(draw, DATES)),
    encodeDate(oneOf(draw, DATES)),
    oneOf(draw, TYPES),
  ][which]!;
  return Buffer.concat(parts.with(which, made));
}

/** A seal of version 2 or 3 whose lengths are of one octet; what is none is left to others. */
function partsOf(bytes: Buffer): Parts | null {
  for (let end = 16; end < 60 && end < bytes.length; end += 2) {
    const features = featuresFrom(bytes, end);
    if (features !== null && features.at(-1)?.tag === 0xff) {
      return { header: bytes.subarray(0, end), features };
    }
  }
  return null;
}

function featuresFrom(bytes: Buffer, start: number): Feature[] | null {
  const features: Feature[] = [];
  let at = start;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + bytes[at + 1]!;
    features.push({ tag: bytes[at]!, value: bytes.subarray(at + 2, end) });
    at = end;
  }
  return at === bytes.length ? features : null;
}

function writtenBack(features: readonly Feature[], draw: Draw): Buffer {
  const der = draw(4) === 0;
  return Buffer.concat(
    features.flatMap(({ tag, value }) => {
      const long = value.length >= 0x80 && der;
      const length = long ? [0x81, value.length & 0xff] : [value.length & 0xff];
      return [Buffer.of(tag, ...length), value];
    }),
  );
}
