import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { decodeJpeg2000 } from '../../src/lib/jpeg2000-decoder.ts';
import { jpeg2000Size } from '../../src/lib/jpeg2000-header.ts';
import { toDisplayJpeg } from '../../src/lib/portrait-image.ts';

interface Encoder {
  getDecodedBuffer(frame: object): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
}
const load = createRequire(import.meta.url)('@cornerstonejs/codec-openjpeg/wasmjs') as (
  options: object,
) => Promise<{ J2KEncoder: new () => Encoder }>;
const codec = await load({ print: () => undefined, printErr: () => undefined });

/** A codestream whose every sample is `shade`. */
function drawn(width: number, height: number, shade: number): Buffer {
  const encoder = new codec.J2KEncoder();
  const frame = { width, height, bitsPerSample: 8, componentCount: 3, isSigned: false };
  encoder.getDecodedBuffer(frame).fill(shade);
  encoder.encode();
  const bytes = Buffer.from(encoder.getEncodedBuffer());
  encoder.delete();
  return bytes;
}

function withSize(image: Buffer, side: number): Buffer {
  const bytes = Buffer.from(image);
  for (const at of [8, 12, 24, 28]) bytes.writeUInt32BE(side, at);
  return bytes;
}

const limits = { maxPixels: 4_000_000, maxEdge: 300 };
/** Enough for a portrait in a warm worker, too little for nine megapixels. */
const SHORT_LIMIT_MS = 60;

/** What each image but the first did to a process that does nothing else. */
async function decodedInChild(images: Record<string, Buffer>) {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-images-'));
  try {
    const paths = Object.entries(images).map(([name, bytes]) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    });
    const script = fileURLToPath(new URL('./decode-in-child.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...paths]);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { outcome: string; grewByMb: number });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the decoder of JPEG 2000 portraits', () => {
  it('gives each of many callers the own image', async () => {
    const shades = [10, 80, 150, 220];
    const images = shades.map((shade, index) => drawn(40 + index, 50, shade));
    const results = await Promise.all(images.map((image) => decodeJpeg2000(image)));
    const seen = results.map((result) => result.ok && [result.image.width, result.image.data[0]]);
    expect(seen).toEqual(shades.map((shade, index) => [40 + index, shade]));
  });

  it('goes on after images that break it', async () => {
    const good = drawn(60, 80, 100);
    const halves = [good.subarray(0, 60), Buffer.alloc(500, 7), Buffer.alloc(0)];
    for (const bad of halves) {
      const [refused, decoded] = await Promise.all([decodeJpeg2000(bad), decodeJpeg2000(good)]);
      expect(refused).toEqual({ ok: false, reason: 'undecodable' });
      expect(decoded.ok).toBe(true);
    }
  });

  it('refuses an image that would take more memory than a portrait may, and goes on', async () => {
    const huge = withSize(drawn(60, 80, 100), 30_000);
    expect(jpeg2000Size(huge)).toEqual({ width: 30_000, height: 30_000 });
    const before = process.memoryUsage().rss;
    const anySize = { ...limits, maxPixels: 1e10 };
    expect(await toDisplayJpeg(huge, anySize)).toEqual({ ok: false, reason: 'undecodable' });
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * 1024 * 1024);
    expect(await toDisplayJpeg(huge, limits)).toEqual({ ok: false, reason: 'too_many_pixels' });
    expect((await toDisplayJpeg(drawn(60, 80, 100), limits)).ok).toBe(true);
  });

  it('is stopped by an image that takes too long, and decodes the next one in a new worker', async () => {
    const [portrait, slow] = [drawn(60, 80, 100), withSize(drawn(60, 80, 100), 3000)];
    expect((await decodeJpeg2000(portrait)).ok).toBe(true);
    const [stopped, next] = await Promise.all([
      decodeJpeg2000(slow, SHORT_LIMIT_MS),
      decodeJpeg2000(portrait),
    ]);
    expect(stopped).toEqual({ ok: false, reason: 'too_slow' });
    expect(next).toMatchObject({ ok: true, image: { width: 60, height: 80 } });
    expect(await decodeJpeg2000(slow, 60_000)).toMatchObject({ ok: true, image: { width: 3000 } });
  });

  it('grows by less than 512 MB for the largest image that it decodes, and for a bomb', async () => {
    const portrait = drawn(60, 80, 100);
    const images = {
      portrait,
      largest: withSize(portrait, 4000),
      bomb: withSize(portrait, 30_000),
    };
    const [largest, bomb] = await decodedInChild(images);
    expect(largest).toMatchObject({ outcome: 'decoded' });
    expect(largest!.grewByMb).toBeLessThan(512);
    expect(bomb).toMatchObject({ outcome: 'undecodable' });
    expect(bomb!.grewByMb).toBeLessThan(512);
  });

  it('never throws for an image with any one octet changed', async () => {
    const good = drawn(60, 80, 100);
    for (let at = 0; at < good.length; at += Math.ceil(good.length / 12)) {
      const altered = Buffer.from(good);
      altered[at]! ^= 0x55;
      const shown = await toDisplayJpeg(altered, limits);
      expect(typeof shown.ok).toBe('boolean');
    }
  });

  it('has no more than a bounded number of images waiting', async () => {
    const image = drawn(60, 80, 100);
    const results = await Promise.all(Array.from({ length: 100 }, () => decodeJpeg2000(image)));
    expect(results.filter(({ ok }) => ok).length).toBe(64);
  });
});
