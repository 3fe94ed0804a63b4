import { createHash } from 'node:crypto';
import {
  judgeActiveAuthentication,
  hashOfRecoveredBlock,
} from '../../src/documents/active-authentication.ts';
import { childrenOf, contentOf, rawOf, readFirst, readOnly } from '../../src/documents/ber.ts';
import { parseCertificate } from '../../src/documents/certificates.ts';
import {
  chipAuthenticationState,
  runChipAuthentication,
  startChipAuthentication,
  withChipAnswer,
} from '../../src/documents/chip-authentication.ts';
import { readActiveAuthenticationKey } from '../../src/documents/chip-keys.ts';
import type { ChipFileName } from '../../src/documents/chip-verdict.ts';
import {
  checkSignedAttributes,
  signerCertificatesOf,
  signerSignatureHolds,
} from '../../src/documents/cms.ts';
import { der } from '../../src/documents/der-writer.ts';
import { malformed } from '../../src/documents/format-refusal.ts';
import { fileTags } from '../../src/documents/lds.ts';
import {
  extendTrust,
  isSignedBy,
  readListedAnchors,
  runSteps,
} from '../../src/documents/master-list-anchors.ts';
import { judgeListSigner } from '../../src/documents/master-list-signer.ts';
import { parseMasterList } from '../../src/documents/master-lists.ts';
import { mrzLinesOf } from '../../src/documents/mrz.ts';
import { isListSignedBy } from '../../src/documents/revocation.ts';
import { parseRevocationList } from '../../src/documents/revocation-lists.ts';
import { verifySeal } from '../../src/documents/seal-verify.ts';
import { openAnswer } from '../../src/documents/secure-messaging.ts';
import {
  blockBytes,
  deriveSessionKeys,
  macOf,
  type SessionKeys,
} from '../../src/documents/secure-messaging-ciphers.ts';
import { parseSecurityObject } from '../../src/documents/security-object.ts';
import { missingSignerOf } from '../../src/documents/signer-reference.ts';
import { parseVdsNc } from '../../src/documents/vds-nc.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { now } from './fixed-time.ts';
import { treeOf } from './mutators/element-tree.ts';
import { readSeed, readSeeds } from './seeds/read-seeds.ts';

/** Judgements that go further than one parser: what is read is used, and what was changed must not pass. */

/** Under this our seeds' chips are genuine. */
export const chipTrust = {
  anchors: [readSeed('anchor-chips')],
  crls: [readSeed('crl-chips')],
  policy: { specimenStates: true },
};
const chipAnchor = parseCertificate(chipTrust.anchors[0]!);

export function judgeSod(bytes: Buffer): string {
  const { signed } = parseSecurityObject(bytes);
  const attributes = JSON.stringify(checkSignedAttributes(signed));
  const holds = signerCertificatesOf(signed).map((signer) => signerSignatureHolds(signed, signer));
  return `${attributes} ${holds.join()} ${missingSignerOf(bytes) === null}`;
}

export function judgeRevocationList(bytes: Buffer): string {
  const list = parseRevocationList(bytes);
  return `${list.revoked.size} ${isListSignedBy(list, chipAnchor)}`;
}

/** Issuers of our certificates, by an elliptic key and by RSA. */
const issuers = ['anchor-lists', 'anchor-rsa'].map((name) => parseCertificate(readSeed(name)));

export function judgeCertificate(bytes: Buffer): string {
  const certificate = parseCertificate(bytes);
  const signedBy = [...issuers, certificate].map((issuer) => isSignedBy(certificate, issuer));
  return `${certificate.publicKey.kind} ${signedBy.join()}`;
}

const listRoot = parseCertificate(readSeed('anchor-lists'));

export function judgeMasterList(bytes: Buffer): string {
  const list = parseMasterList(bytes);
  const signer = judgeListSigner({ list, root: listRoot, now });
  const { anchors, refused } = runSteps(readListedAnchors(list.certificates));
  const candidates = anchors.map(({ certificate }) => certificate);
  const links = runSteps(extendTrust({ trusted: [listRoot], candidates }));
  return `${signer.ok} ${anchors.length} ${refused.map(({ reason }) => reason).join()} ${links.size}`;
}

