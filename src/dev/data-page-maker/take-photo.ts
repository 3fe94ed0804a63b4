import type { Picture } from './picture.ts';
import { sharpOf } from './picture.ts';
import { seededNoise } from './seeded-noise.ts';

/** How a photo of a page is taken, and what goes wrong. Lengths are in pixels of the photo, angles in degrees. */
export interface Shot {
  width: number;
  height: number;
  /** Width of the page in the photo, as a part of the photo's. */
  fill: number;
  rotation: number;
  /** How much smaller the page's far edge is than its near one, across (left to right) and along (bottom to top): 0 to 0.4. */
  tiltAcross: number;
  tiltAlong: number;
  /** How far an open book's page arches upwards in its middle, as a part of the page's height. */
  bulge: number;
  /** Moves the page's middle, as a part of the photo's width and height: what is pushed over the edge is cut off. */
  shiftX: number;
  shiftY: number;
  desk: readonly [number, number, number];
  /** Standard deviation of an unsharp lens. */
  blur: number;
  /** Length of a shake, along the horizontal. */
  shake: number;
  /** Standard deviation of noise, of 255. */
  noise: number;
  /** 1 is full contrast; less lifts black towards grey. */
  contrast: number;
  glare: { x: number; y: number; radius: number; strength: number } | null;
  /** Darkens what lies beyond a slanting edge at this part of the width. */
  shadow: { at: number; strength: number } | null;
  jpegQuality: number;
  seed: number;
}

export const plainShot: Shot = {
  width: 1600,
  height: 1200,
  fill: 0.92,
  rotation: 0,
  tiltAcross: 0,
  tiltAlong: 0,
  bulge: 0,
  shiftX: 0,
  shiftY: 0,
  desk: [88, 70, 56],
  blur: 0,
  shake: 0,
  noise: 0,
  contrast: 1,
  glare: null,
  shadow: null,
  jpegQuality: 92,
  seed: 1,
};

/** A photo of a page lying on a desk, as a JPEG. The same shot gives the same bytes. */
export async function takePhoto(page: Picture, shot: Shot): Promise<Buffer> {
  const seen = project(page, shot);
  light(seen, shot);
  const sharpened = await blurred(seen, shot.blur);
  if (shot.shake > 0) shake(sharpened, Math.round(shot.shake));
  addNoise(sharpened, shot);
  return sharpOf(sharpened).jpeg({ quality: shot.jpegQuality }).toBuffer();
}

async function blurred(picture: Picture, sigma: number): Promise<Picture> {
  if (sigma < 0.3) return picture;
  return { ...picture, data: await sharpOf(picture).blur(sigma).raw().toBuffer() };
}

/** Each pixel of the photo is looked up on the page, between its four nearest pixels; beside the page lies the desk. */
function project(page: Picture, shot: Shot): Picture {
  const { width, height } = shot;
  const data = new Uint8Array(width * height * 3);
  const toPage = pageLookup(page, shot);
  const place = { x: 0, y: 0 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      toPage(x, y, place);
      const { x: px, y: py } = place;
      const inside = px >= 0 && py >= 0 && px < page.width - 1 && py < page.height - 1;
      for (let channel = 0; channel < 3; channel++) {
        data[at + channel] = inside ? between(page, px, py, channel) : shot.desk[channel]!;
      }
    }
  }
  return { width, height, data };
}

function between({ width, data }: Picture, x: number, y: number, channel: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const below = y - top;
  const at = (top * width + left) * 3 + channel;
  const upper = data[at]! * (1 - right) + data[at + 3]! * right;
  const lower = data[at + width * 3]! * (1 - right) + data[at + width * 3 + 3]! * right;
  return upper * (1 - below) + lower * below;
}

/** The way from the photo back to the page: shift, turn, then the two perspectives, then the arch. */
function pageLookup(
  page: Picture,
  shot: Shot,
): (x: number, y: number, place: { x: number; y: number }) => void {
  const pageWidth = shot.width * shot.fill;
  const scale = page.width / pageWidth;
  const pageHeight = page.height / scale;
  const turn = (shot.rotation * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const middleX = shot.width * (0.5 + shot.shiftX);
  const middleY = shot.height * (0.5 + shot.shiftY);
  return (x, y, place) => {
    const u = (x - middleX) * cos + (y - middleY) * sin;
    const v = -(x - middleX) * sin + (y - middleY) * cos;
    const depth = 1 - (u / pageWidth) * shot.tiltAcross - (v / pageHeight) * shot.tiltAlong;
    const pageX = u / depth;
    const arch = shot.bulge * pageHeight * Math.cos((Math.PI * pageX) / pageWidth);
    place.x = (pageX + pageWidth / 2) * scale;
    place.y = (v / depth + arch + pageHeight / 2) * scale;
  };
}

function light({ width, height, data }: Picture, { glare, shadow, contrast }: Shot): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const gain = shadow === null ? 1 : shade(shadow, (x + 0.3 * y) / width);
      const added = glare === null ? 0 : shine(glare, x / width, y / height, height / width);
      for (let channel = at; channel < at + 3; channel++) {
        const grey = 150 + (data[channel]! - 150) * contrast;
        data[channel] = Math.min(255, grey * gain + added);
      }
    }
  }
}

/** An edge that is soft over an eighth of the width. */
function shade({ at, strength }: NonNullable<Shot['shadow']>, place: number): number {
  const beyond = Math.min(1, Math.max(0, (place - at) * 8 + 0.5));
  return 1 - strength * beyond;
}

function shine(glare: NonNullable<Shot['glare']>, x: number, y: number, aspect: number): number {
  const distance = Math.hypot(x - glare.x, (y - glare.y) * aspect) / glare.radius;
  return glare.strength * 255 * Math.exp(-(distance ** 4));
}

function shake({ width, height, data }: Picture, length: number): void {
  const row = new Float64Array(width * 3);
  for (let y = 0; y < height; y++) {
    const start = y * width * 3;
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let step = 0; step <= length; step++) {
          sum += data[start + Math.min(width - 1, x + step) * 3 + channel]!;
        }
        row[x * 3 + channel] = sum / (length + 1);
      }
    }
    data.set(row, start);
  }
}

function addNoise({ data }: Picture, { noise, seed }: Shot): void {
  if (noise === 0) return;
  const next = seededNoise(seed);
  for (let at = 0; at < data.length; at += 3) {
    const grain = next() * noise;
    for (let channel = at; channel < at + 3; channel++) {
      data[channel] = Math.min(255, Math.max(0, data[channel]! + grain));
    }
  }
}
