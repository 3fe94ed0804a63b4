import type { PersonAttributes, TravelDocumentFacts } from '../../src/registry/person.ts';

/** A traveller: who they are, what they show, and the immigration register's own key of them where it tells one. */
export type Traveller = PersonAttributes & TravelDocumentFacts & { registerKey?: string };

/**
 * What must come of a traveller who proves themselves on an account of their own, after `known` is on record.
 * `same_document`: the registry itself knows the document. `candidate`: the same human, so the search must surface
 * them. `look_alike`: another human who an officer may be shown. `stranger`: another human who need not be.
 * Whatever it is: nobody is ever joined to `known` without an officer.
 */
export type Expected = 'same_document' | 'candidate' | 'look_alike' | 'stranger';

export interface Family {
  kind: string;
  known: Traveller;
  shown: Traveller;
  expected: Expected;
}

/** The same names at every run: the recorded outcomes are of exactly these people. */
const NAMES: readonly (readonly [primary: string, secondary: string, state: string])[] = [
  ['NGUYEN', 'THI MAI', 'VNM'],
  ['TRAN', 'VAN HUNG', 'VNM'],
  ['AUNG', 'KYAW MOE', 'MMR'],
  ['HTWE', 'KHIN MAR', 'MMR'],
  ['SOK', 'CHANTHA', 'KHM'],
  ['PHOMMACHANH', 'SOMSACK', 'LAO'],
  ['LI', 'XIAO MING', 'CHN'],
  ['KIM', 'MIN JUN', 'KOR'],
  ['SATO', 'HARUKA', 'JPN'],
  ['SHARMA', 'PRIYA DEVI', 'IND'],
  ['RAHMAN', 'MOHAMMED ABDUR', 'BGD'],
  ['DELA CRUZ', 'MARIA CLARA', 'PHL'],
  ['GARCIA LOPEZ', 'JOSE LUIS', 'ESP'],
  ['SILVA SANTOS', 'ANA PAULA', 'BRA'],
  ['MUELLER', 'JOERG PETER', 'D'],
  ['IVANOVA', 'YULIYA SERGEEVNA', 'RUS'],
  ['SHEVCHENKO', 'OLEKSANDR', 'UKR'],
  ['OCONNOR', 'SIOBHAN MARY', 'IRL'],
  ['AL HASSAN', 'OMAR KHALID', 'SAU'],
  ['OKONKWO', 'CHIDI EMEKA', 'NGA'],
];

/** Every kind of family, made of a person of the list. `n` is different for each. */
type Make = (base: Traveller, n: number) => Omit<Family, 'kind' | 'known'> & { known?: Traveller };

const next = (base: Traveller, changes: Partial<Traveller> = {}): Traveller => ({
  ...base,
  documentNumber: `${base.documentNumber.slice(0, 4)}N${base.documentNumber.slice(5)}`,
  ...changes,
});