const soundSeals = readSeeds('seal').map((bytes) => bytes.toString('hex'));
const soundData = readSeeds('vdsnc').map((bytes) => parseVdsNc(bytes).signed.toString('hex'));
const sealTrust = {
  signers: [parseCertificate(readSeed('signer-seals'))],
  anchors: [parseCertificate(readSeed('anchor-seals'))],
  crls: [parseRevocationList(readSeed('crl-seals'))],
};

/** The printed zone beside a sound seal: only the very zone that is sealed binds. */
export function judgePrinted(bytes: Buffer): string {
  const mrzLines = mrzLinesOf(bytes.toString('latin1'));
  // The visa's own number, but for the last place, is the passport's.
  const passportNumber = `${mrzLines[1]?.slice(0, 8)}3`;
  const [, month, day] = /(..)(..)(..)/.exec(mrzLines[1]?.slice(13, 19) ?? '') ?? [];
  const printed = { mrzLines, passportNumber, dateOfBirth: `1990-${month}-${day}` };
  const policy = { specimenStates: true };
  const verdicts = printedBeside.map((seal) =>
    verifySeal({ bytes: seal, trust: sealTrust, printed, now, policy }),
  );
  return verdicts.map(({ binding, checks }) => `${binding} ${said(checks)}`).join();
}

const printedBeside = [readSeed('seal-5d01'), readSeed('vdsnc-vaccination')];

/** Genuine are only the seals that we made: all octets of a VDS, what is signed of a VDS-NC. */
export function judgeSeal(bytes: Buffer): string {
  const verdict = verifySeal({ bytes, trust: sealTrust, now, policy: { specimenStates: true } });
  if (verdict.outcome === 'genuine') {
    const ours =
      verdict.kind === 'vds'
        ? soundSeals.includes(bytes.toString('hex'))
        : soundData.includes(parseVdsNc(bytes).signed.toString('hex'));
    if (!ours) throw new Error('a changed seal is genuine');
  }
  return said(verdict.checks);
}

const sessions = (['3des', 'aes-128'] as const).map((cipher) => ({
  keys: deriveSessionKeys(cipher, Buffer.alloc(16, 1)),
  counter: Buffer.alloc(cipher === '3des' ? 8 : 16),
}));

/** The octets as an answer; and as one of a chip that has the keys and says what it likes. */
export function openAnswers(bytes: Buffer): string {
  return sessions
    .flatMap(({ keys, counter }) => [
      openAnswer(keys, counter, bytes),
      openAnswer(keys, counter, withRightMac(bytes, keys, counter)),
    ])
    .map((opened) => (opened.ok ? `opened ${opened.data.length}` : opened.reason))
    .join();
}

function withRightMac(bytes: Buffer, keys: SessionKeys, counter: Buffer): Buffer {
  const objects = treeOf(bytes.subarray(0, -2)).map(({ start, end }) => bytes.subarray(start, end));
  const covered = Buffer.concat(objects.filter((object) => object[0] !== 0x8e));
  const block = blockBytes[keys.cipher];
  const padding = Buffer.alloc(block - (covered.length % block));
  padding[0] = 0x80;
  const mac = macOf(keys, Buffer.concat([counter, covered, padding]));
  return Buffer.concat([covered, der(0x8e, mac), bytes.subarray(-2)]);
}

const challenge = Buffer.from('1122334455667788', 'hex');
const chipKeys = readSeeds('dg15').map((bytes) => readActiveAuthenticationKey(bytes));
const soundAnswers = readSeeds('aa').map((bytes) => bytes.toString('hex'));

/** Answers to the challenge; and the same octets as a block that RSA would have given back. */
export function judgeActiveAnswer(response: Buffer): string {
  const judged = chipKeys.map((key) => {
    const answer = judgeActiveAuthentication(key, { challenge, response }, undefined);
    const sound = soundAnswers.includes(response.toString('hex'));
    // Of one ECDSA signature there are others that hold (n - s, DER), of one of RSA there are none.
    if (answer.ok && key.kind === 'rsa' && !sound) throw new Error('a changed answer holds');
    return answer.ok ? answer.hash : answer.reason;
  });
  return `${judged.join()} ${hashOfRecoveredBlock(response, challenge)}`;
}

