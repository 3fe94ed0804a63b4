import sharp from 'sharp';

/** One octet of brightness a pixel, row by row. */
export interface GreyPixels {
  width: number;
  height: number;
  data: Uint8Array;
}

export type DataPageImage =
  | { ok: true; image: GreyPixels }
  | { ok: false; reason: 'not_an_image' | 'too_many_pixels' | 'undecodable' | 'too_slow' };

/** DESIGN section 8. */
const MAX_PIXELS = 40_000_000;
/** Longest side that is read: half a photo's width then still gives a zone's characters 20 pixels each. */
const MAX_EDGE = 2000;
const DECODE_SECONDS = 5;

/**
 * The brightness of a photo (JPEG, PNG, WebP), upright by its own word, at most 2000 pixels wide or high, never enlarged. Decoded
 * off the main thread under a time limit; refused by its header where it says it holds more than 40 megapixels.
 */
export async function greyPixels(bytes: Buffer): Promise<DataPageImage> {
  if (!isPhoto(bytes)) return { ok: false, reason: 'not_an_image' };
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS })
      .timeout({ seconds: DECODE_SECONDS })
      .rotate()
      .flatten({ background: '#ffffff' })
      .resize({ width: MAX_EDGE, height: MAX_EDGE, fit: 'inside', withoutEnlargement: true })
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    // A copy: the worker takes the pixels over, and what sharp gives may share its memory.
    return { ok: true, image: { width, height, data: new Uint8Array(data) } };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/pixel limit/i.test(message)) return { ok: false, reason: 'too_many_pixels' };
    if (/timeout/i.test(message)) return { ok: false, reason: 'too_slow' };
    return { ok: false, reason: 'undecodable' };
  }
}

/** By its first octets: the decoder knows formats (SVG) that do more than hold pixels. */
function isPhoto(bytes: Buffer): boolean {
  const start = bytes.toString('hex', 0, 12);
  const webp = start.startsWith('52494646') && start.endsWith('57454250');
  return webp || start.startsWith('ffd8ff') || start.startsWith('89504e470d0a1a0a');
}
