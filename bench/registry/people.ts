import type { PersonAttributes, TravelDocumentFacts } from '../../src/registry/person.ts';

const FAMILY = syllables(
  ['NGU', 'ERI', 'SUK', 'OKU', 'RAM', 'KHA', 'LEE', 'MUL', 'DAS', 'AUN', 'SOE', 'VIR'],
  [
    'YEN',
    'KSON',
    'ARNO',
    'BO',
    'IREZ',
    'LIL',
    'MANN',
    'GUPTA',
    'THU',
    'HTUN',
    'DEZ',
    'AK',
    'SAN',
    'OVA',
    'SKI',
    'TER',
  ],
  ['', 'A', 'E', 'I', 'O'],
);
const GIVEN = syllables(
  ['AN', 'MA', 'TO', 'MO', 'KY', 'SO', 'LI', 'JO', 'PE', 'RA', 'NI', 'WI'],
  [
    'NA',
    'RIA',
    'MAS',
    'HAMED',
    'AW',
    'PHIA',
    'LIAN',
    'SEF',
    'TER',
    'JESH',
    'COLE',
    'THIDA',
    'NG',
    'KO',
    'RINA',
    'DA',
  ],
  ['', 'H', 'N', 'S'],
);

/** The same name and birth date for so many, so that the longest list of look-alikes is met, too. */
export const LOOK_ALIKES = 60;

/** The person of a number: the same at every run. Names are spread as names are: a few very common, most rare. */
export function personOf(index: number): PersonAttributes & TravelDocumentFacts {
  const alike = index < LOOK_ALIKES;
  const draw = (salt: number) => (alike ? 0.5 : scatter(index, salt));
  const common = (list: readonly string[], share: number) =>
    list[Math.floor(share * share * list.length)]!;
  const day = new Date(Date.UTC(1940, 0, 1) + Math.floor(draw(3) * 25_000) * 86_400_000);
  const second = draw(4) < 0.4 ? ` ${common(GIVEN, draw(5))}` : '';
  return {
    primaryIdentifier: common(FAMILY, draw(1)),
    secondaryIdentifier: `${common(GIVEN, draw(2))}${second}`,
    dateOfBirth: day.toISOString().slice(0, 10),
    sex: draw(6) < 0.5 ? 'F' : 'M',
    nationality: 'UTO',
    documentCode: 'P',
    issuingState: 'UTO',
    documentNumber: `B${String(index).padStart(8, '0')}`,
    dateOfExpiry: '2034-05-14',
  };
}

/** A number from 0 to 1 that looks drawn and is not (splitmix32). */
export function scatter(index: number, salt: number): number {
  let z = (index * 0x9e3779b9 + salt * 0x85ebca6b) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
}

function syllables(...parts: readonly (readonly string[])[]): string[] {
  return parts.reduce<string[]>(
    (words, part) => words.flatMap((word) => part.map((next) => word + next)),
    [''],
  );
}
