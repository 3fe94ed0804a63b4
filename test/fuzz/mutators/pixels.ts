import { drawnOctets, oneOf, type Change, type Draw } from './draw.ts';

/** A picture as these tests write it: width, height, one octet of brightness a pixel. */
export interface Picture {
  width: number;
  height: number;
  data: Buffer;
}

const MAX_PIXELS = 100_000;

/** The picture that octets are; missing pixels are white, and what is too large is cut. */
export function pictureOf(bytes: Buffer): Picture {
  const width = bytes.length < 4 ? 0 : bytes.readUInt16BE(0);
  const height = bytes.length < 4 || width === 0 ? 0 : bytes.readUInt16BE(2);
  const lines = Math.min(height, Math.floor(MAX_PIXELS / Math.max(1, width)));
  const data = Buffer.alloc(width * lines, 0xff);
  bytes.copy(data, 0, 4);
  return { width, height: lines, data };
}

export function writePicture({ width, height, data }: Picture): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16BE(width, 0);
  size.writeUInt16BE(height, 2);
  return Buffer.concat([size, data]);
}

type PixelChange = (pixel: number, x: number, y: number) => number;

function eachPixel({ width, height, data }: Picture, change: PixelChange): Picture {
  const clamped = Uint8ClampedArray.from(data, (pixel, at) =>
    change(pixel, at % width, Math.floor(at / width)),
  );
  return { width, height, data: Buffer.from(clamped) };
}

function inside({ width, height }: Picture, draw: Draw): (x: number, y: number) => boolean {
  const [left, top] = [draw(width), draw(height)];
  const [right, bottom] = [left + 1 + draw(width), top + 1 + draw(height)];
  return (x, y) => x >= left && x < right && y >= top && y < bottom;
}

const CHANGES: readonly ((picture: Picture, draw: Draw) => Picture)[] = [
  (picture, draw) => eachPixel(picture, (pixel) => pixel + draw(81) - 40),
  (picture, draw) => {
    const [within, brightness] = [inside(picture, draw), draw(256)];
    return eachPixel(picture, (pixel, x, y) => (within(x, y) ? brightness : pixel));
  },
  (picture, draw) => {
    const within = inside(picture, draw);
    return eachPixel(picture, (pixel, x, y) => (within(x, y) ? 255 - pixel : pixel));
  },
  (picture) => eachPixel(picture, (pixel) => 255 - pixel),
  (picture, draw) => {
    const [slope, offset] = [draw(5) - 2, draw(60) - 30];
    return eachPixel(picture, (pixel, x, y) => pixel + offset + (slope * (x - y)) / 4);
  },
  // Rows moved aside, each a little further: slanted.
  (picture, draw) => {
    const slant = (draw(21) - 10) / 40;
    const { width, data } = picture;
    return eachPixel(picture, (_pixel, x, y) => {
      const from = Math.round(x + slant * y);
      return from < 0 || from >= width ? 255 : data[y * width + from]!;
    });
  },
  (picture, draw) => {
    const period = 2 + draw(20);
    return eachPixel(picture, (pixel, x) => (x % period === 0 ? 0 : pixel));
  },
  ({ width, height, data }, draw) => {
    const lines = 1 + draw(height);
    return { width, height: lines, data: data.subarray(0, width * lines) };
  },
  ({ height, data }, draw) => ({ width: 1 + draw(700), height, data }),
];

/** Changes a small picture as light, paper and cameras do, and as they do not. */
export const changePixels: Change = (bytes, { draw }) => {
  const picture = pictureOf(bytes);
  if (picture.data.length === 0) return Buffer.concat([bytes, drawnOctets(draw, 8)]);
  return writePicture(oneOf(draw, CHANGES)(picture, draw));
};
