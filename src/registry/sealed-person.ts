import { z } from 'zod';
import type { DataKey } from '../lib/field-encryption.ts';
import type { ForeignIdNumber } from './foreign-id.ts';
import type { PersonAttributes, TravelDocumentFacts } from './person.ts';

/** The personal columns of `persons`, encrypted. */
export interface SealedPerson {
  primary_identifier: Buffer;
  secondary_identifier: Buffer;
  full_name_printed: Buffer | null;
  date_of_birth: Buffer;
  sex: Buffer;
  nationality: Buffer;
}

/** The personal columns of `travel_documents`, encrypted. */
export interface SealedDocument {
  document_code: Buffer;
  issuing_state: Buffer;
  document_number: Buffer;
}

export function sealPerson(key: DataKey, id: string, person: PersonAttributes): SealedPerson {
  const seal = (column: keyof SealedPerson, text: string) =>
    key.encrypt({ table: 'persons', column, row: id }, text);
  return {
    primary_identifier: seal('primary_identifier', person.primaryIdentifier),
    secondary_identifier: seal('secondary_identifier', person.secondaryIdentifier),
    full_name_printed:
      person.fullNamePrinted === undefined
        ? null
        : seal('full_name_printed', person.fullNamePrinted),
    date_of_birth: seal('date_of_birth', person.dateOfBirth),
    sex: seal('sex', person.sex),
    nationality: seal('nationality', person.nationality),
  };
}

/** The person, each field decrypted when it is first asked for: most answers tell few of them. */
export function openPerson(key: DataKey, id: string, sealed: SealedPerson): PersonAttributes {
  const opened = new Map<keyof SealedPerson, string>();
  const open = (column: keyof SealedPerson) => {
    const known = opened.get(column);
    if (known !== undefined) return known;
    const text = key.decryptText({ table: 'persons', column, row: id }, sealed[column]!);
    opened.set(column, text);
    return text;
  };
  return {
    get primaryIdentifier() {
      return open('primary_identifier');
    },
    get secondaryIdentifier() {
      return open('secondary_identifier');
    },
    ...(sealed.full_name_printed === null ? {} : { fullNamePrinted: open('full_name_printed') }),
    get dateOfBirth() {
      return open('date_of_birth');
    },
    get sex() {
      return open('sex') as PersonAttributes['sex'];
    },
    get nationality() {
      return open('nationality');
    },
  };
}

export function sealDocument(
  key: DataKey,
  id: string,
  document: TravelDocumentFacts,
): SealedDocument {
  const seal = (column: keyof SealedDocument, text: string) =>
    key.encrypt({ table: 'travel_documents', column, row: id }, text);
  return {
    document_code: seal('document_code', document.documentCode),
    issuing_state: seal('issuing_state', document.issuingState),
    document_number: seal('document_number', document.documentNumber),
  };
}

export function openDocument(
  key: DataKey,
  id: string,
  sealed: SealedDocument & { expires_on: string | null },
): TravelDocumentFacts {
  const open = (column: keyof SealedDocument) =>
    key.decryptText({ table: 'travel_documents', column, row: id }, sealed[column]);
  return {
    documentCode: open('document_code'),
    issuingState: open('issuing_state'),
    documentNumber: open('document_number'),
    dateOfExpiry: sealed.expires_on,
  };
}

const personAttributes = z.object({
  primaryIdentifier: z.string(),
  secondaryIdentifier: z.string(),
  fullNamePrinted: z.string().optional(),
  dateOfBirth: z.string(),
  sex: z.enum(['F', 'M', 'X']),
  nationality: z.string(),
});

/** Its holder as a document tells them. */
export function sealHolder(key: DataKey, documentId: string, holder: PersonAttributes): Buffer {
  // Parsed first: a chip document has more fields, and none of them belongs here.
  const text = JSON.stringify(personAttributes.parse(holder));
  return key.encrypt({ table: 'travel_documents', column: 'holder', row: documentId }, text);
}

export function openHolder(key: DataKey, documentId: string, sealed: Buffer): PersonAttributes {
  const place = { table: 'travel_documents', column: 'holder', row: documentId };
  const { fullNamePrinted, ...holder } = personAttributes.parse(
    JSON.parse(key.decryptText(place, sealed)),
  );
  return { ...holder, ...(fullNamePrinted === undefined ? {} : { fullNamePrinted }) };
}

export function sealNumber(key: DataKey, id: string, number: ForeignIdNumber): Buffer {
  return key.encrypt({ table: 'foreign_ids', column: 'number', row: id }, number);
}

export function openNumber(key: DataKey, id: string, sealed: Buffer): ForeignIdNumber {
  return key.decryptText(
    { table: 'foreign_ids', column: 'number', row: id },
    sealed,
  ) as ForeignIdNumber;
}
