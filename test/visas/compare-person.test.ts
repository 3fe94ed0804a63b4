import { describe, expect, test } from 'vitest';
import { comparePerson } from '../../src/visas/compare-person.ts';
import type { DocumentHolder } from '../../src/visas/compare-person.ts';
import { nameSpellings } from '../../src/visas/normalise-name.ts';
import type { RegisterDocument, RegisterPerson } from '../../src/visas/register-answer.ts';

const holder: DocumentHolder = {
  issuingState: 'UTO',
  documentNumber: 'L898902C3',
  nationality: 'UTO',
  primaryIdentifier: 'ERIKSSON',
  secondaryIdentifier: 'ANNA MARIA',
  nameMayBeTruncated: false,
  dateOfBirth: '1990-08-12',
};
const person: RegisterPerson = {
  registerPersonId: 'P-1',
  nameAsRecorded: 'ERIKSSON, ANNA MARIA',
  dateOfBirth: '1990-08-12',
  nationality: 'UTO',
  sex: 'F',
};
const document: RegisterDocument = {
  issuingState: 'UTO',
  documentNumber: 'L898902C3',
  status: 'current',
};

function compareName(recorded: string, primary: string, secondary: string, more = {}) {
  return comparePerson(
    { person: { ...person, nameAsRecorded: recorded }, document },
    { ...holder, primaryIdentifier: primary, secondaryIdentifier: secondary, ...more },
  );
}

describe('the register and the document speak of one person', () => {
  test('when everything is the same', () => {
    expect(comparePerson({ person, document }, holder)).toEqual({
      agree: true,
      differences: [],
      notes: [],
    });
  });

  test.each([
    ['SUKARNO', 'SUKARNO', '', []],
    ['Sukarno -', 'SUKARNO', '', []],
    ['MÜLLER, JÖRG', 'MUELLER', 'JOERG', []],
    ['MÜLLER, JÖRG', 'MULLER', 'JORG', []],
    ['Ōkubo Tomás', 'OKUBO', 'TOMAS', []],
    ["O'Brien, Seán", 'OBRIEN', 'SEAN', []],
    ['Straße, Łukasz', 'STRASSE', 'LUKASZ', []],
    ['SMITH-JONES, MARY', 'SMITH JONES', 'MARY', []],
    ['MAI NGUYEN THI', 'NGUYEN', 'THI MAI', ['name_order']],
    ['VANDERBERG ANNA', 'VAN DER BERG', 'ANNA', ['name_spacing']],
  ])('%s is %s %s', (recorded, primary, secondary, notes) => {
    expect(compareName(recorded, primary, secondary)).toEqual({
      agree: true,
      differences: [],
      notes,
    });
  });

  test('when the printed name of the chip agrees, whatever the machine-readable zone made of it', () => {
    const printed = { fullNamePrinted: 'Ōkubo Tomás' };
    expect(compareName('ŌKUBO, TOMÁS', 'OHKUBO', 'TOMAS', printed).agree).toBe(true);
    expect(compareName('ŌKUBO, TOMÁS', 'OHKUBO', 'TOMAS').agree).toBe(false);
  });

  test('when the name in another script is the same', () => {
    const printed = { fullNamePrinted: 'สมชาย ใจดี' };
    expect(compareName('สมชาย ใจดี', 'CHAIDEE', 'SOMCHAI', printed).agree).toBe(true);
    expect(compareName('สมชาย ใจดำ', 'CHAIDEE', 'SOMCHAI', printed).agree).toBe(false);
  });

  test('when a truncated name begins the whole one, and only when it was truncated', () => {
    const recorded = 'NILAVADHANANANDA CHAYAPA DEJTHAMRONG KRASUANG';
    const cut = ['NILAVADHANANANDA', 'CHAYAPA DEJTHAMRONG K'] as const;
    const truncated = { nameMayBeTruncated: true };
    expect(compareName(recorded, ...cut, truncated)).toMatchObject({
      agree: true,
      notes: ['name_truncated'],
    });
    expect(compareName(recorded, ...cut).agree).toBe(false);
    expect(compareName('NILAVADHANANANDA SOMCHAI', ...cut, truncated).agree).toBe(false);
  });

  test('when Germany is D in one and DEU in the other', () => {
    const german = { ...holder, nationality: 'D', issuingState: 'D' };
    const register = {
      person: { ...person, nationality: 'DEU' },
      document: { ...document, issuingState: 'D' },
    };
    expect(comparePerson(register, german).agree).toBe(true);
  });

  test.each([
    ['1984-XX-XX', '1984-07-01', true],
    ['1984-07-01', '1984-07-XX', true],
    ['1984-XX-XX', '1985-07-01', false],
    ['1984-07-XX', '1984-08-01', false],
  ])('a birth date %s and %s: %s', (ours, theirs, agree) => {
    const register = { person: { ...person, dateOfBirth: theirs }, document };
    const comparison = comparePerson(register, { ...holder, dateOfBirth: ours });
    expect(comparison.agree).toBe(agree);
    expect(comparison.notes).toEqual(agree ? ['birth_date_partial'] : []);
  });
});

describe('a difference is told, with both sides, for the officer', () => {
  test.each([
    ['another name', 'ERIKSSON, BEATA MARIA'],
    ['a missing name', 'ERIKSSON, ANNA'],
    ['one name more', 'ERIKSSON, ANNA MARIA SOFIA'],
    ['a name used twice', 'ERIKSSON, ANNA ANNA'],
    ['no name at all', '-'],
  ])('%s', (_, recorded) => {
    expect(compareName(recorded, 'ERIKSSON', 'ANNA MARIA')).toEqual({
      agree: false,
      differences: [{ field: 'name', register: recorded, document: 'ERIKSSON ANNA MARIA' }],
      notes: [],
    });
  });

  test('every other field, each by its own name', () => {
    const other = comparePerson(
      {
        person: { ...person, dateOfBirth: '1990-12-08', nationality: 'SWE' },
        document: { ...document, documentNumber: 'L898902C4', issuingState: 'SWE' },
      },
      holder,
    );
    expect(other.agree).toBe(false);
    expect(other.differences).toEqual([
      { field: 'date_of_birth', register: '1990-12-08', document: '1990-08-12' },
      { field: 'nationality', register: 'SWE', document: 'UTO' },
      { field: 'issuing_state', register: 'SWE', document: 'UTO' },
      { field: 'document_number', register: 'L898902C4', document: 'L898902C3' },
    ]);
  });
});

test('a name has as many spellings as Doc 9303-3 gives it', () => {
  expect(nameSpellings('Åsa Öst')).toEqual([
    ['AASA', 'OEST'],
    ['ASA', 'OST'],
  ]);
  expect(nameSpellings('ERIKSSON<<ANNA<MARIA')).toEqual([['ERIKSSON', 'ANNA', 'MARIA']]);
});
