import { createHash, generateKeyPairSync } from 'node:crypto';
import sharp from 'sharp';
import { demoPeople } from '../../../src/dev/demo-people.ts';
import { answerActiveAuthentication } from '../../../src/dev/passport-maker/answer-active-authentication.ts';
import { makePassport } from '../../../src/dev/passport-maker/make-passport.ts';
import { ecKey } from '../../../src/dev/passport-maker/sandbox-pki.ts';
import { simulateChip } from '../../../src/dev/passport-maker/simulate-chip.ts';
import {
  chipAuthenticationInfos,
  writeDg14,
} from '../../../src/dev/passport-maker/write-chip-files.ts';
import { der, derInteger, derOctets, derSequence } from '../../../src/documents/der-writer.ts';
import { counterAfter } from '../../../src/documents/secure-messaging.ts';
import { deriveSessionKeys, macOf } from '../../../src/documents/secure-messaging-ciphers.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { dhKey, run } from '../../documents/chip-run.ts';
import * as listPki from '../../documents/master-list-pki.ts';
import { challenge, now, pki } from '../../documents/sandbox-chips.ts';
import { makeCertificateSeeds } from './make-certificate-seeds.ts';
import { makeSealSeeds } from './make-seal-seeds.ts';
import { makeZoneSeeds } from './make-zone-seeds.ts';
import { writeSeed } from './read-seeds.ts';

/** `node test/fuzz/seeds/make-seeds.ts` makes all seeds anew, with new keys: what a seed number gave is then gone. */
const portrait = await sharp({
  create: { width: 60, height: 80, channels: 3, background: '#a98' },
})
  .jpeg({ quality: 20 })
  .toBuffer();

async function makeChipSeeds(): Promise<void> {
  writeSeed('anchor-chips', pki.csca.certificate);
  writeSeed('crl-chips', pki.revocationList);
  for (const algorithm of ['ecdsa', 'rsa'] as const) {
    const passport = await makePassport(pki, {
      person: algorithm === 'ecdsa' ? demoPeople.anna : demoPeople.mai,
      now,
      algorithm,
      portrait,
      chipAuthentication: { key: ecKey('P-256'), cipher: 'aes-128', keyId: 3 },
    });
    const { files } = passport;
    writeSeed(`chip-${algorithm}`, Buffer.concat([...files.values()]));
    for (const [name, bytes] of files) {
      const kind = name.replace('EF_', '').toLowerCase();
      writeSeed(`${kind}-${algorithm}`, bytes);
    }
    writeSeed(
      `aa-${algorithm}`,
      answerActiveAuthentication(passport.chipKey, challenge, systemRandom),
    );
  }
}

/** DG14, the SOD that covers it, our secret and the answers: what a run of chip authentication is judged by. */
async function makeChipAuthenticationSeeds(): Promise<void> {
  const chips = {
    'ecdh-aes': { key: ecKey('P-256'), cipher: 'aes-256' as const, keyId: 1 },
    'ecdh-3des': { key: ecKey('P-384'), cipher: '3des' as const },
    'dh-aes': { key: dhKey('modp5'), cipher: 'aes-128' as const },
  };
  for (const [name, chipAuthentication] of Object.entries(chips)) {
    const { files } = await makePassport(pki, {
      person: demoPeople.anna,
      now,
      portrait,
      chipAuthentication,
      activeAuthentication: false,
    });
    const { session, state } = run(files, simulateChip(files, chipAuthentication));
    if (state.state !== 'passed') throw new Error(`${name}: ${state.state}`);
    const answers = session.answers.map((answer) => der(0x04, answer));
    const parts = [files.get('DG14')!, files.get('EF_SOD')!, derOctets(session.secret)];
    writeSeed(`ca-${name}`, derSequence(...parts, derSequence(...answers)));
    writeSeed(`ca-${name}-begun`, derSequence(...parts, derSequence(...answers.slice(0, 1))));
    writeSeed(`ca-${name}-asked`, derSequence(...parts, derSequence(...answers.slice(0, -1))));
  }
  const both = [ecKey('P-256'), ecKey('P-384')].flatMap((key, at) =>
    chipAuthenticationInfos({ key, cipher: 'aes-192', keyId: at + 1 }),
  );
  writeSeed('dg14-two-keys', writeDg14(...both));
}

