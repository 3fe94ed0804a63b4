import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SealVerdict } from '../../src/documents/seal-verdict.ts';
import { runSealVerify } from '../../src/trust/seal-verify-command.ts';
import {
  makeCsca,
  makeRevocationList,
  makeSeal,
  makeSigner,
  makeVdsNc,
  visaMrvB,
} from '../documents/seal-maker.ts';

const clock = { now: () => new Date('2026-11-22T10:00:00Z') };
const VECTORS = join(import.meta.dirname, '../../../shared/vectors');

async function run(...args: string[]) {
  const said: string[] = [];
  const complained: string[] = [];
  const io = {
    out: (text: string) => said.push(text),
    err: (text: string) => complained.push(text),
  };
  const code = await runSealVerify(args, io, { clock });
  const verdict = said.length === 0 ? null : (JSON.parse(said.join('\n')) as SealVerdict);
  return { code, verdict, complaint: complained.join('\n') };
}

describe('tangchat seal verify', () => {
  let folder = '';
  const path = (name: string) => join(folder, name);
  const signer = makeSigner();
  const csca = makeCsca();
  const vdsNcSigner = makeSigner({
    issuer: csca,
    extendedKeyUsage: '2.23.136.1.1.14.2',
    documentTypes: ['NV'],
  });
  const passport = [
    'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
    'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
  ];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seal-'));
    const seal = makeSeal({ signer });
    const broken = Buffer.from(seal);
    broken[60]! ^= 1;
    const pem = `-----BEGIN CERTIFICATE-----\n${signer.certificate.raw.toString('base64')}\n-----END CERTIFICATE-----\n`;
    await writeFile(path('signer.pem'), pem);
    await writeFile(path('readme.txt'), 'not trust');
    await writeFile(path('seal.hex'), `0x${seal.toString('hex').replaceAll(/.{64}/g, '$&\n')}\n`);
    await writeFile(path('seal.bin'), seal);
    await writeFile(path('broken.hex'), broken.toString('hex'));
    await writeFile(path('cut.hex'), seal.subarray(0, 90).toString('hex'));
    await writeFile(path('visa.mrz'), visaMrvB.join('\n'));
    await writeFile(path('other.mrz'), visaMrvB.join('\n').replace('ANNA', 'ANNE'));
    await writeFile(path('passport.mrz'), passport.join('\n'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('exits 0 for a genuine seal, in hex or as octets', async () => {
    for (const name of ['seal.hex', 'seal.bin']) {
      const { code, verdict } = await run(path(name), '--signers', folder);
      expect(code).toBe(0);
      expect(verdict).toMatchObject({ outcome: 'genuine', kind: 'vds', binding: 'not_compared' });
      expect(verdict?.checks).toHaveLength(17);
    }
  });

  it("binds it to the visa's zone and the passport's number", async () => {
    const zones = ['--mrz', path('visa.mrz'), '--mrz', path('passport.mrz')];
    const bound = await run(path('seal.hex'), '--signers', folder, ...zones);
    expect(bound).toMatchObject({ code: 0, verdict: { binding: 'bound' } });
    const number = await run(path('seal.hex'), '--signers', folder, '--passport', 'X12345678');
    expect(number).toMatchObject({ code: 1, verdict: { binding: 'differs' } });
  });

  it('exits 1 where the zone differs, and where the octets are no seal', async () => {
    const altered = await run(path('seal.hex'), '--signers', folder, '--mrz', path('other.mrz'));
    expect(altered).toMatchObject({ code: 1, verdict: { outcome: 'rejected' } });
    expect((await run(path('cut.hex'), '--signers', folder)).code).toBe(1);
  });

  it('exits 2 where the signature fails, and where no barcode is found', async () => {
    const broken = await run(path('broken.hex'), '--signers', folder);
    expect(broken).toMatchObject({ code: 2, verdict: { outcome: 'refer' } });
    const { code, verdict } = await run(path('readme.txt'), '--signers', folder);
    expect(code).toBe(2);
    expect(verdict?.checks[0]).toMatchObject({ outcome: 'unknown', reason: 'not_a_picture' });
  });

  it('takes CSCAs and lists from the folder too, and a date', async () => {
    const other = await mkdtemp(join(tmpdir(), 'seal-'));
    await writeFile(join(other, 'csca.der'), csca.certificate.raw);
    await writeFile(join(other, 'list.crl'), makeRevocationList(csca, []));
    await writeFile(join(other, 'card.json'), makeVdsNc({ signer: vdsNcSigner }));
    const args = [join(other, 'card.json'), '--signers', other];
    expect((await run(...args)).code).toBe(0);
    expect((await run(...args, '--at', '2027-03-01')).code).toBe(2);
    expect((await run(...args, '--at', '2027-03-01', '--revocation', 'reported')).code).toBe(0);
    await rm(other, { recursive: true });
  });

  it('says how it is used, and what cannot be read', async () => {
    const seal = path('seal.hex');
    expect((await run()).code).toBe(64);
    expect((await run(seal)).code).toBe(64);
    expect((await run(seal, '--signers', folder, '--at', 'soon')).code).toBe(64);
    expect((await run(seal, '--signers', folder, '--what')).code).toBe(64);
    expect((await run(path('none'), '--signers', folder)).code).toBe(66);
    expect((await run(seal, '--signers', path('none'))).code).toBe(66);
    expect((await run(seal, '--signers', folder, '--mrz', path('none'))).code).toBe(66);
  });

  it('stops at a certificate in the folder that cannot be read', async () => {
    const other = await mkdtemp(join(tmpdir(), 'seal-'));
    await writeFile(join(other, 'broken.cer'), 'no certificate');
    const { code, complaint } = await run(path('seal.hex'), '--signers', other);
    expect(code).toBe(66);
    expect(complaint).toContain('broken.cer is refused');
    await rm(other, { recursive: true });
  });

  it.skipIf(!existsSync(VECTORS))(
    'judges the published samples from their folders (skipped without ../shared)',
    async () => {
      const signers = join(VECTORS, 'vdsnc');
      const file = join(signers, 'AU_vdsnc_valid.json');
      expect((await run(file, '--signers', signers, '--at', '2021-09-15')).code).toBe(0);
      const stale = await run(file, '--signers', signers);
      expect(stale).toMatchObject({ code: 2, verdict: { outcome: 'refer' } });
    },
  );
});
