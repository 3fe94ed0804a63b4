import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoPeople } from '../src/dev/demo-people.ts';
import { answerActiveAuthentication } from '../src/dev/passport-maker/answer-active-authentication.ts';
import { makePassport } from '../src/dev/passport-maker/make-passport.ts';
import { writeDg2 } from '../src/dev/passport-maker/write-chip-files.ts';
import { ecKey, makeSandboxPki, rsaKey } from '../src/dev/passport-maker/sandbox-pki.ts';
import { judgeActiveAuthentication } from '../src/documents/active-authentication.ts';
import { rawOf, readOnly } from '../src/documents/ber.ts';
import { sequenceOf } from '../src/documents/asn1-values.ts';
import { findAnchor } from '../src/documents/certificate-chain.ts';
import { parseCertificate, type Certificate } from '../src/documents/certificates.ts';
import type { ChipFiles, VerifyChipInput } from '../src/documents/chip-verdict.ts';
import { signerCertificateOf } from '../src/documents/cms.ts';
import { parseMasterList } from '../src/documents/master-lists.ts';
import { parseMrz } from '../src/documents/mrz.ts';
import { publicKeyOf } from '../src/documents/public-keys.ts';
import { parseSecurityObject } from '../src/documents/security-object.ts';
import { signatureHolds } from '../src/documents/signatures.ts';
import type { SignatureAlgorithm } from '../src/documents/signature-algorithms.ts';
import { verifyChip } from '../src/documents/verify-chip.ts';
import { decodeJpeg2000 } from '../src/lib/jpeg2000-decoder.ts';
import { systemRandom } from '../src/lib/random.ts';
import { verifyMasterList } from '../src/trust/import-verify.ts';
import { compare, rate } from './compare.ts';
import { report, type Result } from './report.ts';

const now = new Date('2026-11-22T12:00:00Z');
const vectors = fileURLToPath(new URL('../../shared/vectors/', import.meta.url));
const PORTRAIT_BYTES = 20_000;
const chipKeys = { rsa: rsaKey, ec: () => ecKey('P-256') };

/**
 * Documents against raw `node:crypto` on the same keys, in turns in one run: `ratio` is our processor time over that of the
 * signatures, hashes and key imports alone; `cached` is the ratio with a cache of verified document signers. Real documents are measured where they lie beside the project.
 */
export async function runDocuments(): Promise<void> {
  const results: Result[] = [...(await sandboxChips()), ...realChips(), ...chipAnswers(), zones()];
  if (existsSync(vectors)) results.push(masterListOf('DE'), await portraits());
  report('documents', results.map(filled));
}

/** One set of columns for all. */
function filled(result: Result): Result {
  return { what: '', ratio: '', ours_us: '', raw_us: '', cached: '', ...result };
}

interface Subject {
  what: string;
  input: VerifyChipInput;
}

async function sandboxChips(): Promise<Result[]> {
  const pki = makeSandboxPki({ clock: { now: () => now }, random: systemRandom });
  const results: Result[] = [];
  for (const person of [demoPeople.anna, demoPeople.mai]) {
    const { files } = await makePassport(pki, { person, now });
    const trust = { anchors: [pki.csca.certificate], crls: [pki.revocationList] };
    const input = { files, now, ...trust, policy: { specimenStates: true } };
    const what = `sandbox chip, ${person.chipAlgorithm} signer`;
    if (verifyChip(input).outcome !== 'genuine') throw new Error(`${what} is not genuine`);
    results.push(passiveAuthentication({ what, input }));
  }
  return results;
}

/** Real SODs with a made-up portrait of 20 kB: its hash differs, which changes the verdict and not the work. */
function realChips(): Result[] {
  if (!existsSync(vectors)) return [];
  const anchors = ['DE_ML_2026-05-28.ml', 'NL_ML_2026-07-22.ml'].flatMap((name) => [
    ...parseMasterList(readFileSync(join(vectors, 'masterlists', name))).certificates,
  ]);
  const jpeg = Buffer.alloc(PORTRAIT_BYTES, 7);
  jpeg.write('ffd8ffe0', 'hex');
  const portrait = writeDg2(jpeg, { width: 413, height: 531 });
  return readdirSync(join(vectors, 'sod'))
    .filter((name) => name.endsWith('EF_SOD.bin'))
    .map((name) => {
      const sod = readFileSync(join(vectors, 'sod', name));
      const files: ChipFiles = new Map([
        ['EF_SOD', sod],
        ['DG2', portrait],
      ]);
      return passiveAuthentication({
        what: `${name.replace('_EF_SOD.bin', '')} SOD, 588 + 411 anchors`,
        input: { files, now, anchors, crls: [] },
      });
    });
}

function passiveAuthentication({ what, input }: Subject): Result {
  const raw = rawCalls(input);
  if (!raw.run()) throw new Error(`${what}: a signature does not hold`);
  const verifiedSigners = new Map<string, boolean>();
  const cached = compare(() => verifyChip({ ...input, verifiedSigners }), raw.run);
  return {
    what: `${what} (${raw.signatures})`,
    ...compare(() => verifyChip(input), raw.run),
    cached: cached.ratio,
  };
}

