import sharp from 'sharp';
import { findFaces } from '../lib/faces/find-faces.ts';
import type { FoundFace } from '../lib/faces/find-faces.ts';

/** The frame around a printed face, in distances between its eyes: as wide as most portraits are printed, 35 × 45. */
const FRAME_WIDTH = 5.3;
const FRAME_SHAPE = 45 / 35;
/** How far down the frame the eyes are (Doc 9303-3 §3.9.1.2: the upper half). */
const EYES_DOWN = 0.46;
/** Pixels between the eyes that a comparison needs at the least. */
const EYES_APART_MIN = 30;
const JPEG_QUALITY = 90;

/**
 * The portrait that is printed on a data page, cut out of a photo of it: around the largest face, since a page may repeat its
 * portrait small. Null where no face is found, or too small a one. It is as good as the photo, glare and all.
 */
export async function cutPrintedPortrait(photo: Buffer): Promise<Buffer | null> {
  const found = await findFaces(photo);
  if (!found.ok) return null;
  const [largest] = found.faces.toSorted((a, b) => b.eyesApart - a.eyesApart);
  if (!largest || largest.eyesApart < EYES_APART_MIN) return null;
  return sharp(photo).extract(frameOf(largest, found)).jpeg({ quality: JPEG_QUALITY }).toBuffer();
}

/** As much of the frame as lies within the photo. */
function frameOf({ eyesAt, eyesApart }: FoundFace, photo: { width: number; height: number }) {
  const width = eyesApart * FRAME_WIDTH;
  const height = width * FRAME_SHAPE;
  const left = Math.round(Math.max(0, eyesAt.x - width / 2));
  const top = Math.round(Math.max(0, eyesAt.y - height * EYES_DOWN));
  return {
    left,
    top,
    width: Math.min(Math.round(width), photo.width - left),
    height: Math.min(Math.round(height), photo.height - top),
  };
}
