import { describe, expect, it } from 'vitest';
import { birthDateOf, expiryDateOf, isPast } from '../../src/documents/mrz-dates.ts';
import { mrzNameOf } from '../../src/documents/mrz-names.ts';
import { certificateCountriesOf, isNationality } from '../../src/documents/state-codes.ts';

const now = new Date('2026-11-22T12:00:00Z');

describe('dates', () => {
  it.each([
    ['740812', '1974-08-12', false],
    ['261122', '2026-11-22', true],
    ['261123', '1926-11-23', false],
    ['200229', '2020-02-29', true],
    ['010101', '2001-01-01', false],
    ['74<<<<', '1974-XX-XX', false],
    ['7408<<', '1974-08-XX', false],
    ['<<<<<<', 'XXXX-XX-XX', false],
  ])('reads the birth date %s as %s', (field, value, centuryDoubtful) => {
    expect(birthDateOf(Buffer.from(field), 0, now)).toEqual({ value, centuryDoubtful });
  });

  it.each(['741312', '740832', '990229', '7408U2', '740800', '740012', '74081', ''])(
    'refuses the birth date %s',
    (field) => {
      expect(birthDateOf(Buffer.from(field), 0, now)).toBeNull();
    },
  );

  it.each([
    ['120415', '2012-04-15'],
    ['751231', '2075-12-31'],
    ['770101', '1977-01-01'],
  ])('reads the expiry date %s as %s', (field, value) => {
    expect(expiryDateOf(Buffer.from(field), 0, now)?.value).toBe(value);
  });

  it.each([
    ['2026-11-21', true],
    ['2026-11-22', false],
    ['2026-11-XX', false],
    ['2026-10-XX', true],
    ['2025-XX-XX', true],
  ])('knows whether %s is past', (date, past) => {
    expect(isPast(date, now)).toBe(past);
  });
});

describe('names', () => {
  const named = (raw: string) => mrzNameOf(raw, Buffer.from(raw), 0);

  it.each([
    ['ERIKSSON<<ANNA<MARIA<<<<<<<<', 'ERIKSSON', 'ANNA MARIA', false],
    ['SUKARNO<<<<<<<<<<<<<<<<<<<<<', 'SUKARNO', '', false],
    ['NGUYEN<THI<MAI<<<<<<<<<<<<<<', 'NGUYEN THI MAI', '', false],
    ['<<ANNA<MARIA<<<<<<<<<<<<<<<<', 'ANNA MARIA', '', false],
    ['<ERIKSSON<<ANNA<<<<<<<<<<<<<', 'ERIKSSON', 'ANNA', false],
    ['PAPANDROPOULOUS<<JONATHON<AL', 'PAPANDROPOULOUS', 'JONATHON AL', true],
    ['<<<<<<<<<<<<<<<<<<<<<<<<<<<<', '', '', false],
  ])('parts %s and invents nothing', (raw, primaryIdentifier, secondaryIdentifier, cut) => {
    expect(named(raw)).toEqual({
      raw,
      primaryIdentifier,
      secondaryIdentifier,
      mayBeTruncated: cut,
      hasExtraSeparator: false,
    });
  });

  it.each([
    ['ERIKSSON<<ANNA<<MARIA<<<<<<<', 'ERIKSSON', 'ANNA MARIA'],
    ['ERIKSSON<<ANNA<MARIA<<SMITH<', 'ERIKSSON', 'ANNA MARIA SMITH'],
    ['<<ANNA<<MARIA<<<<<<<<<<<<<<<', 'ANNA MARIA', ''],
  ])('tells of the extra separator in %s', (raw, primaryIdentifier, secondaryIdentifier) => {
    const told = { primaryIdentifier, secondaryIdentifier, hasExtraSeparator: true };
    expect(named(raw)).toMatchObject(told);
  });
});

describe('state codes', () => {
  it.each([
    ['D', ['DE']],
    ['DEU', ['DE']],
    ['GBD', ['GB']],
    ['GBN', ['GB']],
    ['GBO', ['GB']],
    ['GBP', ['GB']],
    ['GBS', ['GB']],
    ['GBR', ['GB']],
    ['RKS', ['KS', 'XK', 'RKS']],
    ['EUE', ['EU']],
    ['UNO', ['UN']],
    ['UNA', ['UN']],
    ['UNK', ['UN', 'UNK']],
    ['XOM', ['XOM', 'XO', 'XM']],
    ['XPO', ['XPO', 'XP']],
    ['XCO', ['XCO']],
    ['XBA', ['XBA']],
    ['XIM', ['XIM']],
    ['XCC', ['XCC']],
    ['XEC', ['XEC']],
    ['XMP', ['XMP']],
    ['XDC', ['XDC']],
    ['IAO', ['UN', 'IAO']],
    ['MAC', ['CN', 'MO']],
    ['HKG', ['CN', 'HK']],
    ['THA', ['TH']],
  ])('knows the certificates of %s', (code, countries) => {
    expect(certificateCountriesOf(code, { specimenStates: false })).toEqual(countries);
  });

  it.each(['XXA', 'XXB', 'XXC', 'XXX'])('lets %s be a nationality and no issuer', (code) => {
    expect(isNationality(code, { specimenStates: false })).toBe(true);
    expect(certificateCountriesOf(code, { specimenStates: false })).toBeNull();
  });

  it.each(['', 'ZZZ', 'UTO', 'de', '__proto__'])('knows no issuer %s', (code) => {
    expect(certificateCountriesOf(code, { specimenStates: false })).toBeNull();
  });
});
