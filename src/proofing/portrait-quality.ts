import sharp from 'sharp';
import { toDisplayJpeg } from '../lib/portrait-image.ts';
import { PORTRAIT_LIMITS } from './limits.ts';

/** Why a picture is of no use to whoever compares faces; each has its words. */
export type PictureProblem =
  | 'not_a_picture'
  | 'too_many_pixels'
  | 'too_small'
  | 'too_dark'
  | 'too_bright'
  | 'no_detail'
  | 'too_blurred';

export type JudgedPicture =
  | {
      ok: true;
      jpeg: Buffer;
      measures: PictureMeasures;
    }
  | { ok: false; problem: PictureProblem };

export interface PictureMeasures {
  width: number;
  height: number;
  /** Mean grey of the middle, 0 to 255. */
  light: number;
  /** Standard deviation of that grey. */
  detail: number;
  /** How steep the steepest edges of the middle are. */
  sharpness: number;
}

/** As in browser/picture-quality.ts, which tells before the picture is sent; what counts is what is measured here. */
const SHORTEST_SIDE = 480;
const DARKEST = 45;
const BRIGHTEST = 225;
/** Standard deviation of light: a wall, a lid over the lens or an empty sheet has less. */
const LEAST_DETAIL = 8;
/**
 * The steepest thousandth of edges (Laplacian of 4 neighbours) in the middle, 320 px wide: from 66 up in focus, about 20 a
 * little soft, 10 where eyes run into cheeks.
 */
const LEAST_SHARPNESS = 15;
const SHARPNESS_WIDTH = 320;
const STEEPEST_SHARE = 0.001;
/** How a JPEG and a PNG begin. A decoder never sees anything else: no SVG, no PDF, no document that fetches. */
const BEGINNINGS = ['ffd8ff', '89504e470d0a1a0a'];

/**
 * Whether a live picture can be compared at all, and its re-encoded JPEG: nothing of the bytes that were sent is kept, no
 * metadata either. Size, light, detail and sharpness of its middle, where the face is; no more than that. Whether it shows a
 * face, and only one: `look-for-face.ts`.
 */
export async function judgePicture(bytes: Buffer): Promise<JudgedPicture> {
  const start = bytes.toString('hex', 0, 8);
  if (!BEGINNINGS.some((beginning) => start.startsWith(beginning)))
    return { ok: false, problem: 'not_a_picture' };
  const shown = await toDisplayJpeg(bytes, PORTRAIT_LIMITS);
  if (!shown.ok)
    return {
      ok: false,
      problem: shown.reason === 'too_many_pixels' ? 'too_many_pixels' : 'not_a_picture',
    };
  const { jpeg, width, height } = shown;
  if (Math.min(width, height) < SHORTEST_SIDE) return { ok: false, problem: 'too_small' };
  const measures = { width, height, ...(await measureMiddle(jpeg, { width, height })) };
  const problem = problemOf(measures);
  return problem ? { ok: false, problem } : { ok: true, jpeg, measures };
}

function problemOf({ light, detail, sharpness }: PictureMeasures): PictureProblem | null {
  if (light < DARKEST) return 'too_dark';
  if (light > BRIGHTEST) return 'too_bright';
  if (detail < LEAST_DETAIL) return 'no_detail';
  return sharpness < LEAST_SHARPNESS ? 'too_blurred' : null;
}

async function measureMiddle(jpeg: Buffer, { width, height }: { width: number; height: number }) {
  const middle = await sharp(jpeg)
    .extract({
      left: Math.round(width / 4),
      top: Math.round(height / 5),
      width: Math.round(width / 2),
      height: Math.round((height * 3) / 5),
    })
    .greyscale()
    .toBuffer();
  const { channels } = await sharp(middle).stats();
  const { mean, stdev } = channels[0]!;
  return {
    light: Math.round(mean),
    detail: Math.round(stdev),
    sharpness: steepestEdges(await greyOf(middle)),
  };
}

interface Grey {
  data: Buffer;
  width: number;
  height: number;
}

async function greyOf(picture: Buffer): Promise<Grey> {
  const { data, info } = await sharp(picture)
    .resize({ width: SHARPNESS_WIDTH })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function steepestEdges({ data, width, height }: Grey): number {
  // How many points have an edge of each steepness, 0 to 4 × 255.
  const counts = new Uint32Array(4 * 255 + 1);
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const around = data[at - 1]! + data[at + 1]! + data[at - width]! + data[at + width]!;
      counts[Math.abs(4 * data[at]! - around)]! += 1;
    }
  let left = Math.ceil((width - 2) * (height - 2) * STEEPEST_SHARE);
  for (let steepness = counts.length - 1; steepness > 0; steepness -= 1) {
    left -= counts[steepness]!;
    if (left <= 0) return steepness;
  }
  return 0;
}