const KINDS: Readonly<Record<string, Make>> = {
  'the same passport, read again': (base) => ({ shown: base, expected: 'same_document' }),
  'the same passport, spelled with fillers': (base) => ({
    shown: {
      ...base,
      documentNumber: `${base.documentNumber.slice(0, 4)} ${base.documentNumber.slice(4)}<`,
    },
    expected: 'same_document',
  }),
  'a state that reused the number for somebody else': (base, n) => ({
    shown: {
      ...base,
      primaryIdentifier: 'OTHERNAME',
      secondaryIdentifier: `P${n}`,
      dateOfBirth: '1949-01-02',
    },
    expected: 'same_document',
  }),
  'a renewed passport': (base) => ({ shown: next(base), expected: 'candidate' }),
  'two nationalities': (base) => ({
    shown: next(base, { nationality: 'AUS', issuingState: 'AUS' }),
    expected: 'candidate',
  }),
  'primary and secondary swapped': (base) => ({
    shown: next(base, {
      primaryIdentifier: base.secondaryIdentifier,
      secondaryIdentifier: base.primaryIdentifier,
    }),
    expected: 'candidate',
  }),
  'all names in one field': (base) => ({
    shown: next(base, {
      primaryIdentifier: `${base.secondaryIdentifier} ${base.primaryIdentifier}`,
      secondaryIdentifier: '',
    }),
    expected: 'candidate',
  }),
  'later given names left out': (base) => ({
    shown: next(base, { secondaryIdentifier: base.secondaryIdentifier.split(' ')[0]! }),
    expected: 'candidate',
  }),
  'names written together': (base) => ({
    shown: next(base, {
      primaryIdentifier: base.primaryIdentifier.replaceAll(' ', ''),
      secondaryIdentifier: base.secondaryIdentifier.replaceAll(' ', ''),
    }),
    expected: 'candidate',
  }),
  'names with hyphens': (base) => ({
    shown: next(base, {
      primaryIdentifier: base.primaryIdentifier.replaceAll(' ', '-'),
      secondaryIdentifier: base.secondaryIdentifier.replaceAll(' ', '-'),
    }),
    expected: 'candidate',
  }),
  'day and month of birth swapped by one state': (base) => {
    const [year, month, day] = base.dateOfBirth.split('-');
    return { shown: next(base, { dateOfBirth: `${year}-${day}-${month}` }), expected: 'candidate' };
  },
  'a corrected year of birth': (base) => ({
    shown: next(base, { dateOfBirth: shift(base.dateOfBirth, 0, 1) }),
    expected: 'candidate',
  }),
  'a corrected day of birth': (base) => ({
    shown: next(base, { dateOfBirth: shift(base.dateOfBirth, 2, 1) }),
    expected: 'candidate',
  }),
  'a year of the Buddhist era taken for a common one': (base) => ({
    shown: next(base, { dateOfBirth: shift(base.dateOfBirth, 0, 543) }),
    expected: 'candidate',
  }),
  'a birth date of which only the year is known': (base) => ({
    shown: next(base, { dateOfBirth: `${base.dateOfBirth.slice(0, 4)}-XX-XX` }),
    expected: 'candidate',
  }),
  'another name, one person of the immigration register': (base, n) => ({
    known: { ...base, registerKey: `IMM-${n}` },
    shown: next(base, { primaryIdentifier: 'MARRIED', registerKey: `IMM-${n}` }),
    expected: 'candidate',
  }),
  'no given name, so the visa says FNU': (base) => ({
    known: { ...base, secondaryIdentifier: '' },
    shown: next(base, { secondaryIdentifier: 'FNU' }),
    expected: 'candidate',
  }),
  'a single name said twice': (base) => ({
    known: { ...base, secondaryIdentifier: '' },
    shown: next(base, { secondaryIdentifier: base.primaryIdentifier }),
    expected: 'candidate',
  }),
  'the printed name in Thai script': (base, n) => ({
    known: { ...base, fullNamePrinted: `สมชาย ใจดี ${thaiWord(n)}` },
    shown: next(base, {
      primaryIdentifier: 'CHAIDEE',
      secondaryIdentifier: 'SOMCHAI',
      fullNamePrinted: `ใจดี สมชาย ${thaiWord(n)}`,
    }),
    expected: 'candidate',
  }),
  twins: (base) => ({
    shown: next(base, { secondaryIdentifier: twinOf(base.secondaryIdentifier) }),
    expected: 'stranger',
  }),
  'two people of one name and birth date': (base) => ({
    shown: next(base, { sex: base.sex === 'F' ? 'M' : 'F' }),
    expected: 'look_alike',
  }),
  'one name, another birth date': (base) => ({
    shown: next(base, { dateOfBirth: '1931-10-29' }),
    expected: 'stranger',
  }),
  'one birth date, another name': (base, n) => ({
    shown: next(base, {
      primaryIdentifier: 'FJORDGREN',
      secondaryIdentifier: `BIRGER ${thaiWord(n)}`,
    }),
    expected: 'stranger',
  }),
};

/** Names as two states, or two clerks, romanise them: the same human each time. */
const SPELLINGS: readonly (readonly [string, string, string, string])[] = [
  ['MUELLER', 'JOERG', 'MULLER', 'JORG'],
  ['GROSS', 'UTE', 'GROß', 'UTE'],
  ['AASTROEM', 'LENA', 'ÅSTRÖM', 'LENA'],
  ['NUNEZ', 'BEGONA', 'NUNXXEZ', 'BEGONXXA'],
  ['OCONNOR', 'ENYA', "O'CONNOR", 'ENYA'],
  ['NGUYEN', 'THI ANH', 'NGUYỄN', 'THỊ ÁNH'],
  ['SOERENSEN', 'BJOERN', 'SØRENSEN', 'BJØRN'],
  ['RAHMAN', 'MOHAMMED', 'RAHMAN', 'MUHAMMAD'],
  ['HUSSAIN', 'MOHAMED', 'HUSEIN', 'MUHAMMED'],
  ['IVANOV', 'YURIY', 'IVANOV', 'IURII'],
  ['TCHAIKOVSKY', 'PYOTR', 'CHAIKOVSKII', 'PETR'],
  ['SHEVCHENKO', 'OLEKSANDR', 'SCHEWTSCHENKO', 'OLEXANDR'],
  ['KHRUSHCHEV', 'NIKITA', 'KHRUSHCHYOV', 'NIKITA'],
  ['PHAN', 'PHUONG', 'FAN', 'FUONG'],
  ['KHIN', 'MAUNG WIN', 'KIN', 'MAUNG VIN'],
  ['QADIR', 'ABDUL', 'KADIR', 'ABDEL'],
  ['ERIKSSON', 'ANNIKA', 'ERICSON', 'ANIKA'],
  ['LJUBICIC', 'JELENA', 'LJUBIČIĆ', 'JELENA'],
  ['YILMAZ', 'SUKRU', 'YILMAZ', 'ŞÜKRÜ'],
  ['POPESCU', 'STEFAN', 'POPESCU', 'ȘTEFAN'],
  // What no rule of letters finds: dialects, a changed name. Kept in the set, so that the figure stays honest.
  ['WONG', 'SIU MING', 'HUANG', 'XIAOMING'],
  ['TEO', 'AH KOW', 'ZHANG', 'YAJIU'],
  ['CHAN', 'KWOK WING', 'CHEN', 'GUORONG'],
  ['YUSUF', 'IBRAHIM', 'JOSEPH', 'ABRAHAM'],
  ['PETROVA', 'ANNA', 'LINDQVIST', 'ANNA'],
  ['SMITH', 'JANE', 'JONES', 'JANE'],
  ['DELA CRUZ', 'ROSA', 'TAN', 'ROSA'],
];

