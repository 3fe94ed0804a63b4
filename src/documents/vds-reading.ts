import { attempt, finding, passed, type Attempt, type Finding } from './findings.ts';
import { signingBy, type SealReading, type SealSigning } from './seal-reading.ts';
import { checkPlainSignature, sealHashOf } from './seal-signature.ts';
import { signersNamed } from './seal-signer.ts';
import type { VerifySealInput } from './seal-verdict.ts';
import { vdsDocumentTypeOf } from './vds-document-types.ts';
import { readFeatures, unreadFeatures, type ReadFeatures } from './vds-features.ts';
import { parseVds, type Vds } from './vds.ts';

const DAY_MS = 24 * 3600 * 1000;

/** Reads a seal of Doc 9303-13 and finds its signer. Throws a FormatRefusal for octets that are none. */
export function readingOfVds({ bytes, trust, now }: VerifySealInput): SealReading {
  const seal = parseVds(bytes);
  const { issuingState, issuedOn, signedOn, documentRef, signer, version } = seal.header;
  const type = vdsDocumentTypeOf(documentRef);
  const unread: ReadFeatures = { features: unreadFeatures(seal.features), hasUnknown: false };
  const read: Attempt<ReadFeatures> =
    type === null ? { ok: true, value: unread } : attempt(() => readFeatures(type, seal.features));
  const facts = read.ok ? read.value : unread;
  const { features } = facts;
  const documentType = type?.name ?? null;
  return {
    kind: 'vds',
    content: {
      documentType,
      documentRef,
      version,
      issuingState,
      issuedOn,
      signedOn,
      signer,
      features,
    },
    facts,
    signing: signingOf(seal, trust.signers),
    signer: { kind: 'vds', issuingState, signedOn, documentTypes: codesOf(facts) },
    findings: {
      document_type: type === null ? finding('unknown', 'document_type_unknown') : passed,
      features: checkFeatures(read),
      dates: checkDates({ issuedOn, signedOn }, now),
    },
  };
}

/** The first named signer whose key made the signature; else what the last of them said. */
function signingOf(
  { header, signed, signature }: Vds,
  signers: VerifySealInput['trust']['signers'],
): SealSigning {
  const tried = signersNamed(header.signer, signers).map((signer) =>
    signingBy(signer, (key) => {
      const hash = sealHashOf(key);
      return { hash, signature: checkPlainSignature({ key, hash, data: signed, signature }) };
    }),
  );
  const holding = tried.find((attempted) => attempted.signature.outcome === 'passed');
  const unknown = finding('unknown', 'signer_unknown');
  return holding ?? tried.at(-1) ?? { known: unknown, signature: unknown };
}

/** Document codes that a signer's certificate may list for this document: both characters, or the first. */
function codesOf({ zone }: ReadFeatures): string[] | null {
  const code = zone?.lines[0].slice(0, 2).replaceAll('<', '');
  return code === undefined ? null : [code, code.slice(0, 1)];
}

/** Features that a type does not define never make a seal invalid (BSI TR-03137 §3.2.3). */
function checkFeatures(read: Attempt<ReadFeatures>): Finding {
  if (!read.ok) return read.finding;
  return read.value.hasUnknown ? finding('warned', 'unknown_feature') : passed;
}

/** Neither tomorrow; time zones take a day. */
function checkDates({ issuedOn, signedOn }: Record<'issuedOn' | 'signedOn', string>, now: Date) {
  const later = (date: string) => Date.parse(`${date}T00:00:00Z`) > now.getTime() + DAY_MS;
  if (later(signedOn)) return finding('failed', 'signed_in_the_future');
  return later(issuedOn) ? finding('failed', 'issued_in_the_future') : passed;
}
