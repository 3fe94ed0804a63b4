import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { atEnd } from '../at-end.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import type { DemoPersonKey } from '../../src/dev/demo-people.ts';
import { drawPortrait } from '../../src/dev/passport-maker/draw-portrait.ts';

const FRAMES = 30;

/** What the browser's camera sees: a demo person before a wall, as a film of motion JPEG. */
export async function filmOf(key: DemoPersonKey): Promise<string> {
  const face = await sharp(await drawPortrait(demoPeople[key].look))
    .resize({ height: 720 })
    .toBuffer();
  const frame = await sharp({
    create: { width: 1280, height: 720, channels: 3, background: demoPeople[key].look.background },
  })
    .composite([{ input: face, gravity: 'centre' }])
    .jpeg({ quality: 85 })
    .toBuffer();
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-camera-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'film.mjpeg');
  writeFileSync(file, Buffer.concat(Array.from({ length: FRAMES }, () => frame)));
  return file;
}
