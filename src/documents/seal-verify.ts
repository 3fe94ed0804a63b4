import { createHash } from 'node:crypto';
import { attempt, finding, passed, type Finding } from './findings.ts';
import { judgeBinding } from './seal-binding.ts';
import {
  bindingOf,
  decideSeal,
  everySealCheck,
  sealChecksOf,
  type SealFindings,
} from './seal-decision-table.ts';
import type { SealReading } from './seal-reading.ts';
import { judgeSealSigner, unjudgedSealSigner } from './seal-signer.ts';
import type { SealPolicy, SealVerdict, VerifySealInput } from './seal-verdict.ts';
import { MAGIC } from './vds-header.ts';
import { readingOfVdsNc } from './vds-nc-reading.ts';
import { readingOfVds } from './vds-reading.ts';

/** What production asks. A sandbox adds `specimenStates`. */
export const defaultSealPolicy: SealPolicy = {
  revocation: 'required',
  minRsaBits: 2048,
  specimenStates: false,
};

/**
 * Judges one visible digital seal (Doc 9303-13) or VDS-NC, told apart by the first octet. Pure and deterministic; never
 * throws for bytes. The verdict holds every check of the decision table; anything unknown withholds `genuine`.
 */
export function verifySeal(input: VerifySealInput): SealVerdict {
  const judged = attempt(() => {
    const isVds = input.bytes[0] === MAGIC;
    return judge(input, isVds ? readingOfVds(input) : readingOfVdsNc(input.bytes));
  });
  return judged.ok ? judged.value : unreadSealVerdict(input, judged.finding);
}

/** The verdict on octets that could not be read as a seal, or on a picture in which none was found. */
export function unreadSealVerdict(
  { bytes, now }: Pick<VerifySealInput, 'bytes' | 'now'>,
  why: Finding,
): SealVerdict {
  const unread = everySealCheck(finding('unknown', 'seal_unread'));
  return {
    ...summaryOf({ ...unread, seal_well_formed: why }),
    kind: null,
    algorithms: { level: 'lowered' },
    fingerprints: { seal: sha256(bytes) },
    at: now.toISOString(),
  };
}

function judge(input: VerifySealInput, reading: SealReading): SealVerdict {
  const { now, trust } = input;
  const policy = { ...defaultSealPolicy, ...input.policy };
  const { known, signature, signer, key, algorithm } = reading.signing;
  const signatureHolds = signature.outcome === 'passed';
  const by =
    signer === undefined || key === undefined
      ? undefined
      : judgeSealSigner({ ...reading.signer, signer, key, trust, policy, now });
  const binding = judgeBinding({
    facts: reading.facts,
    printed: input.printed ?? {},
    signatureHolds,
    now,
    specimenStates: policy.specimenStates,
  });
  const { expiresOn } = binding;
  return {
    ...summaryOf({
      seal_well_formed: passed,
      ...reading.findings,
      signer_known: known,
      signature,
      ...(by?.findings ?? unjudgedSealSigner('signer_unread')),
      ...binding.findings,
    }),
    kind: reading.kind,
    content: { ...reading.content, ...(expiresOn === undefined ? {} : { expiresOn }) },
    algorithms: {
      ...(algorithm === undefined ? {} : { seal: algorithm }),
      ...(by?.signerCertificate === undefined ? {} : { signerCertificate: by.signerCertificate }),
      level: by?.level ?? 'lowered',
    },
    fingerprints: { seal: sha256(input.bytes), ...by?.fingerprints },
    at: now.toISOString(),
  };
}

function summaryOf(findings: SealFindings): Pick<SealVerdict, 'outcome' | 'checks' | 'binding'> {
  const checks = sealChecksOf(findings);
  return { outcome: decideSeal(checks), checks, binding: bindingOf(findings) };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
