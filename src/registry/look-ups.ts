import type { App } from '../lib/app.ts';
import { plainNumber, plainState } from '../visas/compare-person.ts';
import type { CrossReferenceKind } from './cross-reference.ts';
import type { ForeignIdNumber } from './foreign-id.ts';
import { nameForms, soundForms, wholeName } from './name-keys.ts';
import type { PersonAttributes, TravelDocumentFacts } from './person.ts';

type Index = Pick<App, 'blindIndex'>;

/** The blind index of a travel document: issuing state and whole number, as spelled anywhere. */
export function documentKey(
  app: Index,
  document: Pick<TravelDocumentFacts, 'issuingState' | 'documentNumber'>,
): Buffer {
  const { issuingState, documentNumber } = document;
  return app.blindIndex.of(
    'travel_document',
    plainState(issuingState),
    plainNumber(documentNumber),
  );
}

/** The blind index of a foreign-national ID. */
export function numberKey(app: Index, number: ForeignIdNumber): Buffer {
  return app.blindIndex.of('foreign_id', number);
}

/** The blind index of a number that another register gave; `number` as `plainCrossReference` gives it. */
export function crossReferenceKey(app: Index, kind: CrossReferenceKind, number: string): Buffer {
  return app.blindIndex.of('cross_reference', kind, number);
}

/** The blind indexes of every form of a name with the birth date: never of a birth date alone. */
export function nameKeys(app: Index, person: PersonAttributes): Buffer[] {
  return [
    ...nameForms(person).map((form) => app.blindIndex.of('person_name', form, person.dateOfBirth)),
    ...soundForms(person).map((form) =>
      app.blindIndex.of('person_name_sound', form, person.dateOfBirth),
    ),
  ];
}

/**
 * The blind indexes of the whole name with a part of the birth date: found where the date was corrected, swapped, or is
 * partly unknown. Wider than `nameKeys`, so searched after them.
 */
export function nearNameKeys(app: Index, person: PersonAttributes): Buffer[] {
  const form = wholeName(person);
  if (form === '') return [];
  const [year = '', month = '', day = ''] = person.dateOfBirth.split('-');
  return [
    app.blindIndex.of('person_name_year', form, year),
    app.blindIndex.of('person_name_day', form, [month, day].toSorted().join('-')),
  ];
}
