import sharp, { type Sharp } from 'sharp';
import { decodeJpeg2000 } from './jpeg2000-decoder.ts';
import { jpeg2000Size } from './jpeg2000-header.ts';

export interface DisplayLimits {
  /** Refuse images that say they hold more. Looked up in the header, before anything is decoded. */
  maxPixels: number;
  /** Longest side of the result; smaller images keep their size. */
  maxEdge: number;
}

export type DisplayJpeg =
  | { ok: true; jpeg: Buffer; width: number; height: number }
  | { ok: false; reason: 'not_an_image' | 'too_many_pixels' | 'undecodable' | 'too_slow' };

const DECODE_SECONDS = 5;
const JPEG_QUALITY = 85;

/**
 * Any portrait (JPEG, PNG, WebP, JP2, raw JPEG 2000 codestream) as a plain JPEG that is safe to show and to store: decoded
 * off the main thread under a time limit, turned upright, every byte of metadata dropped. Never throws for bytes.
 */
export async function toDisplayJpeg(bytes: Buffer, limits: DisplayLimits): Promise<DisplayJpeg> {
  const { maxPixels } = limits;
  const kind = kindOf(bytes);
  if (kind === null) return { ok: false, reason: 'not_an_image' };
  if (kind === 'common') return encode(sharp(bytes, { limitInputPixels: maxPixels }), limits);
  const size = jpeg2000Size(bytes);
  if (size === null) return { ok: false, reason: 'undecodable' };
  if (size.width * size.height > maxPixels) return { ok: false, reason: 'too_many_pixels' };
  const decoded = await decodeJpeg2000(bytes);
  if (!decoded.ok) return decoded;
  const { width, height, channels, data } = decoded.image;
  return encode(sharp(data, { raw: { width, height, channels } }), limits);
}

/** By its first octets, never by what a sender says. */
function kindOf(bytes: Buffer): 'common' | 'jpeg2000' | null {
  const start = bytes.toString('hex', 0, 12);
  if (start.startsWith('ff4fff51') || start === '0000000c6a5020200d0a870a') return 'jpeg2000';
  const common = ['ffd8ff', '89504e470d0a1a0a'].some((magic) => start.startsWith(magic));
  const webp = start.startsWith('52494646') && start.endsWith('57454250');
  return common || webp ? 'common' : null;
}

async function encode(image: Sharp, { maxEdge }: DisplayLimits): Promise<DisplayJpeg> {
  try {
    const { data, info } = await image
      .timeout({ seconds: DECODE_SECONDS })
      .rotate()
      .flatten({ background: '#ffffff' })
      .resize({ width: maxEdge, height: maxEdge, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer({ resolveWithObject: true });
    return { ok: true, jpeg: data, width: info.width, height: info.height };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/pixel limit/i.test(message)) return { ok: false, reason: 'too_many_pixels' };
    if (/timeout/i.test(message)) return { ok: false, reason: 'too_slow' };
    return { ok: false, reason: 'undecodable' };
  }
}
