import type { Levels } from '../assurance/acr.ts';
import type { Agency, BothLanguages } from './service.ts';

/** A resource server of an agency: an API whose access tokens we issue (RFC 8707, RFC 9068). */
export interface Resource {
  /** The resource indicator, which is the audience of its tokens. */
  identifier: string;
  /** Its sector: `sub` in its tokens is the one that the agency's own services see. */
  agency: Agency;
  state: 'active' | 'suspended';
  name: BothLanguages;
  tokenFormat: 'jwt' | 'opaque';
  /** At most 600: a JWT can't be called back. */
  tokenSeconds: number;
  /** No token for it below these levels. */
  minimum: Levels;
  scopes: ResourceScope[];
  detailTypes: DetailType[];
  /** Client ids of the services that may ask for tokens for it. */
  services: string[];
}

export interface ResourceScope {
  name: string;
  /** What the person reads at consent. */
  description: BothLanguages;
  /** A service may have it by itself (`client_credentials`), without a person. */
  withoutPerson: boolean;
}

/** A type of `authorization_details` (RFC 9396): of one resource, with the fields that it may hold. */
export interface DetailType {
  type: string;
  name: BothLanguages;
  fields: DetailField[];
}

interface FieldBase {
  name: string;
  label: BothLanguages;
  required: boolean;
}

export interface Choice {
  value: string;
  label: BothLanguages;
}

/** One declared field: what is not declared is refused, so that the person sees all that they agree to. */
export type DetailField = FieldBase &
  (
    | { kind: 'text'; maxLength: number }
    | { kind: 'integer'; minimum: number; maximum: number }
    /** `YYYY-MM-DD` */
    | { kind: 'date' }
    /** `{ "currency": "THB", "amount": "1200.50" }` */
    | { kind: 'amount'; currencies: string[] }
    | { kind: 'yes_no' }
    | { kind: 'choice'; choices: Choice[] }
    /** One or more of the choices, as a list. */
    | { kind: 'choices'; choices: Choice[] }
  );