/** What a verifier cannot do without: the groups' hashes, the signer's key import, its signature, its issuer's. */
function rawCalls({ files, anchors }: VerifyChipInput) {
  const sod = parseSecurityObject(files.get('EF_SOD')!);
  const { signed } = sod;
  const signer = signerCertificateOf(signed);
  const parsed = anchors.map((bytes) => readable(bytes)).filter((anchor) => anchor !== null);
  const chain = findAnchor(signer, parsed);
  const issuerKey = chain.ok ? chain.anchor.publicKey.key : null;
  const spki = publicKeyInfoOf(signer);
  const groups = [...files].filter(([name]) => name !== 'EF_SOD').map(([, bytes]) => bytes);
  const attributes = signed.signer.signedAttributes ?? signed.content;
  const run = () => {
    for (const group of groups) createHash(sod.hash).update(group).digest();
    createHash(signed.signer.digest).update(signed.content).digest();
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const holds = rawVerify(signed.signer.algorithm, attributes, key, signed.signer.signature);
    return (
      holds &&
      (issuerKey === null ||
        rawVerify(signer.algorithm, signer.signed, issuerKey, signer.signature))
    );
  };
  const name = ({ family }: SignatureAlgorithm, { publicKey }: Certificate) =>
    `${family} ${publicKey.kind === 'ec' ? publicKey.curve.name : publicKey.modulusBits}`;
  const issuer = chain.ok ? name(signer.algorithm, chain.anchor) : 'no anchor';
  return { run, signatures: `${name(signed.signer.algorithm, signer)}, ${issuer}` };
}

function rawVerify(
  algorithm: SignatureAlgorithm,
  data: Buffer,
  key: KeyObject,
  signature: Buffer,
): boolean {
  if (algorithm.family !== 'rsa-pss') return verify(algorithm.hash, data, key, signature);
  const publicKey = publicKeyOf(key.export({ type: 'spki', format: 'der' }));
  return signatureHolds({ publicKey: { ...publicKey, key }, algorithm, data, signature });
}

/** SubjectPublicKeyInfo as it stands in the certificate. */
function publicKeyInfoOf({ signed }: Certificate): Buffer {
  const fields = sequenceOf(readOnly(signed), 'bad_certificate');
  return rawOf(fields[fields[0]!.tag === 0xa0 ? 6 : 5]!);
}

function readable(bytes: Buffer): Certificate | null {
  try {
    return parseCertificate(bytes);
  } catch {
    return null;
  }
}

function chipAnswers(): Result[] {
  const challenge = Buffer.from('1122334455667788', 'hex');
  return (['rsa', 'ec'] as const).map((kind) => {
    const chipKey = chipKeys[kind]();
    const response = answerActiveAuthentication(chipKey, challenge, systemRandom);
    const spki = createPublicKey(chipKey).export({ type: 'spki', format: 'der' });
    const key = publicKeyOf(spki);
    const signature = sign('sha256', challenge, chipKey);
    const ours = () => judgeActiveAuthentication(key, { challenge, response }, 'sha256').ok;
    const raw = () => verify('sha256', challenge, { key: key.key, dsaEncoding: 'der' }, signature);
    if (!ours() || !raw()) throw new Error('an answer does not hold');
    return { what: `active authentication, ${kind}`, ...compare(ours, raw) };
  });
}

function zones(): Result {
  const lines = [
    'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
    'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
  ];
  const options = { now, specimenStates: true };
  if (!parseMrz(lines, options).ok) throw new Error('the zone does not hold');
  const perSecond = rate(() => parseMrz(lines, options));
  return { what: `zones a second: ${perSecond}`, ours_us: (1e6 / perSecond).toFixed(1) };
}

function masterListOf(country: string): Result {
  const folder = join(vectors, 'masterlists');
  const name = readdirSync(folder).find((file) => file.startsWith(`${country}_ML`))!;
  const bytes = readFileSync(join(folder, name));
  const roots = readdirSync(join(folder, 'roots')).map((file) =>
    readFileSync(join(folder, 'roots', file)),
  );
  const root = roots.find((candidate) => verifyMasterList({ bytes, root: candidate, now }).ok);
  if (root === undefined) return { what: `${country} master list: no root` };
  const startedAt = performance.now();
  verifyMasterList({ bytes, root, now });
  const millis = performance.now() - startedAt;
  return { what: `${country} master list read and verified`, ours_us: (millis * 1000).toFixed(0) };
}

async function portraits(): Promise<Result> {
  const file = readFileSync(join(vectors, 'loes2006-nl-specimen', 'ef0102.bin'));
  const portrait = file.subarray(file.indexOf('0000000c6a502020', 'hex'));
  await decodeJpeg2000(portrait);
  const times: number[] = [];
  for (let count = 0; count < 15; count++) {
    const startedAt = performance.now();
    await decodeJpeg2000(portrait);
    times.push(performance.now() - startedAt);
  }
  const median = times.toSorted((one, other) => one - other)[7]!;
  const what = 'JPEG 2000 portrait of 449 x 598, in the worker';
  return { what, ours_us: (median * 1000).toFixed(0) };
}
