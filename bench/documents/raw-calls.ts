import { constants, createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { indexAnchors, stateIssuers } from '../../src/documents/anchor-index.ts';
import { findAnchor } from '../../src/documents/certificate-chain.ts';
import { parseCertificate, type Certificate } from '../../src/documents/certificates.ts';
import type { VerifyChipInput } from '../../src/documents/chip-verdict.ts';
import { signerCertificateOf } from '../../src/documents/cms.ts';
import { nameOfKey } from '../../src/documents/public-keys.ts';
import { parseSecurityObject } from '../../src/documents/security-object.ts';
import type { SignatureAlgorithm } from '../../src/documents/signature-algorithms.ts';

/** What no verifier of this chip can do without, as calls of `node:crypto` on bytes that lie ready. */
export interface RawCalls {
  /** All: hashes of the groups and of the content, import of the signer's key, its signature, its issuer's. */
  run: () => boolean;
  /** Of these the issuer's signature alone: what a cache of verified signers can save. */
  issuer: () => boolean;
  /** `rsa-pkcs1 2048, rsa-pkcs1 4096`: the signer's, its issuer's. */
  signatures: string;
}

export function rawCallsOf({ files, anchors }: VerifyChipInput): RawCalls {
  const sod = parseSecurityObject(files.get('EF_SOD')!);
  const { signed } = sod;
  const signer = signerCertificateOf(signed);
  const issuers = issuersOf(
    signer,
    anchors.flatMap((bytes) => readable(bytes)),
  );
  const groups = [...files].filter(([name]) => name !== 'EF_SOD').map(([, bytes]) => bytes);
  const attributes = signed.signer.signedAttributes ?? signed.content;
  const issuer = () => {
    const holding = issuers.keys.filter((key) =>
      rawVerify(signer.algorithm, signer.signed, key, signer.signature),
    );
    return holding.length === issuers.holding;
  };
  const run = () => {
    for (const group of groups) hash(sod.hash, group);
    hash(signed.signer.digest, signed.content);
    const key = createPublicKey({ key: signer.keyInfo, format: 'der', type: 'spki' });
    return rawVerify(signed.signer.algorithm, attributes, key, signed.signer.signature) && issuer();
  };
  const own = `${signed.signer.algorithm.family} ${nameOfKey(signer.publicKey)}`;
  return { run, issuer, signatures: `${own}, ${issuers.name}` };
}

/** The anchor that signed it; where none did, every key of its state that had to be asked to know that. */
function issuersOf(signer: Certificate, anchors: readonly Certificate[]) {
  const chain = findAnchor(signer, anchors);
  if (chain.ok) {
    const { publicKey } = chain.anchor;
    const name = `${signer.algorithm.family} ${nameOfKey(publicKey)}`;
    return { keys: [publicKey.key], holding: 1, name };
  }
  const asked = stateIssuers(signer, indexAnchors(anchors));
  const different = new Map(asked.map((anchor) => [anchor.keyInfo.toString('hex'), anchor]));
  const keys = [...different.values()].map((anchor) => anchor.publicKey.key);
  return { keys, holding: 0, name: `none of ${keys.length} keys` };
}

function rawVerify(
  algorithm: SignatureAlgorithm,
  data: Buffer,
  key: KeyObject,
  signature: Buffer,
): boolean {
  if (algorithm.family !== 'rsa-pss') return verify(algorithm.hash, data, key, signature);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify(algorithm.hash, data, { key, padding, saltLength: algorithm.saltBytes }, signature);
}

function readable(bytes: Buffer): Certificate[] {
  try {
    const certificate = parseCertificate(bytes);
    return certificate.publicKey === undefined ? [] : [certificate];
  } catch {
    return [];
  }
}
