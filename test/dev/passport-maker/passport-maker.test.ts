import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../../src/cli.ts';
import { demoPeople } from '../../../src/dev/demo-people.ts';
import { drawPortrait } from '../../../src/dev/passport-maker/draw-portrait.ts';
import {
  makePassport,
  type PassportDefect,
} from '../../../src/dev/passport-maker/make-passport.ts';
import { runPassportMake } from '../../../src/dev/passport-maker/passport-make-command.ts';
import { loadOrMakeSandboxPki } from '../../../src/dev/passport-maker/sandbox-pki-file.ts';
import { makeSandboxPki } from '../../../src/dev/passport-maker/sandbox-pki.ts';
import { mrzReport } from '../../../src/documents/mrz-report.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { runChipVerify } from '../../../src/trust/verify-chip-folder.ts';

const app = { clock: systemClock, random: systemRandom };
const folder = mkdtempSync(join(tmpdir(), 'tangchat-passports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const keysDir = join(folder, 'keys');

async function run(command: (io: Parameters<typeof runPassportMake>[1]) => Promise<number>) {
  const written = { out: '', err: '' };
  const io = {
    out: (text: string) => void (written.out += text),
    err: (text: string) => void (written.err += text),
  };
  return { code: await command(io), ...written };
}
const make = (...args: string[]) => run((io) => runPassportMake(args, io, { keysDir, ...app }));
const testTrust = () => {
  const pki = loadOrMakeSandboxPki(keysDir, app);
  return { anchors: [pki.csca.certificate], crls: [pki.revocationList] };
};
const verify = (...args: string[]) =>
  run((io) => runChipVerify(args, io, { clock: systemClock, testTrust, rootsFolder: keysDir }));

describe('the sandbox PKI', () => {
  it('has certificates that another implementation accepts', () => {
    const { csca, signers, unknownCsca } = makeSandboxPki(app);
    const ca = new X509Certificate(csca.certificate);
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    for (const signer of [signers.rsa, signers.ecdsa, signers.revoked, signers.expired]) {
      const certificate = new X509Certificate(signer.certificate);
      expect([signer.name, certificate.verify(ca.publicKey)]).toEqual([signer.name, true]);
      expect(certificate.publicKey.equals(createPublicKey(signer.privateKey))).toBe(true);
    }
    const unknown = new X509Certificate(signers.unknown.certificate);
    expect(unknown.verify(ca.publicKey)).toBe(false);
    expect(unknown.issuer).toBe(ca.subject);
    expect(unknown.verify(new X509Certificate(unknownCsca.certificate).publicKey)).toBe(true);
  });

  it('is made once for a key folder and can be read by its owner only', () => {
    const once = loadOrMakeSandboxPki(keysDir, app);
    const again = loadOrMakeSandboxPki(keysDir, app);
    expect(again.csca.certificate).toEqual(once.csca.certificate);
    expect(again.signers.rsa.privateKey.equals(once.signers.rsa.privateKey)).toBe(true);
    expect(statSync(join(keysDir, 'sandbox-pki.json')).mode & 0o777).toBe(0o600);
  });

  it('refuses a file that is none', () => {
    const broken = mkdtempSync(join(folder, 'broken-'));
    writeFileSync(join(broken, 'sandbox-pki.json'), '{"development":true}');
    expect(() => loadOrMakeSandboxPki(broken, app)).toThrow(/remove it/);
  });
});

describe('a sandbox passport', async () => {
  const pki = makeSandboxPki(app);
  it.each(Object.values(demoPeople))('of $key has a valid zone', async (person) => {
    const now = systemClock.now();
    const { mrzLines, facts } = await makePassport(pki, { person, now });
    expect(mrzReport(mrzLines.join('\n'), now)).toMatchObject({ valid: true, format: 'TD3' });
    expect(facts.dateOfExpiry.slice(0, 4)).toBe(String(now.getUTCFullYear() + 8));
  });

  it('shows a portrait of about a data page’s size for each person, no two alike', async () => {
    const portraits = await Promise.all(
      Object.values(demoPeople).map(({ look }) => drawPortrait(look)),
    );
    for (const portrait of portraits) expect(portrait.length).toBeGreaterThan(8000);
    expect(new Set(portraits.map((portrait) => portrait.toString('base64'))).size).toBe(4);
  });

  it('can be renewed under another number', async () => {
    const request = {
      person: demoPeople.anna,
      now: systemClock.now(),
      documentNumber: 'L898902D1',
    };
    const { facts } = await makePassport(pki, request);
    expect(facts.documentNumber).toBe('L898902D1');
  });
});

describe('passport make and chip verify', () => {
  const exits: Record<PassportDefect | 'none', number> = {
    none: 0,
    'flipped-byte': 1,
    'swapped-dg': 1,
    'unknown-csca': 2,
    'revoked-dsc': 1,
    'expired-dsc': 2,
    clone: 1,
    expired: 0,
  };

  it.each(Object.entries(exits))('agree on the defect %s: exit %i', async (defect, code) => {
    const out = join(folder, defect);
    const args = defect === 'none' ? [] : ['--defect', defect];
    expect((await make(...args, '--person', 'nguyen', '--out', out)).code).toBe(0);
    const verified = await verify(out, '--test-anchors');
    expect([verified.code, verified.err]).toEqual([code, '']);
    const verdict = JSON.parse(verified.out) as Record<string, unknown>;
    expect(verdict['outcome']).toBe(['genuine', 'rejected', 'unverifiable'][code]);
    const described = JSON.parse(readFileSync(join(out, 'passport.json'), 'utf8')) as unknown;
    expect(described).toMatchObject({ person: 'mai', facts: { documentNumber: 'X12345678' } });
  });

  it('verify with the files that lie beside the passport, and by date', async () => {
    const out = join(folder, 'files');
    await make('--out', out);
    const trust = ['--anchors', join(out, 'sandbox-csca.cer'), '--crl', join(out, 'sandbox.crl')];
    expect((await verify(out, ...trust)).code).toBe(0);
    expect((await verify(out, ...trust, '--at', '2099-01-01')).code).toBe(2);
    expect((await verify(out)).code).toBe(2);
  });

  it('tell by one digest which anchors were given, however they were named', async () => {
    const out = join(folder, 'digest');
    await make('--out', out);
    const trust = ['--anchors', join(out, 'sandbox-csca.cer'), '--crl', join(out, 'sandbox.crl')];
    const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
    const [csca] = testTrust().anchors;
    const trustStoreOf = ({ out: text }: { out: string }) =>
      (JSON.parse(text) as { trustStore: { version: string } }).trustStore;
    expect(trustStoreOf(await verify(out, ...trust))).toEqual({
      version: `sha256:${sha256(sha256(csca!))}`,
    });
    const named = trustStoreOf(await verify(out, ...trust));
    expect(trustStoreOf(await verify(out, '--test-anchors', ...trust))).toEqual(named);
    expect(trustStoreOf(await verify(out))).not.toEqual(named);
  });

  it('says of a lone SOD that it is one', async () => {
    const out = join(folder, 'whole');
    await make('--out', out);
    const lone = mkdtempSync(join(folder, 'lone-'));
    writeFileSync(join(lone, 'EF_SOD.bin'), readFileSync(join(out, 'EF_SOD.bin')));
    const verified = await verify(lone, '--test-anchors');
    expect(verified.code).toBe(2);
    expect(JSON.parse(verified.out)).toMatchObject({ note: expect.stringMatching(/^only EF_SOD/) });
  });

  it('rejects a folder that holds one data group under two names', async () => {
    const twice = mkdtempSync(join(folder, 'twice-'));
    for (const name of ['DG1.bin', 'Datagroup1.bin']) writeFileSync(join(twice, name), '');
    const verified = await verify(twice, '--test-anchors');
    expect(verified.code).toBe(1);
    expect(JSON.parse(verified.out)).toMatchObject({
      outcome: 'rejected',
      reason: 'duplicate_file',
    });
  });

  it.each([
    ['no folder', [], 64],
    ['a folder that is not there', [join(folder, 'nowhere')], 66],
    ['an anchor file that is not there', [folder, '--anchors', join(folder, 'nowhere')], 66],
    ['a date that is none', [folder, '--at', 'yesterday'], 64],
    ['an option that is none', [folder, '--trust-me'], 64],
    ['half an exchange', [folder, '--challenge', '0011'], 64],
    ['a challenge that is no hex', [folder, '--challenge', 'xy', '--response', '00'], 64],
  ])('tell what to fix with %s', async (_what, args, code) => {
    const refused = await verify(...args);
    expect([refused.code, refused.out]).toEqual([code, '']);
    expect(refused.err.length).toBeGreaterThan(10);
  });

  it.each([
    ['no folder to write to', ['--person', 'anna']],
    ['a person nobody knows', ['--person', 'nobody', '--out', 'x']],
    ['a defect nobody knows', ['--defect', 'none', '--out', 'x']],
    ['a number that is none', ['--number', 'a b', '--out', 'x']],
  ])('make nothing with %s', async (_what, args) => {
    const refused = await make(...args);
    expect([refused.code, refused.out]).toEqual([64, '']);
  });
});

describe('the command line', () => {
  it('reads a zone: exit 0 valid, 1 not, 66 without a file', async () => {
    const file = join(folder, 'zone.txt');
    const lines = [
      'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
      'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
    ];
    const mrz = (...args: string[]) => run((io) => runCommand(['mrz', ...args], io));
    writeFileSync(file, lines.join('\n'));
    expect((await mrz(file)).code).toBe(0);
    writeFileSync(file, lines.join('\n').replace('L898', 'L899'));
    const wrong = await mrz(file);
    expect([wrong.code, JSON.parse(wrong.out)]).toMatchObject([
      1,
      { problems: ['check_digit_wrong'] },
    ]);
    expect((await mrz(join(folder, 'nowhere'))).code).toBe(66);
    expect((await mrz()).code).toBe(64);
  });
});
