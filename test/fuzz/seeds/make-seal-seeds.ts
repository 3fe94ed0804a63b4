import {
  vdsDocumentTypes,
  type FeatureDefinition,
} from '../../../src/documents/vds-document-types.ts';
import {
  encodeC40,
  makeCsca,
  makeRevocationList,
  makeSeal,
  makeSigner,
  makeVdsNc,
  visaMrvB,
  writeFeatures,
  type Features,
} from '../../documents/seal-maker.ts';
import { writeSeed } from './read-seeds.ts';

/** A seal of every document type, and the message zone of each behind the number of its type. */
export function makeSealSeeds(): void {
  const csca = makeCsca();
  const signer = makeSigner({ issuer: csca });
  const ncSigner = makeSigner({
    issuer: csca,
    documentTypes: ['NV'],
    extendedKeyUsage: '2.23.136.1.1.14.2',
    name: 'NC',
    serial: 0x1b,
  });
  writeSeed('anchor-seals', csca.certificate.raw);
  writeSeed('crl-seals', makeRevocationList(csca, []));
  writeSeed('signer-seals', signer.certificate.raw);
  for (const [at, type] of vdsDocumentTypes.entries()) {
    const features: Features = type.features
      .filter(({ tag }) => type.ref !== '5d01' || tag !== 1)
      .map((feature) => [feature.tag, valueFor(feature)]);
    const seal = makeSeal({ signer, documentRef: type.ref, features });
    writeSeed(`seal-${type.ref}`, seal);
    writeSeed(`features-${type.ref}`, Buffer.concat([Buffer.of(at), writeFeatures(features)]));
  }
  writeSeed('printed-visa', Buffer.from(visaMrvB.join('\n')));
  writeSeed('seal-version2', makeSeal({ signer, version: 2 }));
  writeSeed('vdsnc-vaccination', makeVdsNc({ signer: ncSigner }));
  writeSeed('json-mixed', Buffer.from('{"a":[1,-0.5e3,true,null,"\\u00e9\\n"],"":{"b":{}}}'));
}

function valueFor({ coding, minBytes, maxBytes }: FeatureDefinition): Buffer {
  switch (coding) {
    case 'zone_td2':
      return encodeC40(visaMrvB.join('').replace('V<', 'I<'));
    case 'zone_mrva':
      return encodeC40(visaMrvB[0].padEnd(44, '<') + visaMrvB[1].slice(0, 28));
    case 'zone_mrvb':
      return encodeC40(visaMrvB[0] + visaMrvB[1].slice(0, 28));
    case 'c40':
      return encodeC40('L898902C3'.repeat(3).slice(0, minBytes * 1.5));
    case 'utf8':
      return Buffer.from('Ōkubo');
    case 'date_digits':
      return Buffer.from('20261122');
    default:
      return Buffer.alloc(Math.min(maxBytes, Math.max(minBytes, 3)), 1);
  }
}
