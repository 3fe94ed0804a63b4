import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runChipVerify } from '../../src/trust/verify-chip-folder.ts';
import { csca, listingState, listOf, type Identity } from '../documents/master-list-pki.ts';
import { anna, now, pki } from '../documents/sandbox-chips.ts';
import { vectorPath, vectorsAreHere } from '../documents/vectors.ts';

const folder = mkdtempSync(join(tmpdir(), 'tangchat-verify-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, bytes: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const chip = join(folder, 'chip');
mkdirSync(chip);
for (const [name, bytes] of anna.files) writeFileSync(join(chip, `${name}.bin`), bytes);
const roots = join(folder, 'roots');
mkdirSync(roots);

const publisher = listingState('AA');
const utopia: Identity = {
  key: pki.csca.privateKey,
  certificate: pki.csca.certificate,
  country: 'UT',
  name: pki.csca.name,
  serial: pki.csca.serial,
};
const list = written('list.ml', listOf(publisher, [utopia, csca('BB')]));
const certificate = written('utopia.cer', pki.csca.certificate);
const root = written('root.cer', publisher.root.certificate);
const crl = written('utopia.crl', pki.revocationList);

interface Printed {
  outcome: string;
  because?: string[];
  note?: string;
}

async function verify(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const io = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
  };
  const code = await runChipVerify(args, io, {
    clock: { now: () => now },
    testTrust: () => ({ anchors: [], crls: [] }),
    rootsFolder: roots,
  });
  const printed = out.length === 0 ? null : (JSON.parse(out.join('\n')) as Printed);
  const { outcome, because, note } = printed ?? {};
  return { code, outcome, because, note, complaint: err.join('\n') };
}

describe('tangchat chip verify', () => {
  it('takes a certificate that the caller names at the caller’s word: genuine, exit 0', async () => {
    const judged = await verify(chip, '--anchors', certificate, '--crl', crl);
    expect(judged).toMatchObject({ code: 0, outcome: 'genuine', complaint: '' });
  });

  it('says first what decided, and nothing where all is well', async () => {
    expect((await verify(chip, '--anchors', certificate, '--crl', crl)).because).toEqual([]);
    const judged = await verify(chip, '--anchors', certificate);
    expect([judged.code, judged.because]).toEqual([2, ['revocation: revocation_list_unavailable']]);
    const altered = join(folder, 'altered');
    mkdirSync(altered);
    for (const [name, bytes] of anna.files) {
      const wrong = Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]);
      writeFileSync(join(altered, `${name}.bin`), name === 'DG2' ? wrong : bytes);
    }
    const rejected = await verify(altered, '--anchors', certificate, '--crl', crl);
    expect([rejected.code, rejected.because]).toEqual([1, ['data_group_hashes: hash_differs']]);
  });

  it('refuses two SODs in a folder, and says that each chip wants its own', async () => {
    const twice = join(folder, 'twice');
    mkdirSync(twice);
    for (const name of ['EF_SOD.bin', 'SOD.bin']) writeFileSync(join(twice, name), 'x');
    const { code, note } = await verify(twice);
    expect([code, note]).toEqual([1, expect.stringContaining('give each chip a folder')]);
  });

  it('uses no anchor of a master list without the root of its signer, and says what to do', async () => {
    const { code, outcome, complaint } = await verify(chip, '--anchors', list, '--crl', crl);
    expect([code, outcome]).toEqual([66, undefined]);
    expect(complaint).toContain('list.ml is a CSCA master list and none of its anchors is used');
    expect(complaint).toContain('--root CER');
  });

  it('uses a master list whose signer stands under --root', async () => {
    const judged = await verify(chip, '--anchors', list, '--root', root, '--crl', crl);
    expect(judged).toMatchObject({ code: 0, outcome: 'genuine', complaint: '' });
  });

  it('finds the root among the certificates that --anchors names', async () => {
    const judged = await verify(chip, '--anchors', list, root, '--crl', crl);
    expect(judged.outcome).toBe('genuine');
  });

  it('refuses a list under the root of another state, and under another root of the same', async () => {
    for (const other of [csca('CC'), csca('AA')]) {
      const path = written('other.cer', other.certificate);
      const { code, complaint } = await verify(chip, '--anchors', list, '--root', path);
      expect(code).toBe(66);
      expect(complaint).toMatch(
        /stands under none of the 1 root given \((signer_of_another_state|signer_not_under_root)\)/,
      );
    }
  });

  it('refuses a list as a root', async () => {
    const { code, complaint } = await verify(chip, '--anchors', list, '--root', list);
    expect([code, complaint]).toEqual([66, `${list} is no certificate`]);
  });

  it('finds the root in the folder of public roots', async () => {
    writeFileSync(join(roots, 'AA.cer'), publisher.root.certificate);
    const judged = await verify(chip, '--anchors', list, '--crl', crl);
    rmSync(join(roots, 'AA.cer'));
    expect(judged.outcome).toBe('genuine');
  });

  it('uses no orphan of a list: nobody trusted vouches for its key', async () => {
    const orphan = csca('AA', 'Nobody');
    const orphaned = { ...utopia, certificate: pki.signers.unknown.certificate };
    const lonely = written('lonely.ml', listOf(publisher, [orphan, orphaned]));
    const judged = await verify(chip, '--anchors', lonely, '--root', root, '--crl', crl);
    expect([judged.code, judged.outcome]).toEqual([2, 'unverifiable']);
  });

  it('compares the zone on the data page with that of the chip', async () => {
    const trusted = [chip, '--anchors', certificate, '--crl', crl, '--mrz'];
    const same = written('zone.txt', `${anna.mrzLines.join('\r\n')}\n`);
    expect(await verify(...trusted, same)).toMatchObject({ code: 0, outcome: 'genuine' });
    const [first, second] = anna.mrzLines;
    const misread = written('misread.txt', `${first.replace('ANNA', 'ANMA')}\n${second}`);
    expect(await verify(...trusted, misread)).toMatchObject({
      code: 2,
      because: ['mrz_well_formed: printed_zone_differs'],
    });
    expect((await verify(...trusted, written('long.txt', 'P'.repeat(5000)))).code).toBe(2);
    expect((await verify(...trusted, join(folder, 'none'))).code).toBe(66);
  });

  it('says how it is used and what it cannot read', async () => {
    expect((await verify()).code).toBe(64);
    expect((await verify(chip, '--at', 'soon')).code).toBe(64);
    expect((await verify(chip, '--what')).code).toBe(64);
    expect((await verify(join(folder, 'none'))).code).toBe(66);
    expect((await verify(chip, '--anchors', join(folder, 'none'))).code).toBe(66);
    expect((await verify(chip, '--anchors', written('not.cer', 'nothing'))).code).toBe(66);
    expect((await verify(chip, '--crl', written('not.crl', 'nothing'))).code).toBe(66);
  });

  it.skipIf(!vectorsAreHere)('judges a real SOD under the German list and its root', async () => {
    const lone = join(folder, 'lone');
    mkdirSync(lone);
    const path = vectorPath('sod/DE_EF_SOD.bin');
    writeFileSync(join(lone, 'EF_SOD.bin'), readFileSync(path));
    const german = vectorPath('masterlists/DE_ML_2026-05-28.ml');
    const germanRoot = vectorPath('masterlists/roots/DE_ROOT_CA_CSCA07.cer');
    expect((await verify(lone, '--anchors', german)).code).toBe(66);
    const judged = await verify(lone, '--anchors', german, '--root', germanRoot);
    expect([judged.code, judged.outcome]).toEqual([2, 'unverifiable']);
  });
});
