import { childrenOf, readOnly, type Element } from '../../src/documents/ber.ts';
import { oidOf, Tag, textOf, timeOf, unsignedHexOf } from '../../src/documents/asn1-values.ts';
import { readChipAuthenticationKey } from '../../src/documents/chip-authentication-keys.ts';
import { readActiveAuthenticationKey, readChipSecurity } from '../../src/documents/chip-keys.ts';
import { FormatRefusal, malformed } from '../../src/documents/format-refusal.ts';
import {
  readAdditionalDetails,
  readDocumentDetails,
  readCommonData,
  readMrzLines,
} from '../../src/documents/lds.ts';
import { readPortrait } from '../../src/documents/lds-portrait.ts';
import { mrzLinesOf, parseMrz } from '../../src/documents/mrz.ts';
import { mrzReport } from '../../src/documents/mrz-report.ts';
import { readZone } from '../../src/documents/ocr-read-zone.ts';
import { decodeC40 } from '../../src/documents/seal-c40.ts';
import { canonicalText, parseStrictJson } from '../../src/documents/seal-json.ts';
import { MAX_SEAL_BYTES, parseVds } from '../../src/documents/vds.ts';
import { vdsDocumentTypes } from '../../src/documents/vds-document-types.ts';
import { readFeatures } from '../../src/documents/vds-features.ts';
import { parseVdsNc } from '../../src/documents/vds-nc.ts';
import { jpeg2000Size } from '../../src/lib/jpeg2000-header.ts';
import { pictureOf } from './mutators/pixels.ts';
import type { Shape } from './mutators/mutate.ts';
import { failBehindMark, neverAnswer, takeAllMemory } from './planted.ts';
import {
  judgeActiveAnswer,
  judgeCertificate,
  judgeChip,
  judgeChipAuthentication,
  judgeMasterList,
  judgePrinted,
  judgeRevocationList,
  judgeSeal,
  judgeSod,
  openAnswers,
} from './whole-targets.ts';
import { now } from './fixed-time.ts';

/** A parser under test. */
export interface Target {
  /** What its inputs are made of. */
  shapes: readonly Shape[];
  /** Kinds of seeds that it starts from. */
  seeds: readonly string[];
  /** Gives a word for what it made of the bytes, and throws nothing but a FormatRefusal. */
  run: (bytes: Buffer) => string;
  /** Processor time that one input may take; 50 ms unless given. */
  slowMs?: number;
  /** Of the runs of the short fuzzing, how many this one gets; 1 unless given. */
  share?: number;
}

export type Outcome =
  | { kind: 'parsed' | 'refused'; word: string }
  /** Anything but our typed refusal: a fault. */
  | { kind: 'fault'; word: string };

