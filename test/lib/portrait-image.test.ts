import { existsSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { jpeg2000Size } from '../../src/lib/jpeg2000-header.ts';
import { toDisplayJpeg } from '../../src/lib/portrait-image.ts';

const limits = { maxPixels: 4_000_000, maxEdge: 300 };
const drawn = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#4488aa' } });

describe('an image for display', () => {
  it('is a JPEG no larger than asked, without the metadata of the original', async () => {
    const bytes = await drawn(600, 400)
      .withExif({ IFD0: { Copyright: 'somebody' } })
      .jpeg()
      .toBuffer();
    const shown = await toDisplayJpeg(bytes, limits);
    expect(shown).toMatchObject({ ok: true, width: 300, height: 200 });
    if (!shown.ok) return;
    const metadata = await sharp(shown.jpeg).metadata();
    expect(metadata.format).toBe('jpeg');
    expect(metadata.exif).toBeUndefined();
    expect(shown.jpeg.includes('somebody')).toBe(false);
  });

  it('keeps the size of a small image', async () => {
    const shown = await toDisplayJpeg(await drawn(60, 40).png().toBuffer(), limits);
    expect(shown).toMatchObject({ ok: true, width: 60, height: 40 });
  });

  it('refuses more pixels than allowed before it decodes any', async () => {
    const bytes = await drawn(3000, 3000).png().toBuffer();
    expect(await toDisplayJpeg(bytes, limits)).toEqual({ ok: false, reason: 'too_many_pixels' });
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'not_an_image'],
    ['text', Buffer.from('<svg onload="alert(1)"/>'), 'not_an_image'],
    ['a JPEG that ends at once', Buffer.from('ffd8ffe0', 'hex'), 'undecodable'],
    ['a JPEG 2000 that ends at once', Buffer.from('ff4fff51002f', 'hex'), 'undecodable'],
  ])('refuses %s', async (_what, bytes, reason) => {
    expect(await toDisplayJpeg(bytes, limits)).toEqual({ ok: false, reason });
  });
});

describe('a JPEG 2000 header', () => {
  const siz = (width: number, height: number, components = 3) => {
    const bytes = Buffer.alloc(60);
    bytes.write('ff4fff51', 'hex');
    bytes.writeUInt32BE(width, 8);
    bytes.writeUInt32BE(height, 12);
    bytes.writeUInt16BE(components, 40);
    return bytes;
  };

  it('tells the size without decoding', () => {
    expect(jpeg2000Size(siz(413, 531))).toEqual({ width: 413, height: 531 });
  });

  it.each([
    ['no pixels', siz(0, 10)],
    ['too many components', siz(10, 10, 16384)],
    ['a second codestream', Buffer.concat([siz(10, 10), siz(60000, 60000)])],
    ['a codestream behind bytes that are no JP2', Buffer.concat([Buffer.alloc(20), siz(10, 10)])],
    ['a cut header', siz(10, 10).subarray(0, 30)],
  ])('is refused with %s', (_what, bytes) => {
    expect(jpeg2000Size(bytes)).toBeNull();
  });
});

const specimen = new URL(
  '../../../shared/vectors/loes2006-nl-specimen/ef0102.bin',
  import.meta.url,
);

describe.skipIf(!existsSync(specimen))('a JPEG 2000 portrait of a specimen', () => {
  const file = () => readFileSync(specimen);
  const portrait = () => file().subarray(file().indexOf('0000000c6a502020', 'hex'));

  it('becomes a JPEG', async () => {
    expect(await toDisplayJpeg(portrait(), limits)).toMatchObject({ ok: true, height: 300 });
  });

  it('is refused by its pixels, and when it is damaged', async () => {
    const tight = { ...limits, maxPixels: 1000 };
    expect(await toDisplayJpeg(portrait(), tight)).toEqual({
      ok: false,
      reason: 'too_many_pixels',
    });
    const cut = portrait().subarray(0, 150);
    expect(await toDisplayJpeg(cut, limits)).toEqual({ ok: false, reason: 'undecodable' });
  });
});
