import type { MrzFormat } from '../../documents/mrz.ts';
import type { PortraitLook } from '../demo-people.ts';
import { portraitSvg } from '../passport-maker/draw-portrait.ts';
import { advanceUnits, regularOutlines, sharpOutlines } from './ocr-b-outlines.ts';
import { pictureFromSvg, type Picture } from './picture.ts';

export interface DataPageContent {
  format: MrzFormat;
  mrzLines: readonly string[];
  title: string;
  fields: readonly { label: string; value: string }[];
  look: PortraitLook;
}

export interface PrintStyle {
  pixelsPerMm: number;
  /** Which cut of OCR-B prints the zone. */
  cut: 'regular' | 'sharp';
  /** Thickens the zone's strokes, in units of a thousandth of an em (a stroke is about 100). */
  extraWeight: number;
  ink: string;
}

export const plainPrint: PrintStyle = {
  pixelsPerMm: 12,
  cut: 'regular',
  extraWeight: 0,
  ink: '#1b1b1f',
};

interface Layout {
  width: number;
  height: number;
  /** Left edge of the first character's pitch, and the middles of the lines above the lower edge of the page. */
  zoneLeft: number;
  lineMiddles: readonly number[];
}

/** In millimetres: Doc 9303-4 to -7, section 4, "dimensions" and "machine readable zone". */
const LAYOUTS: Readonly<Record<MrzFormat, Layout>> = {
  TD3: { width: 125, height: 88, zoneLeft: 6, lineMiddles: [15.7, 9.35] },
  TD2: { width: 105, height: 74, zoneLeft: 6, lineMiddles: [15.7, 9.35] },
  TD1: { width: 85.6, height: 54, zoneLeft: 4.7, lineMiddles: [17.6, 11.25, 4.9] },
  'MRV-A': { width: 120, height: 80, zoneLeft: 4.5, lineMiddles: [15.7, 9.35] },
  'MRV-B': { width: 105, height: 74, zoneLeft: 6, lineMiddles: [15.7, 9.35] },
};

/** Ten characters an inch (Doc 9303-3 §4.3.1). */
const PITCH_MM = 2.54;
/** Half-way up a digit, in a thousandth of an em above the base line: what a line's middle is. */
const MIDDLE_UNITS = 380;

/** The data page (or card, or visa) of a sandbox passport as a picture, straight and clean. Sets no text in an installed font. */
export function drawDataPage(content: DataPageContent, style = plainPrint): Promise<Picture> {
  const layout = LAYOUTS[content.format];
  const { width, height } = layout;
  const scale = style.pixelsPerMm;
  return pictureFromSvg(`<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width * scale)}"
  height="${Math.round(height * scale)}" viewBox="0 0 ${width} ${height}">
  <rect width="${width}" height="${height}" fill="#f1efe6"/>
  ${guilloche(layout)}
  <rect y="${height - 23.2}" width="${width}" height="23.2" fill="#f8f7f2" opacity="0.85"/>
  ${visualZone(content, layout)}
  ${zone(content.mrzLines, layout, style)}
</svg>`);
}

function zone(lines: readonly string[], layout: Layout, { cut, extraWeight, ink }: PrintStyle) {
  const outlines = cut === 'sharp' ? sharpOutlines : regularOutlines;
  const unitMm = PITCH_MM / advanceUnits;
  const printed = lines.map((line, at) => {
    const baseline = layout.height - layout.lineMiddles[at]! + MIDDLE_UNITS * unitMm;
    return setText(line, { x: layout.zoneLeft, y: baseline, unitMm, outlines });
  });
  return `<g fill="${ink}" stroke="${ink}" stroke-width="${extraWeight}">${printed.join('')}</g>`;
}

interface TextPlace {
  x: number;
  y: number;
  /** Millimetres a unit of the font. */
  unitMm: number;
  outlines: Readonly<Record<string, string>>;
}

function setText(text: string, { x, y, unitMm, outlines }: TextPlace): string {
  const glyphs = Array.from(text, (character, at) => {
    const outline = outlines[character];
    return outline ? `<path transform="translate(${at * advanceUnits} 0)" d="${outline}"/>` : '';
  });
  return `<g transform="translate(${x} ${y}) scale(${unitMm} ${-unitMm})">${glyphs.join('')}</g>`;
}

/** Portrait at the left, labels and values beside it. */
function visualZone(content: DataPageContent, { width, height }: Layout): string {
  const top = 9;
  const portraitHeight = height - 23.2 - top - 2;
  const portraitWidth = portraitHeight * (413 / 531);
  const left = portraitWidth + 9;
  const step = portraitHeight / content.fields.length;
  const small = { unitMm: 0.0021, outlines: regularOutlines };
  const large = { unitMm: 0.0027, outlines: regularOutlines };
  const fields = content.fields.map(({ label, value }, at) => {
    const y = top + step * (at + 0.4);
    const printed = value
      .normalize('NFD')
      .replaceAll(/[^ -~]/g, '')
      .slice(0, 30);
    return (
      `<g fill="#5c6f8a">${setText(label, { ...small, x: left, y })}</g>` +
      `<g fill="#22242c">${setText(printed, { ...large, x: left, y: y + step * 0.42 })}</g>`
    );
  });
  const portrait = portraitSvg(content.look).replace(
    /<svg [^>]*>/,
    `<svg x="5" y="${top}" width="${portraitWidth}" height="${portraitHeight}" viewBox="0 0 413 531">`,
  );
  return `<rect width="${width}" height="6.5" fill="#2d4a6b"/>
  <g fill="#ffffff">${setText(content.title, { x: 5, y: 4.6, unitMm: 0.0036, outlines: regularOutlines })}</g>
  ${portrait}${fields.join('')}`;
}

/** The fine coloured waves that security printing lays under everything. */
function guilloche({ width, height }: Layout): string {
  const waves = Array.from({ length: 44 }, (_, at) => {
    const y = (at / 44) * height;
    const points = Array.from({ length: 60 }, (_, step) => {
      const x = (step / 59) * width;
      const rise = 2.6 * Math.sin(x / 7 + at * 0.55) + 1.3 * Math.sin(x / 3.1 - at * 0.9);
      return `${x.toFixed(1)},${(y + rise).toFixed(2)}`;
    });
    const colour = ['#b9c8dc', '#d9c3c0', '#c3d6c4'][at % 3]!;
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="0.16"/>`;
  });
  return waves.join('');
}
