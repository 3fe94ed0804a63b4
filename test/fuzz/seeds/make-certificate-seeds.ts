import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  derBits,
  derExplicit,
  derInteger,
  derNull,
  derOid,
  derPrintable,
  derSequence,
  derSetOf,
} from '../../../src/documents/der-writer.ts';
import { certificate, type Identity } from '../../documents/master-list-pki.ts';
import { element, everyNode, treeOf, withReplaced } from '../mutators/element-tree.ts';
import { writeSeed } from './read-seeds.ts';

const ECDSA_SHA256 = derSequence(derOid('1.2.840.10045.4.3.2'));
const SHA256 = derSequence(derOid('2.16.840.1.101.3.4.2.1'), derNull());

/** RSASSA-PSS with SHA-256, as RFC 4055 §3.1 writes its parameters. */
const PSS = derSequence(
  derOid('1.2.840.113549.1.1.10'),
  derSequence(
    derExplicit(0, SHA256),
    derExplicit(1, derSequence(derOid('1.2.840.113549.1.1.8'), SHA256)),
    derExplicit(2, derInteger(32)),
  ),
);

/** Certificates over keys of every kind, and some whose algorithm says more than their signature holds. */
export function makeCertificateSeeds(root: Identity, keys: readonly KeyObject[]): void {
  for (const [at, key] of keys.entries()) {
    const publicKeyInfo = key.export({ type: 'spki', format: 'der' });
    const made = certificate({
      country: 'UT',
      name: 'A',
      kind: 'document_signer',
      issuer: root,
      publicKeyInfo,
    });
    writeSeed(`certificate-key${at}`, made.certificate);
  }
  const signer = certificate({ country: 'UT', name: 'B', kind: 'list_signer', issuer: root });
  writeSeed('certificate-signer', signer.certificate);
  writeSeed('certificate-pss', withAlgorithm(signer.certificate, PSS));
  makeRsaSeeds(signer.certificate);
  writeSeed('certificate-extended', withExtensions(root.certificate));
}

/** An RSA key's own certificate, and what it signed by PKCS #1 v1.5 and by PSS: only the signature differs. */
function makeRsaSeeds(other: Buffer): void {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const info = publicKey.export({ type: 'spki', format: 'der' });
  const old = everyNode(treeOf(other)).find(
    ({ start, end, children }) =>
      other[start] === 0x30 &&
      children[1] !== undefined &&
      other[children[1].start] === 0x03 &&
      end - start < 120,
  )!;
  const keyed = withReplaced(other, treeOf(other), old, info);
  const pkcs1 = derSequence(derOid('1.2.840.113549.1.1.11'), derNull());
  for (const [name, algorithm, padding] of [
    ['anchor-rsa', pkcs1, constants.RSA_PKCS1_PADDING],
    ['certificate-signed-pss', PSS, constants.RSA_PKCS1_PSS_PADDING],
  ] as const) {
    const named = withAlgorithm(keyed, algorithm);
    const [body, , signature] = treeOf(named)[0]!.children;
    const signed = named.subarray(body!.start, body!.end);
    const made = sign('sha256', signed, { key: privateKey, padding, saltLength: 32 });
    writeSeed(name, withReplaced(named, treeOf(named), signature!, derBits(made)));
  }
}

function withAlgorithm(certificate: Buffer, algorithm: Buffer): Buffer {
  let changed = certificate;
  for (;;) {
    const tree = treeOf(changed);
    const old = everyNode(tree).find(({ start, end }) =>
      changed.subarray(start, end).equals(ECDSA_SHA256),
    );
    if (old === undefined) return changed;
    changed = withReplaced(changed, tree, old, algorithm);
  }
}

/** With what Doc 9303-12 §7.1.1 has beside the usual: document types, a period of the private key, alternative names. */
function withExtensions(certificate: Buffer): Buffer {
  const tree = treeOf(certificate);
  const list = everyNode(tree).find(({ start }) => certificate[start] === 0xa3)!.children[0]!;
  const extension = (oid: string, hex: string) =>
    derSequence(derOid(oid), element(Buffer.of(0x04), Buffer.from(hex, 'hex')));
  const documentTypes = derSequence(derInteger(0), derSetOf(derPrintable('A'), derPrintable('P')));
  const more = [
    extension('2.23.136.1.1.6.2', documentTypes.toString('hex')),
    extension(
      '2.5.29.16',
      '3022800f32303230303130313030303030305a810f32303330303130313030303030305a',
    ),
    extension('2.5.29.18', '300481026162'),
    extension('2.5.29.31', '30133011a00fa00d860b687474703a2f2f782e79'),
    extension('2.5.29.37', '300a06082b06010505070309'),
  ];
  const old = certificate.subarray(list.contentStart, list.contentEnd);
  const joined = element(Buffer.of(0x30), Buffer.concat([old, ...more]));
  return withReplaced(certificate, tree, list, joined);
}
