import { damages, type Damage } from '../../src/dev/data-page-maker/damages.ts';
import {
  drawDataPage,
  plainPrint,
  type DataPageContent,
  type PrintStyle,
} from '../../src/dev/data-page-maker/draw-data-page.ts';
import type { Picture } from '../../src/dev/data-page-maker/picture.ts';
import { sandboxDataPage } from '../../src/dev/data-page-maker/sandbox-data-page.ts';
import { plainShot, takePhoto, type Shot } from '../../src/dev/data-page-maker/take-photo.ts';
import { demoPeople, type DemoPersonKey } from '../../src/dev/demo-people.ts';
import type { MrzFormat } from '../../src/documents/mrz.ts';
import { readZone, type ZoneReading } from '../../src/documents/ocr-read-zone.ts';
import { greyPixels } from '../../src/lib/data-page-image.ts';

export const now = new Date('2026-11-22T10:00:00Z');
const options = { now, specimenStates: true };

export interface Photographed {
  person?: DemoPersonKey;
  format?: MrzFormat;
  damage?: Damage;
  shot?: Partial<Shot>;
  style?: Partial<PrintStyle>;
}

/** What is printed, and what is read from a photo of it. */
export async function photographed(
  asked: Photographed,
): Promise<{ printed: readonly string[]; reading: ZoneReading }> {
  const content = sandboxDataPage(demoPeople[asked.person ?? 'anna'], asked.format ?? 'TD3', now);
  const page = await drawn(content, { ...plainPrint, ...asked.style });
  const damaged: Shot = { ...plainShot, ...damages[asked.damage ?? 'none'], ...asked.shot };
  // Less than a damage's own size: sooner drawn, and read.
  const shot = { ...damaged, width: damaged.width * 0.65, height: damaged.height * 0.65 };
  return { printed: content.mrzLines, reading: await readPhoto(await takePhoto(page, shot)) };
}

const pages = new Map<string, Promise<Picture>>();

/** Each page is drawn once. */
function drawn(content: DataPageContent, style: PrintStyle): Promise<Picture> {
  const key = JSON.stringify([content.mrzLines, style]);
  const page = pages.get(key) ?? drawDataPage(content, style);
  pages.set(key, page);
  return page;
}

export async function readPhoto(photo: Buffer): Promise<ZoneReading> {
  const pixels = await greyPixels(photo);
  if (!pixels.ok) throw new Error(`the photo was refused: ${pixels.reason}`);
  return readZone(pixels.image, options);
}
