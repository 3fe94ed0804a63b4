import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readActiveAuthenticationKey, readChipSecurity } from '../../src/documents/chip-keys.ts';
import { readPortrait } from '../../src/documents/lds-portrait.ts';
import { readAdditionalDetails, readCommonData, readMrzLines } from '../../src/documents/lds.ts';
import { parseMrz } from '../../src/documents/mrz.ts';
import { toDisplayJpeg } from '../../src/lib/portrait-image.ts';
import { vector, vectorsAreHere } from './vectors.ts';

const now = new Date('2026-11-22T12:00:00Z');

describe.skipIf(!vectorsAreHere)('data groups that others published', () => {
  it('EF.COM lists what the chip says that it holds', () => {
    expect(readCommonData(vector('bsi-tr03105-5/EF_COM.bin'))).toMatchObject({
      ldsVersion: '0107',
      dataGroups: ['DG1', 'DG2', 'DG3', 'DG4', 'DG14'],
    });
  });

  it('DG1 of Doc 9303-10 is a TD2 zone', () => {
    const lines = readMrzLines(vector('dgs/DG1_TD2_doc9303-10.bin'));
    const read = parseMrz(lines, { now, specimenStates: true });
    expect(read.ok && read.mrz).toMatchObject({ format: 'TD2', documentNumber: 'D23145890' });
  });

  it('DG11 of Doc 9303-10 gives the name as written and the place of birth', () => {
    expect(readAdditionalDetails(vector('dgs/DG11_doc9303-10.bin'))).toEqual({
      fullName: 'SMITH JOHN J',
      primaryIdentifier: 'SMITH',
      secondaryIdentifier: 'JOHN J',
      placeOfBirth: 'ANYTOWN MN',
    });
  });

  it('DG14 says whether the chip can agree on a key', () => {
    for (const state of ['AT', 'DE', 'MY']) {
      const security = readChipSecurity(vector(`dgs/DG14_${state}.bin`));
      expect([state, security.hasChipAuthenticationKey]).toEqual([state, true]);
    }
  });

  it('DG15 of Australia holds an RSA key of 1792 bits', () => {
    const key = readActiveAuthenticationKey(vector('dgs/DG15_rsa1792_AU.bin'));
    expect(key).toMatchObject({ kind: 'rsa', modulusBits: 1792 });
  });

  it.each([
    ['ISO 19794-5, Doc 9303-10', 'dgs/DG2_19794_doc9303-10.bin', 'image/jpeg'],
    ['ISO 39794-5, every field', 'dgs/ICAO_39794_5_AP_DG2_AllFields.dat', 'image/jp2'],
    ['ISO 39794-5, mandatory fields', 'dgs/ICAO_39794_5_AP_DG2_MandFields.dat', 'image/jp2'],
    ['the Netherlands', 'loes2006-nl-specimen/ef0102.bin', 'image/jp2'],
    ['Germany', 'bsi-tr03105-5/Datagroup2.bin', 'image/jp2'],
  ])('DG2 of %s holds a portrait, which becomes a JPEG', async (_whose, path, mimeType) => {
    const portrait = readPortrait(vector(path));
    expect(portrait.mimeType).toBe(mimeType);
    const shown = await toDisplayJpeg(portrait.bytes, { maxPixels: 40_000_000, maxEdge: 1600 });
    if (!shown.ok) throw new Error(shown.reason);
    const { format, width, height, exif } = await sharp(shown.jpeg).metadata();
    expect({ format, width, height, exif }).toEqual({
      format: 'jpeg',
      width: shown.width,
      height: shown.height,
      exif: undefined,
    });
    // A picture, not an even grey: it was decoded.
    const { channels } = await sharp(shown.jpeg).stats();
    expect(channels[0]!.stdev).toBeGreaterThan(5);
  });
});
