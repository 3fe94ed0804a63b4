import { z } from 'zod';

/**
 * What an immigration register says, as it stands in the signed answer (docs/immigration-register.md). Unknown fields
 * are dropped, so that a register may add some; an unknown value of a known field is not understood, and refused.
 */

const shortText = z.string().min(1).max(200);
const code = z.string().regex(/^[a-z0-9_]{1,40}$/);
const instant = z.iso.datetime();
const plainDate = z.iso.date();

/** What an admission may rest on, in the words of the register contract. */
export const ADMISSION_BASES = [
  'visa',
  'visa_exemption',
  'visa_on_arrival',
  'extension',
  'permanent_residence',
  'accreditation',
] as const;

/** `XX` where the person's papers leave a part unknown (Doc 9303-3 §4.8): `1984-XX-XX`. */
export const birthDate = z.string().regex(/^\d{4}-(?:\d{2}|XX)-(?:\d{2}|XX)$/);
/** As in the machine-readable zone, fillers removed: `UTO`, `D`, `GBD`. */
export const stateCode = z.string().regex(/^[A-Z]{1,3}$/);
export const documentNumber = z.string().regex(/^[A-Z0-9]{1,24}$/);
export const visaNumber = z.string().regex(/^[A-Z0-9]{1,20}$/);

const person = z.object({
  /** The register's own key of the person; the same before and after a renewed passport. */
  registerPersonId: shortText,
  /** As the register holds it, one text: never split into invented first and last names. */
  nameAsRecorded: shortText,
  dateOfBirth: birthDate,
  nationality: stateCode,
  sex: z.enum(['F', 'M', 'X']),
});

const document = z.object({
  issuingState: stateCode,
  documentNumber,
  /** What the register knows of the document asked about. */
  status: z.enum(['current', 'replaced', 'reported_lost', 'reported_stolen', 'cancelled']),
});

const visa = z.object({
  number: visaNumber,
  class: z.string().regex(/^[A-Z][A-Z0-9 -]{0,11}$/),
  /** Null: any number. */
  entriesAllowed: z.int().min(1).max(99).nullable(),
  entriesUsed: z.int().min(0).max(9999),
  /** The days on which the visa may be used to enter. They say nothing of how long its holder may stay. */
  validFrom: plainDate,
  validUntil: plainDate,
  durationOfStayDays: z.int().min(1).max(36500).nullable(),
  status: z.enum(['in_effect', 'used', 'expired', 'cancelled']),
});

const admission = z
  .object({
    admittedAt: instant,
    port: shortText,
    basis: z.enum(ADMISSION_BASES),
    permission: z.enum(['until_date', 'indefinite', 'exempt']),
    /** The last day of the permitted stay, in Thailand; set exactly when the permission is until a date. */
    admittedUntil: plainDate.nullable(),
    /** An extension is asked for: the last day the person may stay while it is considered. */
    underConsiderationUntil: plainDate.nullable(),
    /** The permission was taken back before its day. */
    revokedAt: instant.nullable(),
    conditions: z.array(code).max(20),
    workAllowed: z.boolean(),
  })
  .refine(({ permission, admittedUntil }) => (permission === 'until_date') === !!admittedUntil, {
    error: 'admittedUntil goes with the permission until_date, and only with it',
    path: ['admittedUntil'],
  });

const workPermit = z.object({
  number: z.string().regex(/^[A-Z0-9-]{1,30}$/),
  occupation: shortText,
  employer: shortText.nullable(),
  validFrom: plainDate,
  validUntil: plainDate,
  status: z.enum(['in_effect', 'expired', 'cancelled']),
});

/** A number that a register gave the same person: civil registration, alien certificate, tax … */
const identifier = z.object({ kind: code, number: z.string().regex(/^[A-Z0-9-]{1,30}$/) });

const departure = z.object({ departedAt: instant, port: shortText });

const contact = z.object({
  kind: z.enum(['email', 'phone']),
  address: z.string().min(3).max(254),
});

const said = {
  /** How fresh the register's own data is: it lags behind the border. */
  asOf: instant,
  /** Which register speaks. */
  source: code,
};

/** What a register tells about a person whom it found. */
export const foundParts = {
  person,
  document,
  visa: visa.nullable(),
  /** The latest admission, also when the person has left since. */
  admission: admission.nullable(),
  /** The latest departure, also when the person has come back since. */
  departure: departure.nullable(),
  /** Addresses from the visa application or the arrival card. Shown masked only (mask-contact.ts). */
  contacts: z.array(contact).max(10),
  entryPhotoHeld: z.boolean(),
  /** Told by the register of work permits; others leave it out. Null: it knows the person and has granted none. */
  workPermit: workPermit.nullable().optional(),
  /** Numbers of other registers; left out where the register keeps none. */
  identifiers: z.array(identifier).max(20).optional(),
};

const found = z.object({ kind: z.literal('found'), ...foundParts, ...said });

/** The `answer` claim of a signed answer. */
export const registerStatement = z.discriminatedUnion('kind', [
  found,
  z.object({ kind: z.literal('not_found'), ...said }),
  z.object({ kind: z.literal('pending'), ...said }),
]);

/** What a register says of a request to correct an entry (`POST /v1/corrections`). */
export const correctionStatement = z.object({
  kind: z.literal('correction'),
  /** `received`: being looked at. `corrected`, `rejected`: settled; ask the question again to see the entry. */
  state: z.enum(['received', 'corrected', 'rejected']),
  ...said,
});

/**
 * What a lost-or-stolen or watch list says. `hit` tells that it lists the document or the person, nothing of why: what
 * an officer needs is the list's own reference.
 */
export const watchStatement = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('hit'),
    list: z.enum(['lost_or_stolen', 'watch_list']),
    /** The list's own key of the entry. */
    reference: z.string().regex(/^[A-Z0-9-]{1,40}$/),
    /** Since when: a document counts as lost from this instant. */
    since: instant,
    ...said,
  }),
  z.object({ kind: z.literal('not_found'), ...said }),
  z.object({ kind: z.literal('pending'), ...said }),
]);

export type RegisterStatement = z.output<typeof registerStatement>;
export type RegisterFound = z.output<typeof found>;
export type RegisterPerson = z.output<typeof person>;
export type RegisterDocument = z.output<typeof document>;
export type RegisterVisa = z.output<typeof visa>;
export type RegisterAdmission = z.output<typeof admission>;
export type RegisterDeparture = z.output<typeof departure>;
export type RegisterWorkPermit = z.output<typeof workPermit>;
export type CorrectionStatement = z.output<typeof correctionStatement>;
export type WatchStatement = z.output<typeof watchStatement>;
export type RegisterContact = z.output<typeof contact>;
