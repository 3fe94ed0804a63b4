import sharp, { type Sharp } from 'sharp';

/** Three octets a pixel, row by row. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array;
}

export async function pictureFromSvg(svg: string): Promise<Picture> {
  const { data, info } = await sharp(Buffer.from(svg))
    .flatten({ background: '#ffffff' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

export function sharpOf({ width, height, data }: Picture): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}
