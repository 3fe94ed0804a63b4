import type { Choice, DetailField, DetailType } from '../agencies/resource.ts';
import type { BothLanguages } from '../agencies/service.ts';

/** A value as the person reads it: plain text, a text of ours, a date, yes or no, or several texts. */
export type DetailValue =
  | { kind: 'text'; text: string }
  | { kind: 'date'; date: string }
  | { kind: 'amount'; amount: string; currency: string }
  | { kind: 'yes_no'; yes: boolean }
  | { kind: 'labels'; labels: BothLanguages[] };

export interface DetailLine {
  label: BothLanguages;
  value: DetailValue;
}

type Read = { ok: true; value: DetailValue } | { ok: false; expected: string };

/**
 * Reads one member of `authorization_details` (RFC 9396 §2) by its type's declared fields. Gives the lines that the
 * person reads; or which field is wrong, and what was expected. `locations` may name the type's own resource only.
 */
export function readDetail(
  detail: Readonly<Record<string, unknown>>,
  type: DetailType,
  resource: string,
): { ok: true; lines: DetailLine[] } | { ok: false; field: string; expected: string } {
  const known = new Set(['type', 'locations', ...type.fields.map(({ name }) => name)]);
  const foreign = Object.keys(detail).find((name) => !known.has(name));
  if (foreign !== undefined)
    return {
      ok: false,
      field: foreign,
      expected: `no such field; this type has ${type.fields.map(({ name }) => name).join(', ')}`,
    };
  const { locations } = detail;
  if (locations !== undefined && !isOnly(locations, resource))
    return { ok: false, field: 'locations', expected: `[ ${resource} ] or nothing` };
  const lines: DetailLine[] = [];
  for (const field of type.fields) {
    const given = Object.hasOwn(detail, field.name) ? detail[field.name] : undefined;
    if (given === undefined) {
      if (field.required)
        return { ok: false, field: field.name, expected: `${said(field)}; it is required` };
      continue;
    }
    const read = readField(field, given);
    if (!read.ok) return { ok: false, field: field.name, expected: read.expected };
    lines.push({ label: field.label, value: read.value });
  }
  return { ok: true, lines };
}

function isOnly(value: unknown, resource: string): boolean {
  return Array.isArray(value) && value.length === 1 && value[0] === resource;
}

function readField(field: DetailField, given: unknown): Read {
  const value = valueOf(field, given);
  return value === null ? { ok: false, expected: said(field) } : { ok: true, value };
}

function valueOf(field: DetailField, given: unknown): DetailValue | null {
  switch (field.kind) {
    case 'text':
      return isPlainText(given, field.maxLength) ? { kind: 'text', text: given } : null;
    case 'integer':
      return Number.isSafeInteger(given) &&
        (given as number) >= field.minimum &&
        (given as number) <= field.maximum
        ? { kind: 'text', text: String(given) }
        : null;
    case 'date':
      return typeof given === 'string' && isDate(given) ? { kind: 'date', date: given } : null;
    case 'amount':
      return amountOf(given, field.currencies);
    case 'yes_no':
      return typeof given === 'boolean' ? { kind: 'yes_no', yes: given } : null;
    case 'choice':
      return labelsOf([given], field.choices);
    case 'choices':
      return Array.isArray(given) ? labelsOf(given, field.choices) : null;
  }
}

/** What was expected, in one phrase without quotes (RFC 6749 §5.2 allows none). */
function said(field: DetailField): string {
  switch (field.kind) {
    case 'text':
      return `text of 1 to ${field.maxLength} visible characters`;
    case 'integer':
      return `a whole number from ${field.minimum} to ${field.maximum}`;
    case 'date':
      return 'a date as 2026-11-23';
    case 'amount':
      return `an object with amount as 1200.50 (text) and currency: ${field.currencies.join(', ')}`;
    case 'yes_no':
      return 'true or false';
    case 'choice':
      return `one of ${field.choices.map(({ value }) => value).join(', ')}`;
    case 'choices':
      return `a list, each once, of ${field.choices.map(({ value }) => value).join(', ')}`;
  }
}

/** No control, format or private characters: what is shown at consent must read as it is. */
function isPlainText(given: unknown, maxLength: number): given is string {
  return (
    typeof given === 'string' &&
    given.trim() !== '' &&
    given.length <= maxLength &&
    !/[\p{C}\p{Zl}\p{Zp}]/u.test(given)
  );
}

function isDate(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

function amountOf(given: unknown, currencies: readonly string[]): DetailValue | null {
  if (typeof given !== 'object' || given === null || Object.keys(given).length !== 2) return null;
  const { amount, currency } = given as { amount?: unknown; currency?: unknown };
  if (typeof amount !== 'string' || !/^(?:0|[1-9]\d{0,14})(?:\.\d{1,4})?$/.test(amount))
    return null;
  if (typeof currency !== 'string' || !currencies.includes(currency)) return null;
  return { kind: 'amount', amount, currency };
}

function labelsOf(given: readonly unknown[], choices: readonly Choice[]): DetailValue | null {
  if (given.length === 0 || new Set(given).size !== given.length) return null;
  const labels = given.map((value) => choices.find((choice) => choice.value === value)?.label);
  return labels.every((label) => label !== undefined) ? { kind: 'labels', labels } : null;
}
