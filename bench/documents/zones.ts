import { existsSync } from 'node:fs';
import { parse, type ParseResult } from 'mrz';
import type { CheckDigitResult } from '../../src/documents/mrz-check-digits.ts';
import { parseMrz, type MrzResult } from '../../src/documents/mrz.ts';
import { measure, medianCost, medianRatio } from '../compare.ts';
import type { Result } from '../report.ts';
import { now, sharedZones, vectorsFolder } from './vectors.ts';

/** The specimens of Doc 9303-4 to -7. */
const SPECIMENS = [
  ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'],
  ['I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'D231458907UTO7408122F1204159<<<<<<<6'],
  [
    'I<UTOD231458907<<<<<<<<<<<<<<<',
    '7408122F1204159UTO<<<<<<<<<<<6',
    'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
  ],
  ['V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L8988901C4XXX4009078F96121096ZE184226B<<<<<<'],
];
/** A passport that both accept: the package knows no Utopia, and reads a visa as a passport. */
const PASSPORT = [
  'P<D<<ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  'L898902C36D<<7408122F1204159ZE184226B<<<<<10',
];

type Zone = readonly string[];
const options = { now, specimenStates: true };

/**
 * Zones read, every check digit computed, every field interpreted and each text looked at, against the `mrz` package on the
 * same zones: as it is by default, and as it repairs what OCR mistakes.
 */
export function zones(): Result[] {
  const shared = existsSync(vectorsFolder) ? sharedZones() : [];
  const both = [PASSPORT, ...shared].filter(
    (lines) => parseMrz(lines, options).ok && packageReads(lines, {})?.valid,
  );
  return [
    ...measured('zones of other libraries, sound or not', shared),
    ...measured('ICAO specimens (TD1, TD2, TD3, MRV-A)', SPECIMENS),
    ...measured('zones that both accept', both),
  ];
}

function measured(what: string, all: readonly Zone[]): Result[] {
  if (all.length === 0) return [];
  const rounds = measure({
    ours: () => all.forEach((lines) => lookAtOurs(parseMrz(lines, options))),
    plain: () => all.forEach((lines) => lookAtTheirs(packageReads(lines, {}))),
    repairing: () => all.forEach((lines) => lookAtTheirs(packageReads(lines, REPAIR))),
  });
  const micros = (name: keyof typeof rounds) => medianCost(rounds[name], 'cpu') / all.length;
  const perSecond = (name: keyof typeof rounds) =>
    Math.round(1e6 / micros(name)).toLocaleString('en');
  return (['plain', 'repairing'] as const).map((other) => ({
    what: `${all.length} ${what}: ${perSecond('ours')}/s, mrz package, ${other}: ${perSecond(other)}/s`,
    target: '<= 0.05',
    cpu: medianRatio(rounds.ours, rounds[other], 'cpu').toFixed(3),
    wall: medianRatio(rounds.ours, rounds[other], 'wall').toFixed(3),
    ours_us: micros('ours').toFixed(2),
    other_us: micros(other).toFixed(1),
  }));
}

const REPAIR = { autocorrect: true };

/** Null for a zone whose shape the package does not know. */
function packageReads(lines: Zone, how: { autocorrect?: boolean }): ParseResult | null {
  try {
    return parse([...lines], how);
  } catch {
    return null;
  }
}

function lookAtOurs(read: MrzResult): number {
  if (!read.ok) return lookAtDigits(read.checkDigits ?? []) + lookAtFields(read.fields ?? {});
  const { mrz } = read;
  const { name, optionalData } = mrz;
  return (
    lookAt(mrz.format) +
    lookAt(mrz.documentCode) +
    lookAt(mrz.issuingState) +
    (lookAt(mrz.documentNumber) + lookAt(mrz.nationality) + lookAt(mrz.sex)) +
    (lookAt(mrz.dateOfBirth.value) + lookAt(mrz.dateOfExpiry.value)) +
    (lookAt(name.raw) + lookAt(name.primaryIdentifier) + lookAt(name.secondaryIdentifier)) +
    (lookAt(optionalData[0]) + lookAt(optionalData[1]) + lookAt(mrz.lines[0])) +
    (lookAtDigits(mrz.checkDigits) + mrz.warnings.length)
  );
}

function lookAtDigits(digits: readonly CheckDigitResult[]): number {
  let seen = 0;
  for (const { ok, given, computed } of digits)
    seen += lookAt(given) + lookAt(computed) + Number(ok);
  return seen;
}

function lookAtTheirs(read: ParseResult | null): number {
  if (read === null) return 0;
  let seen = lookAtFields(read.fields) + lookAt(read.documentNumber);
  for (const { value, valid, error } of read.details) {
    seen += lookAt(value) + lookAt(error) + Number(valid);
  }
  return seen;
}

function lookAtFields(fields: Readonly<Record<string, string | null | undefined>>): number {
  let seen = 0;
  for (const name in fields) seen += lookAt(fields[name]);
  return seen;
}

/** Reads a character, so that no text stays a promise of one. */
function lookAt(text: string | null | undefined): number {
  return text ? text.charCodeAt(text.length - 1) : 0;
}
