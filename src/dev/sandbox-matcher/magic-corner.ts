import sharp from 'sharp';

/**
 * Colours that make the sandbox matcher misbehave, painted over the upper left corner of the live picture (a tenth of its
 * width, a square): every outcome of a real one can be tried on purpose.
 */
export const MAGIC_CORNERS = {
  no_match: [255, 255, 0],
  attack: [255, 0, 0],
  no_face: [0, 255, 255],
  several_faces: [255, 255, 255],
  timeout: [0, 255, 0],
  garbage: [0, 0, 255],
  wrong_signature: [255, 0, 255],
  other_version: [0, 0, 0],
} as const;
export type Magic = keyof typeof MAGIC_CORNERS;

/** Light and compression move a colour by less. */
const NEAR = 40;

/** Which misbehaviour a picture asks for, if any. */
export async function magicOf(picture: Buffer): Promise<Magic | null> {
  const { width } = await sharp(picture).metadata();
  const side = Math.max(1, Math.floor(width / 20));
  const corner = await sharp(picture)
    .extract({ left: 0, top: 0, width: side, height: side })
    .removeAlpha()
    .toBuffer();
  const { channels } = await sharp(corner).stats();
  const found = (Object.keys(MAGIC_CORNERS) as Magic[]).find((magic) =>
    MAGIC_CORNERS[magic].every((value, part) => {
      const channel = channels[part];
      return channel !== undefined && Math.abs(channel.mean - value) < NEAR && channel.stdev < NEAR;
    }),
  );
  return found ?? null;
}

/** A picture that asks for it. */
export async function paintCorner(picture: Buffer, magic: Magic): Promise<Buffer> {
  const { width } = await sharp(picture).metadata();
  const side = Math.ceil(width / 10);
  const [r, g, b] = MAGIC_CORNERS[magic];
  const square = {
    create: { width: side, height: side, channels: 3, background: { r, g, b } },
  } as const;
  const input = await sharp(square).png().toBuffer();
  return sharp(picture)
    .composite([{ input, left: 0, top: 0 }])
    .jpeg({ quality: 92 })
    .toBuffer();
}