export const targets: Readonly<Record<string, Target>> = {
  ber: {
    shapes: ['ber'],
    seeds: ['sod', 'json', 'com'],
    run: (bytes) => `${walk(readOnly(bytes, { rules: 'ber' }))}`,
  },
  der: {
    shapes: ['ber'],
    seeds: ['certificate', 'dg14'],
    run: (bytes) => `${walk(readOnly(bytes))}`,
  },
  mrz: {
    shapes: ['zone'],
    seeds: ['mrz'],
    run: (bytes) => {
      const text = bytes.toString('latin1');
      const result = parseMrz(mrzLinesOf(text), { now, specimenStates: true });
      if (mrzReport(text, now).valid !== result.ok) throw new Error('report and parser differ');
      return result.ok ? result.mrz.format : result.problems.join();
    },
  },
  com: {
    shapes: ['ber'],
    seeds: ['com'],
    run: (bytes) => `${readCommonData(bytes).dataGroups.length}`,
  },
  dg1: {
    shapes: ['ber', 'zoneOfDg1'],
    seeds: ['dg1'],
    run: (bytes) => `${parseMrz(readMrzLines(bytes), { now, specimenStates: true }).ok}`,
  },
  dg2: {
    shapes: ['ber', 'image'],
    seeds: ['dg2'],
    run: (bytes) => {
      const portrait = readPortrait(bytes);
      return `${portrait.mimeType} ${jpeg2000Size(portrait.bytes) === null}`;
    },
  },
  dg11: {
    shapes: ['ber'],
    seeds: ['dg11'],
    run: (bytes) => Object.keys(readAdditionalDetails(bytes)).join(),
  },
  dg12: {
    shapes: ['ber'],
    seeds: ['dg12'],
    run: (bytes) => Object.keys(readDocumentDetails(bytes)).join(),
  },
  dg14: {
    shapes: ['ber'],
    seeds: ['dg14'],
    run: (bytes) => `${readChipSecurity(bytes).activeAuthenticationHash}`,
  },
  dg14Key: {
    shapes: ['ber'],
    seeds: ['dg14'],
    run: (bytes) => `${readChipAuthenticationKey(bytes)?.cipher}`,
  },
  dg15: {
    shapes: ['ber'],
    seeds: ['dg15'],
    run: (bytes) => readActiveAuthenticationKey(bytes).kind,
  },
  sod: { shapes: ['ber'], seeds: ['sod'], share: 0.5, run: judgeSod },
  certificate: {
    shapes: ['ber'],
    seeds: ['certificate', 'signer', 'anchor'],
    run: judgeCertificate,
  },
  revocationList: { shapes: ['ber'], seeds: ['crl'], share: 0.5, run: judgeRevocationList },
  masterList: { shapes: ['ber'], seeds: ['masterlist'], share: 0.5, run: judgeMasterList },
  vds: { shapes: ['seal'], seeds: ['seal'], run: (bytes) => `${parseVds(bytes).features.length}` },
  features: {
    shapes: ['features'],
    seeds: ['features'],
    run: (bytes) => {
      if (bytes.length > MAX_SEAL_BYTES) throw malformed('seal_too_long');
      const type = vdsDocumentTypes[(bytes[0] ?? 0) % vdsDocumentTypes.length]!;
      return `${readFeatures(type, tagged(bytes.subarray(1))).features.length}`;
    },
  },
  c40: {
    shapes: [],
    seeds: ['features'],
    run: (bytes) => {
      // As `parseVds` does before anything else.
      if (bytes.length > MAX_SEAL_BYTES) throw malformed('seal_too_long');
      return /^[ 0-9A-Z]*$/.test(decodeC40(bytes)) ? 'text' : fail('other characters');
    },
  },
  vdsNc: { shapes: ['json'], seeds: ['vdsnc'], run: (bytes) => parseVdsNc(bytes).type },
  json: {
    shapes: ['json'],
    seeds: ['json', 'vdsnc'],
    run: (bytes) => {
      const canonical = canonicalText(parseStrictJson(bytes));
      const again = canonicalText(parseStrictJson(Buffer.from(canonical)));
      return canonical === again ? 'json' : fail('the canonical form has another one');
    },
  },
  seal: { shapes: ['seal', 'json'], seeds: ['seal', 'vdsnc'], run: judgeSeal },
  printed: { shapes: ['zone'], seeds: ['printed'], share: 0.1, run: judgePrinted },
  answer: { shapes: ['ber'], seeds: ['answer'], run: openAnswers },
  activeAnswer: { shapes: ['ber'], seeds: ['aa'], run: judgeActiveAnswer },
  chipAuthentication: { shapes: ['ber'], seeds: ['ca'], share: 0.2, run: judgeChipAuthentication },
  jpeg2000: {
    shapes: ['image'],
    seeds: ['jpeg2000'],
    run: (bytes) => (jpeg2000Size(bytes) === null ? 'none' : 'size'),
  },
  chip: { shapes: ['ber', 'zone', 'image'], seeds: ['chip'], run: judgeChip },
  zone: {
    shapes: ['pixels'],
    seeds: ['pixels'],
    // In production a worker reads it, under a limit of its own.
    slowMs: 5000,
    share: 0.005,
    run: (bytes) => readZone(pictureOf(bytes), { now, specimenStates: true }).outcome,
  },
};

/** Faults of our own, to see that the fuzzer finds what chance does not, and outlives them. Not among the parsers. */
const plantedTargets: Readonly<Record<string, Target>> = {
  planted: { shapes: [], seeds: ['planted'], run: failBehindMark },
  hanging: { shapes: [], seeds: ['planted'], run: neverAnswer },
  greedy: { shapes: [], seeds: ['planted'], run: takeAllMemory },
};

export function targetCalled(name: string): Target {
  const target = targets[name] ?? plantedTargets[name];
  if (target === undefined) throw new Error(`there is no target ${name}`);
  return target;
}

function walk(element: Element): number {
  if (element.tag === Tag.oid) oidOf(element);
  if (element.tag === Tag.integer) unsignedHexOf(element);
  if (element.tag === Tag.utcTime || element.tag === Tag.generalizedTime) timeOf(element);
  if (element.tag === Tag.printableString || element.tag === Tag.bmpString) textOf(element);
  if (!element.constructed) return 1;
  return childrenOf(element).reduce((sum, child) => sum + walk(child), 1);
}

/** Features as octets have them, for a reader that gets them from a parser. */
function tagged(bytes: Buffer): { tag: number; value: Buffer }[] {
  const features: { tag: number; value: Buffer }[] = [];
  for (let at = 0; at + 2 <= bytes.length; at += 2 + bytes[at + 1]!) {
    features.push({ tag: bytes[at]!, value: bytes.subarray(at + 2, at + 2 + bytes[at + 1]!) });
  }
  return features;
}

function fail(why: string): never {
  throw new Error(why);
}

export function runTarget({ run }: Target, bytes: Buffer): Outcome {
  try {
    return { kind: 'parsed', word: run(bytes) };
  } catch (error) {
    if (error instanceof FormatRefusal) return { kind: 'refused', word: error.reason };
    return { kind: 'fault', word: error instanceof Error ? `${error.stack}` : String(error) };
  }
}
