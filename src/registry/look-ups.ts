import type { App } from '../lib/app.ts';
import { plainNumber, plainState } from '../visas/compare-person.ts';
import type { ForeignIdNumber } from './foreign-id.ts';
import { nameForms } from './name-keys.ts';
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

/** The blind indexes of every form of a name with the birth date: never of a birth date alone. */
export function nameKeys(app: Index, person: PersonAttributes): Buffer[] {
  return nameForms(person).map((form) =>
    app.blindIndex.of('person_name', form, person.dateOfBirth),
  );
}
