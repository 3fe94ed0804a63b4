import { der } from '../../src/documents/der-writer.ts';
import {
  chipAuthenticationInfos,
  writeDg14,
} from '../../src/dev/passport-maker/write-chip-files.ts';
import { ecKey } from '../../src/dev/passport-maker/sandbox-pki.ts';
import { anna, mai, pki } from '../documents/sandbox-chips.ts';
import * as listPki from '../documents/master-list-pki.ts';
import {
  makeCsca,
  makeRevocationList,
  makeSeal,
  makeSigner,
  makeVdsNc,
} from '../documents/seal-maker.ts';

const csca = makeCsca();
const signer = makeSigner({ issuer: csca });
const chips = [anna, mai];
const fileOf = (name: 'EF_SOD' | 'EF_COM' | 'DG1' | 'DG2' | 'DG11' | 'DG14' | 'DG15') =>
  chips.map(({ files }) => files.get(name)).filter((bytes) => bytes !== undefined);
const shortDg2 = fileOf('DG2').map((bytes) => bytes.subarray(0, 4000));
const keyed = writeDg14(
  ...chipAuthenticationInfos({ key: ecKey('P-256'), cipher: 'aes-128', keyId: 3 }),
);
const listCsca = listPki.csca('UT');
const listSigner = listPki.certificate({
  country: 'UT',
  name: 'List Signer',
  kind: 'list_signer',
  issuer: listCsca,
});
const certificates = [csca, signer].map(({ certificate }) => certificate.raw);
const revocationLists = [pki.revocationList, makeRevocationList(csca, [signer])];
const seals = [makeSeal({ signer }), makeSeal({ signer, version: 2 }), makeVdsNc({ signer })];
const jpeg2000 = Buffer.alloc(80);
jpeg2000.write('ff4fff51', 'hex');
jpeg2000.writeUInt32BE(400, 8);
jpeg2000.writeUInt32BE(500, 12);
jpeg2000.writeUInt16BE(3, 40);

/** Sound inputs of our own making for each target: mutation starts from them. */
export const seeds: Readonly<Record<string, readonly Buffer[]>> = {
  ber: [...fileOf('EF_SOD'), Buffer.from('3080308004010000000000', 'hex')],
  der: [...certificates, ...fileOf('DG14')],
  mrz: [
    Buffer.from(anna.mrzLines.join('\n')),
    Buffer.from(
      `I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<`,
    ),
    Buffer.from(`V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL898902C<3UTO6908061F9406236ZE184226`),
  ],
  com: fileOf('EF_COM'),
  dg1: fileOf('DG1'),
  dg2: [...fileOf('DG2'), ...shortDg2],
  dg11: fileOf('DG11'),
  dg14: [...fileOf('DG14'), keyed],
  dg14Key: [keyed],
  dg15: fileOf('DG15'),
  sod: fileOf('EF_SOD'),
  certificate: certificates,
  revocationList: revocationLists,
  masterList: [
    listPki.masterList({
      issuer: listCsca,
      signer: listSigner,
      certificates: [listCsca.certificate],
    }),
  ],
  vds: seals.slice(0, 2),
  vdsNc: seals.slice(2),
  json: seals.slice(2),
  seal: seals,
  answer: [
    Buffer.concat([
      der(0x87, Buffer.alloc(17, 1)),
      der(0x99, Buffer.from('9000', 'hex')),
      der(0x8e, Buffer.alloc(8)),
      Buffer.from('9000', 'hex'),
    ]),
  ],
  jpeg2000: [jpeg2000],
};
