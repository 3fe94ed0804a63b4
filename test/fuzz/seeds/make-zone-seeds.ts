import sharp from 'sharp';
import { drawDataPage } from '../../../src/dev/data-page-maker/draw-data-page.ts';
import { sandboxDataPage } from '../../../src/dev/data-page-maker/sandbox-data-page.ts';
import { plainShot, takePhoto } from '../../../src/dev/data-page-maker/take-photo.ts';
import { demoPeople } from '../../../src/dev/demo-people.ts';
import type { MrzFormat } from '../../../src/documents/mrz.ts';
import { readZone } from '../../../src/documents/ocr-read-zone.ts';
import { now } from '../../documents/sandbox-chips.ts';
import { pictureOf, writePicture } from '../mutators/pixels.ts';
import { writeSeed } from './read-seeds.ts';

const FORMATS: readonly MrzFormat[] = ['TD3', 'TD1', 'MRV-B'];

/** The zones of sandbox documents as text, and small pictures of them that are just read. */
export async function makeZoneSeeds(): Promise<void> {
  for (const format of [...FORMATS, 'TD2', 'MRV-A'] as const) {
    const { mrzLines } = sandboxDataPage(demoPeople.anna, format, now);
    writeSeed(`mrz-${format.toLowerCase().replace('-', '')}`, Buffer.from(mrzLines.join('\n')));
  }
  for (const format of FORMATS) {
    const page = await drawDataPage(sandboxDataPage(demoPeople.anna, format, now));
    const photo = sharp(await takePhoto(page, plainShot)).toColourspace('b-w');
    const { width, height } = await photo.metadata();
    const lower = Math.round(height * 0.45);
    const { data, info } = await sharp(
      await photo
        .extract({ left: 0, top: height - lower, width, height: lower })
        .png()
        .toBuffer(),
    )
      .resize({ width: 420 })
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const picture = writePicture({ width: info.width, height: info.height, data });
    const reading = readZone(pictureOf(picture), { now, specimenStates: true });
    console.log(`${format}: ${info.width} × ${info.height}, ${reading.outcome}`);
    writeSeed(`pixels-${format.toLowerCase().replace('-', '')}`, picture);
  }
}
