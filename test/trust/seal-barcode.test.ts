import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';
import { readSealBarcode } from '../../src/trust/seal-barcode.ts';
import { makeSeal, makeSigner, makeVdsNc } from '../documents/seal-maker.ts';

const wasm = await readFile(
  fileURLToPath(import.meta.resolve('zxing-wasm/writer/zxing_writer.wasm')),
);
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer } });

const signer = makeSigner();
const seal = makeSeal({ signer });

async function draw(
  content: Uint8Array | string,
  format: 'DataMatrix' | 'Aztec' | 'QRCode' | 'PDF417',
) {
  const { image, error } = await writeBarcode(content, { format, scale: 4 });
  if (image === null) throw new Error(error);
  const png = Buffer.from(await image.arrayBuffer());
  return sharp(png).flatten({ background: '#ffffff' }).png().toBuffer();
}

describe('a picture of a barcode', () => {
  it.each(['DataMatrix', 'Aztec', 'QRCode', 'PDF417'] as const)(
    'gives the very octets of the seal: %s',
    async (format) => {
      const read = await readSealBarcode(await draw(new Uint8Array(seal), format));
      expect(read).toEqual({ ok: true, bytes: seal });
    },
  );

  it.each<[string, (image: Sharp) => Sharp]>([
    ['turned by 17 degrees', (image) => image.rotate(17, { background: '#ffffff' })],
    ['blurred', (image) => image.blur(1.2)],
    ['a poor JPEG', (image) => image.jpeg({ quality: 50 })],
    ['white on black', (image) => image.negate({ alpha: false })],
    [
      'small on a large tinted page',
      (image) =>
        image.extend({ top: 500, left: 700, bottom: 400, right: 300, background: '#ccddcc' }),
    ],
  ])('is read %s', async (_name, change) => {
    const picture = sharp(await draw(new Uint8Array(seal), 'DataMatrix'));
    expect(await readSealBarcode(await change(picture).toBuffer())).toEqual({
      ok: true,
      bytes: seal,
    });
  });

  it('gives the text of a VDS-NC', async () => {
    const bytes = Buffer.from(JSON.stringify(JSON.parse(makeVdsNc({ signer }).toString())));
    expect(await readSealBarcode(await draw(bytes.toString(), 'QRCode'))).toEqual({
      ok: true,
      bytes,
    });
  });

  it('passes over barcodes that are no seal', async () => {
    const other = await draw('https://example.test/', 'QRCode');
    expect(await readSealBarcode(other)).toEqual({ ok: false, reason: 'barcode_not_found' });
  });

  it('with two different seals is refused, with one twice is not', async () => {
    const one = await draw(new Uint8Array(seal), 'QRCode');
    const other = await draw(new Uint8Array(makeSeal({ signer })), 'QRCode');
    const { width, height } = await sharp(one).metadata();
    const beside = (right: Buffer) =>
      sharp({
        create: { width: width * 2 + 60, height: height + 40, channels: 3, background: '#ffffff' },
      })
        .composite([
          { input: one, left: 20, top: 20 },
          { input: right, left: width + 40, top: 20 },
        ])
        .png()
        .toBuffer();
    expect(await readSealBarcode(await beside(other))).toEqual({
      ok: false,
      reason: 'several_barcodes',
    });
    expect(await readSealBarcode(await beside(one))).toEqual({ ok: true, bytes: seal });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('no picture at all')],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a cut PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('is refused: %s', async (_name, bytes) => {
    expect(await readSealBarcode(bytes)).toEqual({ ok: false, reason: 'not_a_picture' });
  });

  it('is refused by its header where it says that it has too many pixels', async () => {
    const png = await draw(new Uint8Array(seal), 'QRCode');
    png.writeUInt32BE(20_000, 16);
    png.writeUInt32BE(20_000, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    expect(await readSealBarcode(png)).toEqual({ ok: false, reason: 'too_many_pixels' });
  });

  it('without any barcode says so', async () => {
    const blank = await sharp({
      create: { width: 800, height: 600, channels: 3, background: '#eeeeee' },
    })
      .jpeg()
      .toBuffer();
    expect(await readSealBarcode(blank)).toEqual({ ok: false, reason: 'barcode_not_found' });
  });
});