/** At least 200 families with what must come of each. */
export function lookAlikes(): Family[] {
  const families = Object.entries(KINDS).flatMap(([kind, make], k) =>
    NAMES.slice(0, 10).map((_name, at): Family => {
      const n = k * 10 + at;
      const base = person(n);
      const made = make(base, n);
      return { kind, known: made.known ?? base, shown: made.shown, expected: made.expected };
    }),
  );
  const spelled = SPELLINGS.map(
    ([primary, secondary, otherPrimary, otherSecondary], at): Family => {
      const known = {
        ...person(900 + at),
        primaryIdentifier: primary,
        secondaryIdentifier: secondary,
      };
      return {
        kind: 'another romanisation',
        known,
        shown: next(known, {
          primaryIdentifier: otherPrimary,
          secondaryIdentifier: otherSecondary,
        }),
        expected: 'candidate',
      };
    },
  );
  const german = NAMES.slice(0, 10).map((_name, at): Family => {
    const known = { ...person(950 + at), issuingState: 'D', nationality: 'D' };
    return {
      kind: 'one passport, D or DEU',
      known,
      shown: { ...known, issuingState: 'DEU', nationality: 'DEU' },
      expected: 'same_document',
    };
  });
  return [...families, ...spelled, ...german];
}

/** The n-th person: a name of the list made theirs, a birth date that no other has, a document of their own. */
function person(n: number): Traveller {
  const [primary, secondary, state] = NAMES[n % NAMES.length]!;
  return {
    // Without a name of their own, families of one name and date would meet each other.
    primaryIdentifier: `${primary} ${latinWord(n)}`,
    secondaryIdentifier: secondary,
    dateOfBirth: `${1950 + (n % 50)}-${two((n % 11) + 1)}-${two((n % 12) + 13)}`,
    sex: n % 2 === 0 ? 'F' : 'M',
    nationality: state,
    documentCode: 'P',
    issuingState: state,
    documentNumber: `L${String(n).padStart(3, '0')}X${String(n * 7919).padStart(6, '0')}`.slice(
      0,
      9,
    ),
    dateOfExpiry: '2034-05-14',
  };
}

const two = (value: number) => String(value).padStart(2, '0');

/** A word of consonants and vowels that only this number makes. */
function latinWord(n: number): string {
  const consonants = 'BDFGKLMNPRSTVZ';
  return [n % 14, Math.floor(n / 14) % 14, Math.floor(n / 196) % 14]
    .map((at) => `${consonants[at]!}A`)
    .join('');
}

/** The same in Thai letters. */
function thaiWord(n: number): string {
  const letters = 'กขคงจชซดตถทนบปผพฟมยรลวสหอ';
  return [n % 25, Math.floor(n / 25) % 25].map((at) => `${letters[at]!}า`).join('');
}

/** The given name of a twin: born on the same day, named alike, and somebody else. */
function twinOf(given: string): string {
  const [first = '', ...rest] = given.split(' ');
  return [`${first.slice(0, 2)}NDRE`, ...rest.map((word) => `${word}L`)].join(' ');
}

/** A birth date with one part moved; the day stays one that every month has. */
function shift(date: string, part: 0 | 2, by: number): string {
  const parts = date.split('-');
  const moved = Number(parts[part]) + by;
  parts[part] = part === 0 ? String(moved) : two(moved > 28 ? moved - 2 * by : moved);
  return parts.join('-');
}
