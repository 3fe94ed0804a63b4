import { glyphHeight, glyphs, glyphWidth } from './ocr-glyphs.ts';

/** The characters of a machine-readable zone (Doc 9303-3 §4.3); everything here counts them in this order. */
export const zoneCharacters = Object.keys(glyphs).join('');

/** One character as it looks under one blur: mean 0, length 1, so that a dot product is a correlation. */
export type Template = Float32Array;

export interface TemplateSet {
  /** Standard deviation of the blur, in pixels of the templates. */
  blur: number;
  templates: readonly Template[];
  /** How unlike two templates are: the length of their difference, 0 to 2. */
  unlikeness(a: number, b: number): number;
}

export const templatePixels = glyphWidth * glyphHeight;
const BLURS = [0.6, 1, 1.5, 2.2, 3, 4];

function makeSets(): TemplateSet[] {
  const sharp = Object.values(glyphs).map(unpacked);
  return BLURS.map((blur) => {
    const templates = sharp.map((ink) => normalised(blurred(ink, blur)));
    const table = templates.map((a) =>
      Float32Array.from(templates, (b) => Math.sqrt(Math.max(0, 2 - 2 * dot(a, b)))),
    );
    return { blur, templates, unlikeness: (a, b) => table[a]![b]! };
  });
}

/** Paper is bright, ink is dark. */
function unpacked(packed: string): Float32Array {
  const bytes = Buffer.from(packed, 'base64');
  const pixels = new Float32Array(templatePixels);
  for (let at = 0; at < bytes.length; at++) {
    pixels[2 * at] = -(bytes[at]! >> 4);
    pixels[2 * at + 1] = -(bytes[at]! & 15);
  }
  return pixels;
}

function blurred(pixels: Float32Array, sigma: number): Float32Array {
  const reach = Math.ceil(sigma * 3);
  const weights = Array.from({ length: reach + 1 }, (_, at) =>
    Math.exp(-(at * at) / (2 * sigma * sigma)),
  );
  const total = weights.reduce((sum, weight, at) => sum + (at === 0 ? weight : 2 * weight), 0);
  const along = (from: Float32Array, stepX: number, stepY: number) => {
    const to = new Float32Array(templatePixels);
    for (let y = 0; y < glyphHeight; y++) {
      for (let x = 0; x < glyphWidth; x++) {
        let sum = 0;
        for (let step = -reach; step <= reach; step++) {
          const [atX, atY] = [x + step * stepX, y + step * stepY];
          // Beyond the window lies paper.
          if (atX < 0 || atY < 0 || atX >= glyphWidth || atY >= glyphHeight) continue;
          sum += from[atY * glyphWidth + atX]! * weights[Math.abs(step)]!;
        }
        to[y * glyphWidth + x] = sum / total;
      }
    }
    return to;
  };
  return along(along(pixels, 1, 0), 0, 1);
}

/** Evenly rising brightness, as rows of length 1: light that falls aslant is no part of a character. */
export const slopeX = rising(glyphWidth);
export const slopeY = rising(glyphHeight);

function rising(length: number): Float32Array {
  const values = Float32Array.from({ length }, (_, at) => at - (length - 1) / 2);
  const norm = Math.sqrt(dot(values, values));
  return values.map((value) => value / norm);
}

function normalised(pixels: Float32Array): Template {
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const [x, y] = [
    (at: number) => slopeX[at % glyphWidth]!,
    (at: number) => slopeY[Math.floor(at / glyphWidth)]!,
  ];
  const across = pixels.reduce((sum, value, at) => sum + value * x(at), 0) / glyphHeight;
  const along = pixels.reduce((sum, value, at) => sum + value * y(at), 0) / glyphWidth;
  const even = pixels.map((value, at) => value - mean - across * x(at) - along * y(at));
  const length = Math.sqrt(dot(even, even));
  return even.map((value) => value / length);
}

/** Four sums at once: one would wait for itself at every step. Lengths are multiples of four. */
export function dot(a: Float32Array, b: Float32Array): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  const { length } = a;
  for (let at = 0; at < length; at += 4) {
    first += a[at]! * b[at]!;
    second += a[at + 1]! * b[at + 1]!;
    third += a[at + 2]! * b[at + 2]!;
    fourth += a[at + 3]! * b[at + 3]!;
  }
  return first + second + third + fourth;
}

/** One set for each degree of blur, the sharpest first. */
export const templateSets: readonly TemplateSet[] = makeSets();
