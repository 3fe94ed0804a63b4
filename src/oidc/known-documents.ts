import type { TravelDocumentFacts } from '../registry/person.ts';
import type { Standing } from '../registry/standing.ts';

/** A travel document as OpenID Identity Assurance Schema 1.0 tells it (`document_details`). */
export interface DocumentDetails {
  type: string;
  document_number: string;
  issuer: { country_code: string };
  date_of_expiry?: string;
}

/** The documents that proved a person. */
export interface KnownDocuments {
  /** The one proven last; null where there is none. */
  current: DocumentDetails | null;
  /** Those proven before it, the latest first. */
  previous: DocumentDetails[];
}

/** The documents of a person, each once. Opens them all: ask only where they are told. */
export function knownDocuments(standing: Standing | null): KnownDocuments {
  const documents: DocumentDetails[] = [];
  for (const { proofId } of standing?.proofs.toReversed() ?? []) {
    const facts = standing!.documentOf(proofId);
    if (!facts) continue;
    const details = documentDetails(facts);
    if (!documents.some((other) => isSame(other, details))) documents.push(details);
  }
  const [current, ...previous] = documents;
  return { current: current ?? null, previous };
}

/** The wire form of a document; states as the document itself codes them (ICAO Doc 9303-3 §5). */
export function documentDetails(facts: TravelDocumentFacts): DocumentDetails {
  return {
    type: facts.documentCode.startsWith('P') ? 'passport' : 'idcard',
    document_number: facts.documentNumber,
    issuer: { country_code: facts.issuingState },
    ...(facts.dateOfExpiry ? { date_of_expiry: facts.dateOfExpiry } : {}),
  };
}

/** States reuse numbers after years: the same state and number with another expiry is another booklet. */
function isSame(one: DocumentDetails, other: DocumentDetails): boolean {
  return (
    one.document_number === other.document_number &&
    one.issuer.country_code === other.issuer.country_code &&
    one.date_of_expiry === other.date_of_expiry
  );
}
