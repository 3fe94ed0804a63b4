import { describe, expect, it } from 'vitest';
import { checkDigitOf } from '../../src/documents/mrz-check-digits.ts';
import { mrzReport } from '../../src/documents/mrz-report.ts';
import { parseMrz } from '../../src/documents/mrz.ts';
import { vectorJson, vectorsAreHere } from './vectors.ts';

const now = new Date('2026-11-22T12:00:00Z');
const options = { now, specimenStates: true };
const TD3 = [
  'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
];
const changed = (line: number, at: number, letter: string) =>
  TD3.map((text, index) =>
    index === line ? text.slice(0, at) + letter + text.slice(at + 1) : text,
  );

describe('a machine-readable zone', () => {
  it('is read in full (Doc 9303-4, Appendix A)', () => {
    const read = parseMrz(TD3, options);
    expect(read.ok && read.mrz).toMatchObject({
      format: 'TD3',
      documentCode: 'P',
      issuingState: 'UTO',
      documentNumber: 'L898902C3',
      nationality: 'UTO',
      name: { primaryIdentifier: 'ERIKSSON', secondaryIdentifier: 'ANNA MARIA' },
      dateOfBirth: { value: '1974-08-12', centuryDoubtful: false },
      dateOfExpiry: { value: '2012-04-15' },
      sex: 'F',
      optionalData: ['ZE184226B', ''],
      warnings: [],
    });
  });

  it.each([
    [
      'TD1',
      [
        'I<UTOD231458907<<<<<<<<<<<<<<<',
        '7408122F1204159UTO<<<<<<<<<<<6',
        'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
      ],
    ],
    ['TD2', ['I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'D231458907UTO7408122F1204159<<<<<<<6']],
    [
      'MRV-A',
      [
        'V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
        'D231458907UTO7408122F1204159<<<<<<<<<<<<<<<<',
      ],
    ],
    ['MRV-B', ['V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'D231458907UTO7408122F1204159<<<<<<<<']],
  ])('is read as %s', (format, lines) => {
    const read = parseMrz(lines, options);
    expect(read.ok && read.mrz).toMatchObject({
      format,
      lines,
      documentCode: lines[0]!.slice(0, 1),
      issuingState: 'UTO',
      documentNumber: 'D23145890',
      nationality: 'UTO',
      name: { primaryIdentifier: 'ERIKSSON', secondaryIdentifier: 'ANNA MARIA' },
      dateOfBirth: { value: '1974-08-12' },
      dateOfExpiry: { value: '2012-04-15' },
      sex: 'F',
      optionalData: ['', ''],
      warnings: [],
    });
  });

  it.each(['<', '0'])('takes %s as check digit of empty optional data', (digit) => {
    const start = 'L898902C36UTO7408122F1204159<<<<<<<<<<<<<<';
    const over = `${start.slice(0, 10)}${start.slice(13, 20)}${start.slice(21)}${digit}`;
    const read = parseMrz([TD3[0]!, `${start}${digit}${checkDigitOf(over)}`], options);
    const told = read.ok
      ? read.mrz.checkDigits.find(({ field }) => field === 'optionalData')
      : null;
    expect(told).toEqual({
      field: 'optionalData',
      given: digit,
      computed: '0',
      ok: true,
      ...(digit === '<' ? { variant: 'filler_for_zero' } : {}),
    });
    // Never for a field that holds something.
    const full = changed(1, 42, '<');
    expect(parseMrz(full, options)).toMatchObject({ ok: false, problems: ['check_digit_wrong'] });
  });

  const visaBornOn = (birth: string) => [
    'V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<',
    `D231458907UTO${birth}${checkDigitOf(birth)}F1204159<<<<<<<<`,
  ];
  it.each([
    ['7408<<', '1974-08-XX', ['birth_date_incomplete']],
    ['74<<<<', '1974-XX-XX', ['birth_date_incomplete']],
    ['74<<12', '1974-XX-12', ['birth_date_incomplete']],
    ['<<0812', 'XXXX-08-12', ['birth_date_incomplete']],
    ['200812', '2020-08-12', ['birth_century_doubtful']],
  ])('reads a birth date of %s and tells of it', (field, value, warnings) => {
    const read = parseMrz(visaBornOn(field), options);
    expect(read.ok && read.mrz).toMatchObject({ dateOfBirth: { value }, warnings });
  });

  it.each(['741312', '740230', '7A0812', '74<812'])(
    'is refused with the birth date %s',
    (field) => {
      expect(parseMrz(visaBornOn(field), options)).toMatchObject({
        ok: false,
        problems: ['date_impossible'],
      });
    },
  );

  it('tells of a name that fills its field, and may be longer', () => {
    const full = 'V<UTOERIKSSON<<ANNA<MARIA<CHRISTINAE';
    const read = parseMrz([full, visaBornOn('740812')[1]!], options);
    expect(read.ok && read.mrz.warnings).toEqual(['name_may_be_truncated']);
  });

  it.each([
    ['a document number', changed(1, 3, '9')],
    ['a birth date', changed(1, 14, '5')],
    ['an expiry date', changed(1, 22, '3')],
    ['optional data', changed(1, 30, '9')],
    ['a composite check digit', changed(1, 43, '1')],
  ])('is refused with %s off by one character', (_what, lines) => {
    expect(parseMrz(lines, options)).toMatchObject({ ok: false, problems: ['check_digit_wrong'] });
  });

  it.each([
    ['no lines', [], 'wrong_shape'],
    ['one line', TD3.slice(0, 1), 'wrong_shape'],
    ['a line too short', [TD3[0]!, TD3[1]!.slice(1)], 'wrong_shape'],
    ['three lines of 44', [...TD3, TD3[1]!], 'wrong_shape'],
    ['small letters', changed(0, 5, 'e'), 'wrong_characters'],
    ['another alphabet', changed(0, 5, 'Ё'), 'wrong_characters'],
    ['a letter whose low octet is an A', changed(0, 5, 'Ł'), 'wrong_characters'],
    ['half a character at its end', changed(1, 43, '\ud83d'), 'wrong_characters'],
    ['a blank', changed(1, 43, ' '), 'wrong_characters'],
    ['a sex that is none', changed(1, 20, 'Q'), 'sex_unknown'],
  ])('is refused with %s', (_what, lines, problem) => {
    expect(parseMrz(lines, options)).toMatchObject({ ok: false, problems: [problem] });
  });

  it.each(['M', 'F', 'X', '<'])('reads the sex %s', (sex) => {
    const read = parseMrz(changed(1, 20, sex), options);
    expect(read.ok && read.mrz.sex).toBe(sex === '<' ? 'X' : sex);
  });

  it('accepts the check digit of a long document number with its filler counted, and flags it', () => {
    const zone = (digit: string) => {
      const first = `I<UTOD23145890<735${digit}`.padEnd(30, '<');
      const second = '3407127M9507122UTO<<<<<<<<<<<';
      const composed = first.slice(5) + second.slice(0, 7) + second.slice(8, 15) + second.slice(18);
      return [first, second + checkDigitOf(composed), 'STEVENSON<<PETER<JOHN<<<<<<<<<'];
    };
    const standard = parseMrz(zone(checkDigitOf('D23145890735')), options);
    expect(standard.ok && standard.mrz).toMatchObject({
      documentNumber: 'D23145890735',
      warnings: ['long_document_number'],
    });
    const counted = parseMrz(zone(checkDigitOf('D23145890<735')), options);
    expect(counted.ok && counted.mrz).toMatchObject({
      documentNumber: 'D23145890735',
      warnings: ['long_document_number', 'check_digit_counts_filler'],
    });
    expect(parseMrz(zone('5'), options)).toMatchObject({ ok: false });
  });

  it.each([true, false])('knows the specimen state in test mode only: %s', (specimenStates) => {
    const read = parseMrz(TD3, { now, specimenStates });
    const unknown = ['unknown_issuing_state', 'unknown_nationality'];
    expect(read.ok && read.mrz.warnings).toEqual(specimenStates ? [] : unknown);
  });
});

describe('the report', () => {
  it('reads one run of characters like lines', () => {
    expect(mrzReport(TD3.join(''), now)).toEqual(mrzReport(TD3.join('\r\n'), now));
    expect(mrzReport(TD3.join('\n'), now)).toMatchObject({ valid: true, problems: [] });
  });

  it('shows the raw fields of a zone that is not valid', () => {
    const report = mrzReport(changed(1, 43, '1').join('\n'), now);
    expect(report).toMatchObject({
      valid: false,
      format: 'TD3',
      fields: { dateOfBirth: '740812' },
    });
  });
});

interface Sample {
  mrz: string[];
  checkDigits: Record<string, boolean | string>;
}

describe.skipIf(!vectorsAreHere)('the zones of other libraries', () => {
  const samples = vectorsAreHere ? (vectorJson('mrz/mrz_samples.json') as Sample[]) : [];

  it('are all judged as their check digits are', () => {
    expect(samples.length).toBe(76);
    for (const { mrz, checkDigits } of samples) {
      const read = parseMrz(mrz, options);
      const digits = (read.ok ? read.mrz.checkDigits : read.checkDigits) ?? [];
      const judged = Object.fromEntries(digits.map(({ field, ok }) => [field, ok]));
      expect({ mrz, ...judged, allOk: read.ok }).toMatchObject({
        mrz,
        documentNumber: checkDigits['no'],
        dateOfBirth: checkDigits['dob'],
        dateOfExpiry: checkDigits['exp'],
        ...('comp' in checkDigits ? { composite: checkDigits['comp'] } : {}),
        ...('opt' in checkDigits ? { optionalData: checkDigits['opt'] } : {}),
        allOk: checkDigits['allOk'],
      });
    }
  });
});
