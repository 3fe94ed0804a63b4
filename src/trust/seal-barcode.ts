import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { MAX_SEAL_BYTES } from '../documents/vds.ts';
import type { BarcodePicture } from './seal-barcode-worker.ts';

export type SealBarcode =
  | { ok: true; bytes: Buffer }
  | {
      ok: false;
      reason:
        | 'not_a_picture'
        | 'too_many_pixels'
        | 'too_slow'
        | 'barcode_not_found'
        | 'several_barcodes';
    };

/** A phone's photo; more is refused by the header, before anything is decoded. */
const MAX_PIXELS = 50_000_000;
/** Longest side that is searched. */
const MAX_EDGE = 2400;
/** Barcodes cut out to their edge lack the quiet zone that readers need. */
const QUIET_ZONE = 24;
const LIMIT_SECONDS = 10;
/** A VDS-NC is text: longer than a seal, within one code of the largest kind or a few. */
const MAX_CONTENT_BYTES = 16 * 1024;

/**
 * The octets of the seal in a picture (JPEG, PNG, WebP): a Data Matrix, Aztec, QR or PDF417 code. Decoded off the main
 * thread under a time limit. Barcodes that are no seal are passed over; two different seals are refused, never chosen from.
 */
export async function readSealBarcode(picture: Buffer): Promise<SealBarcode> {
  if (!isPicture(picture)) return { ok: false, reason: 'not_a_picture' };
  const pixels = await pixelsOf(picture);
  if (!pixels.ok) return pixels;
  const found = await search(pixels.picture);
  if (!found.ok) return found;
  const seals = new Map(
    found.contents
      .map((content) => Buffer.from(content))
      .filter(looksLikeSeal)
      .map((content) => [content.toString('latin1'), content]),
  );
  const [bytes, ...others] = seals.values();
  if (bytes === undefined) return { ok: false, reason: 'barcode_not_found' };
  return others.length > 0 ? { ok: false, reason: 'several_barcodes' } : { ok: true, bytes };
}

/** By its first octets: the decoder knows formats (SVG) that do more than hold pixels. */
function isPicture(bytes: Buffer): boolean {
  const start = bytes.toString('hex', 0, 12);
  const webp = start.startsWith('52494646') && start.endsWith('57454250');
  return webp || start.startsWith('ffd8ff') || start.startsWith('89504e470d0a1a0a');
}

function looksLikeSeal(content: Buffer): boolean {
  if (content[0] === 0xdc) return content.length <= MAX_SEAL_BYTES;
  return content[0] === 0x7b && content.length <= MAX_CONTENT_BYTES;
}

async function pixelsOf(
  picture: Buffer,
): Promise<
  | { ok: true; picture: BarcodePicture }
  | { ok: false; reason: 'not_a_picture' | 'too_many_pixels' | 'too_slow' }
> {
  try {
    const { data, info } = await sharp(picture, { limitInputPixels: MAX_PIXELS })
      .timeout({ seconds: LIMIT_SECONDS })
      .rotate()
      .flatten({ background: '#ffffff' })
      .resize({ width: MAX_EDGE, height: MAX_EDGE, fit: 'inside', withoutEnlargement: true })
      .extend({
        top: QUIET_ZONE,
        bottom: QUIET_ZONE,
        left: QUIET_ZONE,
        right: QUIET_ZONE,
        background: '#ffffff',
      })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return { ok: true, picture: { width, height, data: new Uint8ClampedArray(data) } };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/pixel limit/i.test(message)) return { ok: false, reason: 'too_many_pixels' };
    if (/timeout/i.test(message)) return { ok: false, reason: 'too_slow' };
    return { ok: false, reason: 'not_a_picture' };
  }
}

type Search =
  | { ok: true; contents: readonly Uint8Array[] }
  | { ok: false; reason: 'too_slow' | 'barcode_not_found' };

/** One worker for one picture: a reader that a crafted picture breaks or holds up takes nothing else with it. */
function search(picture: BarcodePicture): Promise<Search> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./seal-barcode-worker.ts', import.meta.url), {
      workerData: picture,
      transferList: [picture.data.buffer as ArrayBuffer],
      resourceLimits: { maxOldGenerationSizeMb: 256 },
      stdout: true,
      stderr: true,
    });
    const finish = (result: Search) => {
      clearTimeout(timer);
      resolve(result);
      void worker.terminate();
    };
    const slow = () => finish({ ok: false, reason: 'too_slow' });
    const timer = setTimeout(slow, LIMIT_SECONDS * 1000);
    const broken = () => finish({ ok: false, reason: 'barcode_not_found' });
    worker.once('message', (contents: Uint8Array[] | null) =>
      contents === null ? broken() : finish({ ok: true, contents }),
    );
    worker.once('error', broken);
    worker.once('exit', broken);
  });
}
