import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

declare const brand: unique symbol;
/** A `Base` that the compiler will not mistake for another one: parsed once at the edge (STYLE rule 8). */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Of the ids made last: their millisecond, and the number of the last one in it. */
let latest = { at: 0, number: 0 };

/**
 * A new UUID version 7 (RFC 9562 §5.7): time-ordered, and in the order of making within a millisecond (§6.2, method 1: a
 * counter from a random start in `rand_a`); 62 random bits. What one statement writes is told in its order.
 */
export function newUuid(source: { clock: Clock; random: Random }): string {
  const bytes = source.random.bytes(16);
  const at = source.clock.now().getTime();
  const number = latest.at === at ? (latest.number + 1) & 0xfff : bytes.readUInt16BE(6) & 0x7ff;
  latest = { at, number };
  bytes.writeUIntBE(at, 0, 6);
  bytes.writeUInt16BE(0x7000 | number, 6);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** How one kind of id is made and read. */
export interface IdKind<Id extends string> {
  /** A new, unused id. */
  make(source: { clock: Clock; random: Random }): Id;
  /** The id that `text` spells, or null where it spells none (the edge answers 404, never a database error). */
  parse(text: unknown): Id | null;
}

function idKind<Name extends string>(): IdKind<Brand<string, Name>> {
  return {
    make: (source) => newUuid(source) as Brand<string, Name>,
    parse: (text) =>
      typeof text === 'string' && UUID.test(text) ? (text as Brand<string, Name>) : null,
  };
}

export type AccountId = Brand<string, 'AccountId'>;
export type OfficerId = Brand<string, 'OfficerId'>;
export type PasskeyId = Brand<string, 'PasskeyId'>;
export type SessionId = Brand<string, 'SessionId'>;
export type DataKeyId = Brand<string, 'DataKeyId'>;
export type CaseId = Brand<string, 'CaseId'>;
export type EvidenceId = Brand<string, 'EvidenceId'>;
export type PersonId = Brand<string, 'PersonId'>;
export type AgencyId = Brand<string, 'AgencyId'>;
/** Any other row that only needs to be named. */
export type RowId = Brand<string, 'RowId'>;

export const AccountId = idKind<'AccountId'>();
export const OfficerId = idKind<'OfficerId'>();
export const PasskeyId = idKind<'PasskeyId'>();
export const SessionId = idKind<'SessionId'>();
export const DataKeyId = idKind<'DataKeyId'>();
export const CaseId = idKind<'CaseId'>();
export const EvidenceId = idKind<'EvidenceId'>();
export const PersonId = idKind<'PersonId'>();
export const AgencyId = idKind<'AgencyId'>();
export const RowId = idKind<'RowId'>();
