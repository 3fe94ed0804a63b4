export type Quality = 'good' | 'too_small' | 'too_dark' | 'too_bright';

/** Shortest side below which a face in the oval has too few pixels between the eyes (ICAO 9303 wants 90). */
const SHORTEST_SIDE = 360;
const DARKEST = 45;
const BRIGHTEST = 225;

/** A simple look at a picture: its size, and the mean light (ITU-R BT.601 luma) of its middle, where the face is. */
export function judge(canvas: HTMLCanvasElement, options: { sizeMatters?: boolean } = {}): Quality {
  const { width, height } = canvas;
  if (options.sizeMatters !== false && Math.min(width, height) < SHORTEST_SIDE) return 'too_small';
  const context = canvas.getContext('2d');
  if (!context) return 'good';
  const { data } = context.getImageData(width / 4, height / 5, width / 2, (height * 3) / 5);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4)
    sum += 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
  const mean = sum / (data.length / 4);
  if (mean < DARKEST) return 'too_dark';
  return mean > BRIGHTEST ? 'too_bright' : 'good';
}
