import { childrenOf, contentOf, type Element } from './ber.ts';
import type { ChipPortrait } from './chip-verdict.ts';
import { malformed, unsupported } from './format-refusal.ts';
import { readFileTemplate } from './lds.ts';

/** How many portraits a DG2 may hold; ours is the first (Doc 9303-10 §4.7.2 asks for one). */
const MAX_PORTRAITS = 9;

/** The first portrait of DG2 (Doc 9303-10 §4.7.2): ISO/IEC 19794-5 or ISO/IEC 39794-5 in a biometric template. */
export function readPortrait(bytes: Buffer): ChipPortrait {
  const [group, ...rest] = childrenOf(readFileTemplate('DG2', bytes));
  if (group === undefined || group.tag !== 0x7f61 || rest.length > 0) throw malformed('bad_dg2');
  const [count, ...templates] = childrenOf(group);
  if (count === undefined || count.tag !== 0x02) throw malformed('bad_dg2');
  const number = contentOf(count)[0];
  if (number !== templates.length || number < 1 || number > MAX_PORTRAITS) {
    throw malformed('bad_dg2');
  }
  const [first] = templates;
  if (first === undefined || first.tag !== 0x7f60) throw malformed('bad_dg2');
  const block = childrenOf(first).find((field) => field.tag === 0x5f2e || field.tag === 0x7f2e);
  if (block === undefined) throw malformed('bad_dg2');
  const image = block.tag === 0x5f2e ? imageOf19794(contentOf(block)) : imageOf39794(block);
  return { mimeType: mimeTypeOf(image), bytes: image };
}

/** ISO/IEC 19794-5:2005 §5: record header 14 octets, facial information 20, feature points 8 each, image information 12. */
function imageOf19794(record: Buffer): Buffer {
  if (record.length < 46 || record.toString('latin1', 0, 4) !== 'FAC\0') {
    throw malformed('bad_face_record');
  }
  if (record.readUInt32BE(8) !== record.length) throw malformed('bad_face_record_length');
  const faceStart = 14;
  const faceEnd = faceStart + record.readUInt32BE(faceStart);
  const featurePoints = record.readUInt16BE(faceStart + 4);
  const imageStart = faceStart + 20 + featurePoints * 8 + 12;
  if (faceEnd > record.length || imageStart >= faceEnd) throw malformed('bad_face_record_length');
  return record.subarray(imageStart, faceEnd);
}

/**
 * ISO/IEC 39794-5 (tagged binary): [1] face image data block → [APPLICATION 5] → [1] representation blocks → first
 * one's [1] image representation → [0] base → [0] 2D block → [0] the image.
 */
function imageOf39794(block: Element): Buffer {
  const faceData = only(childrenOf(block), 0xa1);
  const application = only(childrenOf(faceData), 0x65);
  const representations = childrenOf(only(childrenOf(application), 0xa1));
  const [first] = representations;
  if (first === undefined || first.tag !== 0x30) throw malformed('bad_face_data');
  const representation = only(childrenOf(first), 0xa1);
  const twoDimensional = only(childrenOf(only(childrenOf(representation), 0xa0)), 0xa0);
  return contentOf(only(childrenOf(twoDimensional), 0x80));
}

function only(fields: readonly Element[], tag: number): Element {
  const [field, again] = fields.filter((candidate) => candidate.tag === tag);
  if (field === undefined || again !== undefined) throw malformed('bad_face_data');
  return field;
}

/** By the image's own first octets: the type that the header claims is wrong in some passports. */
function mimeTypeOf(image: Buffer): ChipPortrait['mimeType'] {
  const start = image.toString('hex', 0, 12);
  if (start.startsWith('ffd8ff')) return 'image/jpeg';
  if (start.startsWith('0000000c6a5020200d0a870a')) return 'image/jp2';
  if (start.startsWith('ff4fff51')) return 'image/j2c';
  throw unsupported('unsupported_image');
}
