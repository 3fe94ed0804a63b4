import { changeElement } from './elements.ts';
import { changeImage } from './image.ts';
import { changeJson } from './json.ts';
import { octetChanges } from './octets.ts';
import { oneOf, type Change, type Supply } from './draw.ts';
import { changePixels } from './pixels.ts';
import { changeFeatures, changeSeal } from './seal.ts';
import { changeZone, changeZoneOfDg1 } from './zone.ts';

/** What an input is made of, and which changes know it. */
const CHANGES = {
  ber: changeElement,
  zone: changeZone,
  zoneOfDg1: changeZoneOfDg1,
  seal: changeSeal,
  features: changeFeatures,
  json: changeJson,
  image: changeImage,
  pixels: changePixels,
} satisfies Record<string, Change>;

export type Shape = keyof typeof CHANGES;

/** Longer inputs are refused by their size, everywhere. */
export const MAX_INPUT_BYTES = 65_536;

/** One to four changes: half of them know the shapes of the input, the others only octets. */
export function mutated(bytes: Buffer, shapes: readonly Shape[], supply: Supply): Buffer {
  const { draw } = supply;
  let changed = bytes;
  for (let left = 1 + draw(4); left > 0; left--) {
    const knowing = shapes.length > 0 && draw(2) === 0;
    const change = knowing ? CHANGES[oneOf(draw, shapes)] : oneOf(draw, octetChanges);
    changed = change(changed, supply).subarray(0, MAX_INPUT_BYTES);
  }
  return Buffer.from(changed);
}
