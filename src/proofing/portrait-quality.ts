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
  | 'no_detail';

export type JudgedPicture =
  | {
      ok: true;
      jpeg: Buffer;
      measures: { width: number; height: number; light: number; detail: number };
    }
  | { ok: false; problem: PictureProblem };

/** As in browser/picture-quality.ts, which tells before the picture is sent; what counts is what is measured here. */
const SHORTEST_SIDE = 480;
const DARKEST = 45;
const BRIGHTEST = 225;
/** Standard deviation of light: a wall, a lid over the lens or an empty sheet has less. */
const LEAST_DETAIL = 8;
/** How a JPEG and a PNG begin. A decoder never sees anything else: no SVG, no PDF, no document that fetches. */
const BEGINNINGS = ['ffd8ff', '89504e470d0a1a0a'];

/**
 * Whether a live picture can be compared at all, and its re-encoded JPEG: nothing of the bytes that were sent is kept, no
 * metadata either. A simple look at size, light and detail of its middle, where the face is; no more than that.
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
  const { light, detail } = await measureMiddle(jpeg, { width, height });
  if (light < DARKEST) return { ok: false, problem: 'too_dark' };
  if (light > BRIGHTEST) return { ok: false, problem: 'too_bright' };
  if (detail < LEAST_DETAIL) return { ok: false, problem: 'no_detail' };
  return {
    ok: true,
    jpeg,
    measures: { width, height, light: Math.round(light), detail: Math.round(detail) },
  };
}

async function measureMiddle(jpeg: Buffer, { width, height }: { width: number; height: number }) {
  const { channels } = await sharp(
    await sharp(jpeg)
      .extract({
        left: Math.round(width / 4),
        top: Math.round(height / 5),
        width: Math.round(width / 2),
        height: Math.round((height * 3) / 5),
      })
      .greyscale()
      .toBuffer(),
  ).stats();
  const grey = channels[0]!;
  return { light: grey.mean, detail: grey.stdev };
}
