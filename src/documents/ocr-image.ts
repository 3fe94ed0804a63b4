/** One octet of brightness a pixel, row by row. */
export interface GreyImage {
  width: number;
  height: number;
  data: Uint8Array;
}

export interface Point {
  x: number;
  y: number;
}

/** Half as wide and high; each pixel is the mean of four. */
export function halved(image: GreyImage): GreyImage {
  const [width, height] = [image.width >> 1, image.height >> 1];
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    let from = 2 * y * image.width;
    for (let x = 0; x < width; x++, from += 2) {
      const upper = image.data[from]! + image.data[from + 1]!;
      const lower = image.data[from + image.width]! + image.data[from + image.width + 1]!;
      data[y * width + x] = (upper + lower + 2) >> 2;
    }
  }
  return { width, height, data };
}

/** Weighs each pixel with its eight neighbours (1 2 1 in both directions): takes the edge off noise, keeps strokes. */
export function smoothed(image: GreyImage): GreyImage {
  const { width, height, data: from } = image;
  const rows = new Uint8Array(from);
  for (let y = 0; y < height; y++) {
    const end = (y + 1) * width - 1;
    for (let at = y * width + 1; at < end; at++) {
      rows[at] = (from[at - 1]! + 2 * from[at]! + from[at + 1]! + 2) >> 2;
    }
  }
  const data = new Uint8Array(rows);
  for (let at = width; at < width * (height - 1); at++) {
    data[at] = (rows[at - width]! + 2 * rows[at]! + rows[at + width]! + 2) >> 2;
  }
  return { width, height, data };
}

/** Brightness between four pixels; beyond the edge that of the nearest pixel. */
export function brightnessAt({ width, height, data }: GreyImage, x: number, y: number): number {
  const atX = Math.min(Math.max(x, 0), width - 1.001);
  const atY = Math.min(Math.max(y, 0), height - 1.001);
  const left = Math.floor(atX);
  const top = Math.floor(atY);
  const right = atX - left;
  const below = atY - top;
  const at = top * width + left;
  const upper = data[at]! * (1 - right) + data[at + 1]! * right;
  const lower = data[at + width]! * (1 - right) + data[at + width + 1]! * right;
  return upper * (1 - below) + lower * below;
}