/** Blocks that an RSA chip's signature would open to, under each hash (ISO/IEC 9796-2). */
function makeBlockSeeds(): void {
  const trailers = { sha1: 'bc', sha224: '38cc', sha256: '34cc', sha384: '36cc', sha512: '35cc' };
  for (const [hash, trailer] of Object.entries(trailers)) {
    const message = Buffer.alloc(20, 3);
    const digest = createHash(hash).update(message).update(challenge).digest();
    const block = [Buffer.of(0x6a), message, digest, Buffer.from(trailer, 'hex')];
    writeSeed(`aa-block-${hash}`, Buffer.concat(block));
  }
}

function makeAnswerSeeds(): void {
  for (const cipher of ['3des', 'aes-128'] as const) {
    const keys = deriveSessionKeys(cipher, Buffer.alloc(16, 1));
    const status = der(0x99, Buffer.from('9000', 'hex'));
    const block = cipher === '3des' ? 8 : 16;
    const covered = Buffer.concat([counterAfter(keys, 0), status]);
    const padding = Buffer.alloc(block - (covered.length % block));
    padding[0] = 0x80;
    const mac = der(0x8e, macOf(keys, Buffer.concat([covered, padding])));
    const end = Buffer.from('9000', 'hex');
    writeSeed(`answer-${cipher}`, Buffer.concat([status, mac, end]));
    const cryptogram = der(0x87, Buffer.of(1), Buffer.alloc(block));
    writeSeed(`answer-${cipher}-data`, Buffer.concat([cryptogram, status, mac, end]));
  }
}

function makeImageSeeds(): void {
  const codestream = Buffer.alloc(80);
  codestream.write('ff4fff51', 'hex');
  codestream.writeUInt32BE(400, 8);
  codestream.writeUInt32BE(500, 12);
  codestream.writeUInt16BE(3, 40);
  writeSeed('jpeg2000-raw', codestream);
  const box = (type: string, content: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(8 + content.length);
    return Buffer.concat([length, Buffer.from(type, 'latin1'), content]);
  };
  const header = Buffer.from('000001f40000019000030707000000', 'hex').subarray(0, 14);
  const jp2 = Buffer.concat([
    box('jP  ', Buffer.from('0d0a870a', 'hex')),
    box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    box('jp2h', box('ihdr', header)),
    box('jp2c', codestream),
  ]);
  writeSeed('jpeg2000-jp2', jp2);
  // ISO/IEC 39794-5, as lds-portrait.ts walks it.
  const image = der(0xa0, der(0xa0, der(0x80, jp2)));
  const representation = der(0x30, derInteger(1), der(0xa1, image));
  const block = der(0x7f2e, der(0xa1, der(0x65, der(0xa1, representation))));
  writeSeed('dg2-39794', der(0x75, der(0x7f61, derInteger(1), der(0x7f60, block))));
}

function makeListSeeds(): void {
  const { root, signer } = listPki.listingState('UT');
  const others = [listPki.csca('UT', 'Next'), listPki.csca('ZZ')];
  const link = listPki.link(root, others[0]!);
  const identities = [root, link, ...others];
  const list = listPki.listOf({ root, signer }, identities, {
    enclosed: [root.certificate],
    signedAt: now,
  });
  writeSeed('masterlist-plain', list);
  writeSeed('anchor-lists', root.certificate);
  const until = new Date('2027-01-01T00:00:00Z');
  const wish = { thisUpdate: now, nextUpdate: until, number: 7, revoked: [signer] };
  writeSeed('crl-numbered', listPki.revocationList(root, wish));
  writeSeed('crl-delta', listPki.revocationList(root, { ...wish, isDelta: true, revoked: [] }));
  const curves = ['brainpoolP256r1', 'secp521r1', 'brainpoolP160r1'];
  makeCertificateSeeds(root, [
    ...curves.map((namedCurve) => generateKeyPairSync('ec', { namedCurve }).publicKey),
    generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey,
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
    generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey,
  ]);
}

await makeChipSeeds();
await makeChipAuthenticationSeeds();
makeAnswerSeeds();
makeBlockSeeds();
makeImageSeeds();
writeSeed('planted-zeros', Buffer.alloc(8));
makeListSeeds();
makeSealSeeds();
await makeZoneSeeds();
