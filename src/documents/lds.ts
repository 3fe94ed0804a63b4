import { childrenOf, contentOf, readOnly, type Element } from './ber.ts';
import { malformed } from './format-refusal.ts';
import type { ChipFileName, DataGroupName } from './chip-verdict.ts';

/** The Logical Data Structure (Doc 9303-10 §4): templates, EF.COM, DG1, DG11 and DG12. */

/** Outer tag of each file (Doc 9303-10 Table 34). */
export const fileTags: Readonly<Record<ChipFileName, number>> = {
  EF_COM: 0x60,
  DG1: 0x61,
  DG2: 0x75,
  DG3: 0x63,
  DG4: 0x76,
  DG5: 0x65,
  DG6: 0x66,
  DG7: 0x67,
  DG8: 0x68,
  DG9: 0x69,
  DG10: 0x6a,
  DG11: 0x6b,
  DG12: 0x6c,
  DG13: 0x6d,
  DG14: 0x6e,
  DG15: 0x6f,
  DG16: 0x70,
  EF_SOD: 0x77,
};

const namesByTag = new Map(
  Object.entries(fileTags).map(([name, tag]) => [tag, name as ChipFileName]),
);

export function dataGroupName(number: number): DataGroupName {
  if (!Number.isInteger(number) || number < 1 || number > 16)
    throw malformed('bad_data_group_number');
  return `DG${number}` as DataGroupName;
}

/** The template of a file. Refuses another file's tag and bytes after the template. */
export function readFileTemplate(name: ChipFileName, bytes: Buffer): Element {
  const template = readOnly(bytes, { rules: 'ber' });
  if (template.tag !== fileTags[name]) throw malformed('wrong_file_tag');
  return template;
}

export interface CommonData {
  ldsVersion: string;
  dataGroups: readonly DataGroupName[];
}

/** EF.COM (Doc 9303-10 §4.6.1). Nobody signs it: it is compared, never believed. */
export function readCommonData(bytes: Buffer): CommonData {
  const fields = childrenOf(readFileTemplate('EF_COM', bytes));
  const version = valueOf(fields, 0x5f01);
  const list = valueOf(fields, 0x5c);
  if (version === undefined || list === undefined) throw malformed('bad_common_data');
  if (list.length > namesByTag.size) throw malformed('bad_common_data');
  const dataGroups = [...list].map((tag) => {
    const name = namesByTag.get(tag);
    if (name === undefined || name === 'EF_COM' || name === 'EF_SOD') {
      throw malformed('bad_common_data');
    }
    return name;
  });
  if (new Set(dataGroups).size !== dataGroups.length) throw malformed('duplicate_data_group');
  return { ldsVersion: version.toString('latin1'), dataGroups };
}

/** The machine-readable zone in DG1, cut into its lines (Doc 9303-10 §4.7.1). */
export function readMrzLines(bytes: Buffer): string[] {
  const [zone, ...rest] = childrenOf(readFileTemplate('DG1', bytes));
  if (zone === undefined || zone.tag !== 0x5f1f || rest.length > 0) throw malformed('bad_dg1');
  const text = contentOf(zone).toString('latin1');
  const width = { 72: 36, 88: 44, 90: 30 }[text.length];
  if (width === undefined) throw malformed('bad_dg1');
  return Array.from({ length: text.length / width }, (_, line) =>
    text.slice(line * width, (line + 1) * width),
  );
}

export interface AdditionalDetails {
  fullName?: string;
  primaryIdentifier?: string;
  secondaryIdentifier?: string;
  /** YYYY-MM-DD. */
  dateOfBirth?: string;
  placeOfBirth?: string;
}

/** DG11 (Doc 9303-10 §4.7.11): only what we use. Text is UTF-8, `<` parts words, `<<` parts identifiers. */
export function readAdditionalDetails(bytes: Buffer): AdditionalDetails {
  const fields = childrenOf(readFileTemplate('DG11', bytes));
  const details: AdditionalDetails = {};
  const name = valueOf(fields, 0x5f0e);
  if (name !== undefined) {
    const text = utf8(name);
    const parting = text.indexOf('<<');
    details.fullName = words(text);
    details.primaryIdentifier = words(parting === -1 ? text : text.slice(0, parting));
    const secondary = parting === -1 ? '' : words(text.slice(parting));
    if (secondary !== '') details.secondaryIdentifier = secondary;
  }
  const birth = valueOf(fields, 0x5f2b);
  if (birth !== undefined) details.dateOfBirth = fullDate(birth);
  const place = valueOf(fields, 0x5f11);
  if (place !== undefined) details.placeOfBirth = words(utf8(place));
  return details;
}

export interface DocumentDetails {
  issuingAuthority?: string;
  /** YYYY-MM-DD. */
  dateOfIssue?: string;
}

/** DG12 (Doc 9303-10 §4.7.12): only what we use. */
export function readDocumentDetails(bytes: Buffer): DocumentDetails {
  const fields = childrenOf(readFileTemplate('DG12', bytes));
  const details: DocumentDetails = {};
  const authority = valueOf(fields, 0x5f19);
  if (authority !== undefined) details.issuingAuthority = words(utf8(authority));
  const issued = valueOf(fields, 0x5f26);
  if (issued !== undefined) details.dateOfIssue = fullDate(issued);
  return details;
}

function valueOf(fields: readonly Element[], tag: number): Buffer | undefined {
  const [field, again] = fields.filter((candidate) => candidate.tag === tag);
  if (again !== undefined) throw malformed('duplicate_field');
  return field === undefined ? undefined : contentOf(field);
}

/** A name of every letter that a card can show is a tenth of it. */
const MAX_TEXT_BYTES = 4096;

const decoder = new TextDecoder('utf-8', { fatal: true });

function utf8(bytes: Buffer): string {
  if (bytes.length > MAX_TEXT_BYTES) throw malformed('text_too_long');
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed('text_not_utf8');
  }
}

/** Controls and marks that turn a line around: they print nothing, and make a name read as another on a screen. */
const UNPRINTED = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;

function words(text: string): string {
  const spaced = text.replaceAll(/[<\s]+/g, ' ');
  return (PLAIN.test(spaced) ? spaced : spaced.replaceAll(UNPRINTED, '')).trim();
}

/** Hardly a name needs more than to be seen once. */
const PLAIN = /^[ -~\u00A0-\u1FFF]*$/;

/** YYYYMMDD as text, or as four octets of BCD (older issuers). */
function fullDate(bytes: Buffer): string {
  const digits = bytes.length === 4 ? bytes.toString('hex') : bytes.toString('latin1');
  const match = /^(\d{4})(\d\d)(\d\d)$/.exec(digits);
  const [year, month, day] = (match ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) throw malformed('bad_date');
  const real = new Date(Date.UTC(year, month - 1, day));
  const known = real.getUTCMonth() === month - 1 && real.getUTCDate() === day;
  if (!known && month !== 0 && day !== 0) throw malformed('bad_date');
  const two = (part: number) => (part === 0 ? 'XX' : String(part).padStart(2, '0'));
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}