/** SEQUENCE { DG14, EF.SOD, our secret, SEQUENCE OF answer }: a kept session, as the seeds have it. */
export function judgeChipAuthentication(bytes: Buffer): string {
  const [dg14, sod, secret, answers] = childrenOf(readOnly(bytes, { rules: 'ber' }));
  if (dg14 === undefined || sod === undefined || answers === undefined)
    throw malformed('no_session');
  const kept = childrenOf(answers).map((answer) => contentOf(answer));
  // The secret is our own: nobody else can change it.
  const own = contentOf(secret!).length === 0 ? Buffer.alloc(32, 7) : contentOf(secret!);
  if (!ownSecrets.includes(own.toString('hex'))) return 'not our secret';
  const session = { secret: own, answers: kept };
  const files = coveredFiles(rawOf(dg14));
  const started = startChipAuthentication(files, fixedRandom);
  if (started.ok) chipAuthenticationState(files, withChipAnswer(started.session, own));
  const state = runChipAuthentication(rawOf(dg14), rawOf(sod), session);
  return state.state === 'passed' ? `passed ${state.algorithm}` : `${state.state} ${started.ok}`;
}

const fixedRandom = {
  bytes: (length: number) => Buffer.alloc(length, 7),
  integer: () => 7,
  token: () => '7',
};
const coveringSod = readSeed('sod-ecdsa');
const coveredDigest = createHash('sha256').update(readSeed('dg14-ecdsa')).digest();

/** Any DG14, under a SOD that holds its hash: a start asks for no signature. */
function coveredFiles(dg14: Buffer): Map<ChipFileName, Buffer> {
  const sod = Buffer.from(coveringSod);
  createHash('sha256').update(dg14).digest().copy(sod, sod.indexOf(coveredDigest));
  return new Map([
    ['DG14', dg14],
    ['EF_SOD', sod],
  ]);
}

const ownSecrets = readSeeds('ca').map((bytes) => {
  const [, , secret] = childrenOf(readOnly(bytes, { rules: 'ber' }));
  return contentOf(secret!).toString('hex');
});

const namesByTag = new Map(Object.entries(fileTags).map(([name, tag]) => [tag, name]));

/** The files of a chip, one behind the other. */
export function filesOf(bytes: Buffer): Map<ChipFileName, Buffer> {
  const files = new Map<ChipFileName, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const file = readFirst(bytes.subarray(at), { rules: 'ber' });
    const name = namesByTag.get(file.tag);
    if (name !== undefined) files.set(name as ChipFileName, rawOf(file));
    at += file.end;
  }
  return files;
}

const soundFiles = new Set(
  readSeeds('chip').flatMap((bytes) =>
    [...filesOf(bytes)].map(([name, file]) => sealed(name, file)),
  ),
);

/**
 * All octets of a data group; of a SOD those that are signed, the signature, and whose it is. The rest of a SOD may be written in
 * more ways than one: lengths in BER, the attributes of the signer's name in another order.
 */
function sealed(name: ChipFileName, file: Buffer): string {
  if (name !== 'EF_SOD') return file.toString('hex');
  const { signed } = parseSecurityObject(file);
  const { signedAttributes = Buffer.alloc(0), signature } = signed.signer;
  const signers = signerCertificatesOf(signed).map(({ fingerprint }) => fingerprint);
  return [signed.content, signedAttributes, signature]
    .map((octets) => octets.toString('hex'))
    .concat(signers)
    .join();
}

const chipAnswer = readSeed('aa-ecdsa');

/** Genuine is a chip only with files that we made; EF.COM, which nobody signs, may be any. */
export function judgeChip(bytes: Buffer): string {
  const files = filesOf(bytes);
  // The short key is the elliptic one, and the kept answer its chip's.
  const asked = (files.get('DG15')?.length ?? 1000) < 150;
  const activeAuthentication = { challenge, response: chipAnswer };
  const exchange = asked ? { activeAuthentication } : {};
  const verdict = verifyChip({ files, now, ...chipTrust, ...exchange });
  if (verdict.outcome === 'genuine') {
    const signed = [...files].filter(([name]) => name !== 'EF_COM');
    const ours = signed.every(([name, file]) => soundFiles.has(sealed(name, file)));
    if (!ours) throw new Error('a changed chip is genuine');
  }
  return said(verdict.checks);
}

/** What a verdict's checks say; a fault inside a verdict is one of ours. */
function said(checks: readonly { outcome: string; reason?: string }[]): string {
  const words = checks.map(({ outcome, reason }) => `${outcome} ${reason ?? ''}`);
  if (words.some((word) => word.includes('internal_error'))) throw new Error('internal_error');
  return words.join();
}
