import { childrenOf, readOnly, type Element } from '../../src/documents/ber.ts';
import { oidOf, Tag } from '../../src/documents/asn1-values.ts';
import { parseCertificate } from '../../src/documents/certificates.ts';
import { readChipAuthenticationKey } from '../../src/documents/chip-authentication-keys.ts';
import { readActiveAuthenticationKey, readChipSecurity } from '../../src/documents/chip-keys.ts';
import { checkSignedAttributes } from '../../src/documents/cms.ts';
import { FormatRefusal } from '../../src/documents/format-refusal.ts';
import { readAdditionalDetails, readCommonData, readMrzLines } from '../../src/documents/lds.ts';
import { readPortrait } from '../../src/documents/lds-portrait.ts';
import { parseMasterList } from '../../src/documents/master-lists.ts';
import { mrzLinesOf, parseMrz } from '../../src/documents/mrz.ts';
import { parseRevocationList } from '../../src/documents/revocation-lists.ts';
import { parseStrictJson } from '../../src/documents/seal-json.ts';
import { verifySeal } from '../../src/documents/seal-verify.ts';
import { openAnswer } from '../../src/documents/secure-messaging.ts';
import { deriveSessionKeys } from '../../src/documents/secure-messaging-ciphers.ts';
import { parseSecurityObject } from '../../src/documents/security-object.ts';
import { parseVds } from '../../src/documents/vds.ts';
import { parseVdsNc } from '../../src/documents/vds-nc.ts';
import { missingSignerOf } from '../../src/documents/signer-reference.ts';
import { jpeg2000Size } from '../../src/lib/jpeg2000-header.ts';

/** A parser under test: it gives a word for what it made of the bytes, and throws nothing but a FormatRefusal. */
export type Target = (bytes: Buffer) => string;

export type Outcome =
  | { kind: 'parsed' | 'refused'; word: string }
  /** Anything but our typed refusal: a fault. */
  | { kind: 'fault'; word: string };

const now = new Date('2026-11-22T12:00:00Z');
const keys = deriveSessionKeys('aes-128', Buffer.alloc(16, 1));

export const targets: Readonly<Record<string, Target>> = {
  ber: (bytes) => `${walk(readOnly(bytes, { rules: 'ber' }))}`,
  der: (bytes) => `${walk(readOnly(bytes))}`,
  mrz: (bytes) => {
    const result = parseMrz(mrzLinesOf(bytes.toString('latin1')), { now, specimenStates: true });
    return result.ok ? result.mrz.format : result.problems.join();
  },
  com: (bytes) => `${readCommonData(bytes).dataGroups.length}`,
  dg1: (bytes) => `${readMrzLines(bytes).length}`,
  dg2: (bytes) => readPortrait(bytes).mimeType,
  dg11: (bytes) => Object.keys(readAdditionalDetails(bytes)).join(),
  dg14: (bytes) => `${readChipSecurity(bytes).activeAuthenticationHash}`,
  dg14Key: (bytes) => `${readChipAuthenticationKey(bytes)?.cipher}`,
  dg15: (bytes) => readActiveAuthenticationKey(bytes).kind,
  sod: (bytes) => {
    const { signed } = parseSecurityObject(bytes);
    const missing = missingSignerOf(bytes) === null;
    return `${JSON.stringify(checkSignedAttributes(signed))} ${missing}`;
  },
  certificate: (bytes) => parseCertificate(bytes).publicKey.kind,
  revocationList: (bytes) => `${parseRevocationList(bytes).revoked.size}`,
  masterList: (bytes) => `${parseMasterList(bytes).certificates.length}`,
  vds: (bytes) => `${parseVds(bytes).features.length}`,
  vdsNc: (bytes) => parseVdsNc(bytes).type,
  json: (bytes) => typeof parseStrictJson(bytes),
  seal: (bytes) => {
    const trust = { signers: [], anchors: [], crls: [] };
    return said(verifySeal({ bytes, trust, now }).checks);
  },
  answer: (bytes) => {
    const opened = openAnswer(keys, Buffer.alloc(16), bytes);
    return opened.ok ? 'opened' : opened.reason;
  },
  jpeg2000: (bytes) => (jpeg2000Size(bytes) === null ? 'none' : 'size'),
};

function walk(element: Element): number {
  if (element.tag === Tag.oid) oidOf(element);
  if (!element.constructed) return 1;
  return childrenOf(element).reduce((sum, child) => sum + walk(child), 1);
}

/** What a verdict's checks say; a fault inside a verdict is one of ours. */
function said(checks: readonly { outcome: string; reason?: string }[]): string {
  const words = checks.map(({ outcome, reason }) => `${outcome} ${reason ?? ''}`);
  if (words.some((word) => word.includes('internal_error'))) throw new Error('internal_error');
  return words.join();
}

export function runTarget(name: string, bytes: Buffer): Outcome {
  try {
    return { kind: 'parsed', word: targets[name]!(bytes) };
  } catch (error) {
    if (error instanceof FormatRefusal) return { kind: 'refused', word: error.reason };
    return { kind: 'fault', word: error instanceof Error ? `${error.stack}` : String(error) };
  }
}
