import type { KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import { simulateChip, type SimulatedChip } from '../../src/dev/passport-maker/simulate-chip.ts';
import {
  chipAuthenticationInfos,
  writeDg14,
  type ChipAuthenticationChipKey,
} from '../../src/dev/passport-maker/write-chip-files.ts';
import {
  chipAuthenticationState,
  startChipAuthentication,
  withChipAnswer,
} from '../../src/documents/chip-authentication.ts';
import type { ChipFiles } from '../../src/documents/chip-verdict.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { dhKey, ecKey, run, started } from './chip-run.ts';
import { anna, findings, mai, now, pki, trust, withFile } from './sandbox-chips.ts';

const passportWith = (
  chipAuthentication: ChipAuthenticationChipKey,
  { activeAuthentication = true } = {},
) => makePassport(pki, { person: demoPeople.anna, now, chipAuthentication, activeAuthentication });
const ALONE = { activeAuthentication: false };

const chipKey = ecKey('brainpoolP256r1');
const aes: ChipAuthenticationChipKey = { key: chipKey, cipher: 'aes-128' };
const passport = await passportWith(aes, ALONE);

describe('chip authentication run by us', () => {
  it.each<[string, ChipAuthenticationChipKey, string]>([
    ['ECDH, 3DES', { key: ecKey('brainpoolP224r1'), cipher: '3des' }, 'ecdh brainpoolP224r1 3des'],
    ['ECDH, AES-128', aes, 'ecdh brainpoolP256r1 aes-128'],
    ['ECDH, AES-192', { key: ecKey('P-384'), cipher: 'aes-192' }, 'ecdh P-384 aes-192'],
    ['ECDH, AES-256', { key: ecKey('P-521'), cipher: 'aes-256' }, 'ecdh P-521 aes-256'],
    ['a named key', { key: ecKey('P-256'), cipher: 'aes-128', keyId: 195 }, 'ecdh P-256 aes-128'],
    ['DH, 3DES', { key: dhKey('modp14'), cipher: '3des' }, 'dh 2048 3des'],
    ['DH, AES-256', { key: dhKey('modp15'), cipher: 'aes-256' }, 'dh 3072 aes-256'],
  ])('passes with the chip’s own key: %s', async (_name, chip, algorithm) => {
    const { files } = await passportWith(chip, ALONE);
    const { state, session } = run(files, simulateChip(files, chip));
    expect(state).toEqual({ state: 'passed', algorithm });
    const chipAuthentication = { source: 'our_server' as const, session };
    const verdict = verifyChip({ files, now, ...trust, chipAuthentication });
    expect(verdict).toMatchObject({
      outcome: 'genuine',
      cloneCheck: 'passed',
      algorithms: { chipAuthentication: algorithm },
    });
    expect(findings(verdict)).toEqual({});
  });

  it('sends MSE:Set AT and GENERAL AUTHENTICATE for AES, MSE:Set KAT for 3DES, then its own messages', async () => {
    expect(run(passport.files, simulateChip(passport.files, aes)).commands).toEqual([
      'reader_session 0022',
      'reader_session 0086',
      'as_is 0ca4',
      'as_is 0cb0',
    ]);
    const des: ChipAuthenticationChipKey = { key: chipKey, cipher: '3des' };
    const { files } = await passportWith(des);
    expect(run(files, simulateChip(files, des)).commands).toEqual([
      'reader_session 0022',
      'as_is 0ca4',
      'as_is 0cb0',
    ]);
  });

  it('draws another key each time, and gives the same commands for the same key', () => {
    const session = started(passport.files);
    const again = started(passport.files);
    expect(session.secret.equals(again.secret)).toBe(false);
    const state = () => chipAuthenticationState(passport.files, session);
    expect(state()).toEqual(state());
  });

  it('passes beside active authentication', async () => {
    const { files } = await passportWith(aes);
    const { session } = run(files, simulateChip(files, aes));
    const chipAuthentication = { source: 'our_server' as const, session };
    const verdict = verifyChip({ files, now, ...trust, chipAuthentication });
    expect(verdict).toMatchObject({ outcome: 'genuine', cloneCheck: 'passed' });
    expect(findings(verdict)).toEqual({
      active_authentication: 'warned: active_authentication_missing',
    });
  });
});

/** The verdict on a run with this chip. */
function judged(files: ChipFiles, chip: SimulatedChip, alter?: Parameters<typeof run>[2]) {
  const { state, session } = run(files, chip, alter);
  const chipAuthentication = { source: 'our_server' as const, session };
  return { state, verdict: verifyChip({ files, now, ...trust, chipAuthentication }) };
}

describe('a copy of a chip', () => {
  const { files } = passport;

  it.each<[string, KeyObject, ChipAuthenticationChipKey['cipher']]>([
    ['another key', ecKey('brainpoolP256r1'), 'aes-128'],
    ['the right key and another cipher', chipKey, 'aes-256'],
  ])('with %s fails and is rejected', (_name, key, cipher) => {
    const { state, verdict } = judged(files, simulateChip(files, { key, cipher }));
    expect(state).toEqual({ state: 'failed', reason: 'answer_not_protected' });
    expect(verdict).toMatchObject({ outcome: 'rejected', cloneCheck: 'failed' });
  });

  it.each<[string, (answer: Buffer, step: number) => Buffer, string]>([
    [
      'makes up an answer',
      () => Buffer.from('990290008e0800000000000000009000', 'hex'),
      'answer_not_authentic',
    ],
    ['says only that all is well', () => Buffer.from('9000', 'hex'), 'answer_not_protected'],
    ['says nothing', () => Buffer.alloc(0), 'answer_not_protected'],
  ])('that %s fails', (_name, answer, reason) => {
    const alter = (real: Buffer, step: number) => (step < 3 ? real : answer(real, step));
    const { state, verdict } = judged(files, simulateChip(files, aes), alter);
    expect(state).toEqual({ state: 'failed', reason });
    expect(verdict).toMatchObject({ outcome: 'rejected', cloneCheck: 'failed' });
  });

  it('cannot repeat what the chip answered in another run, nor an answer of this run', () => {
    const recorded = run(files, simulateChip(files, aes)).session.answers;
    const replayed = { ...started(files), answers: recorded };
    expect(chipAuthenticationState(files, replayed)).toMatchObject({ state: 'failed' });
    const { session } = run(files, simulateChip(files, aes));
    const twice = { ...session, answers: [...session.answers.slice(0, 3), session.answers[2]!] };
    expect(chipAuthenticationState(files, twice)).toMatchObject({ state: 'failed' });
    const more = withChipAnswer(session, session.answers[3]!);
    expect(chipAuthenticationState(files, more)).toMatchObject({ state: 'failed' });
  });

  it('is not helped by any changed bit of a protected answer', () => {
    const { session } = run(files, simulateChip(files, aes));
    const last = session.answers[3]!;
    for (let bit = 0; bit < last.length * 8; bit += 7) {
      const altered = Buffer.from(last);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      const answers = [...session.answers.slice(0, 3), altered];
      expect(chipAuthenticationState(files, { ...session, answers }).state).toBe('failed');
    }
  });

  it('that refuses the agreement stays open, and is not genuine', () => {
    const { state, verdict } = judged(files, { transmit: () => Buffer.from('6a80', 'hex') });
    expect(state).toEqual({ state: 'refused', reason: 'chip_refused' });
    expect(verdict).toMatchObject({ outcome: 'unverifiable', cloneCheck: 'not_attempted' });
  });

  it('with the right key but the files of another passport fails', async () => {
    const other = await passportWith(aes, ALONE);
    const { state } = judged(files, simulateChip(other.files, aes));
    expect(state).toEqual({ state: 'failed', reason: 'other_chip_contents' });
  });
});

describe('what proves nothing', () => {
  const { files } = passport;
  const verdictWith = (changes: Parameters<typeof verifyChip>[0] | object) =>
    verifyChip({ files, now, ...trust, ...changes });

  it('is evidence that somebody uploads, and the verdict says so', () => {
    const verdict = verdictWith({ chipAuthentication: { source: 'uploaded' } });
    expect(verdict.cloneCheck).toBe('not_attempted');
    expect(findings(verdict)).toMatchObject({
      chip_authentication: 'warned: chip_authentication_not_ours',
    });
  });

  it('is a run that was not made, or not finished', () => {
    expect(findings(verdictWith({}))).toMatchObject({
      chip_authentication: 'warned: chip_authentication_not_run',
    });
    const session = started(files);
    const verdict = verdictWith({ chipAuthentication: { source: 'our_server', session } });
    expect(verdict.cloneCheck).toBe('not_attempted');
    expect(findings(verdict)).toMatchObject({
      chip_authentication: 'warned: chip_authentication_unfinished',
    });
  });

  it('is a key that the SOD does not cover', () => {
    const own: ChipAuthenticationChipKey = { key: ecKey('P-256'), cipher: 'aes-128' };
    const forged = withFile(passport, 'DG14', writeDg14(...chipAuthenticationInfos(own)));
    expect(startChipAuthentication(forged.files, systemRandom)).toEqual({
      ok: false,
      reason: 'hash_differs',
    });
    const added = withFile(mai, 'DG14', writeDg14(...chipAuthenticationInfos(own)));
    expect(startChipAuthentication(added.files, systemRandom).ok).toBe(false);
  });

  it('is a run under a SOD whose signature is wrong', () => {
    const sod = Buffer.from(files.get('EF_SOD')!);
    sod[sod.length - 1]! ^= 1;
    const bad = withFile(passport, 'EF_SOD', sod).files;
    const { state, session } = run(bad, simulateChip(bad, aes));
    expect(state.state).toBe('passed');
    const chipAuthentication = { source: 'our_server' as const, session };
    const verdict = verifyChip({ files: bad, now, ...trust, chipAuthentication });
    expect(verdict).toMatchObject({ outcome: 'rejected', cloneCheck: 'not_attempted' });
  });

  it('is a chip without such a key', () => {
    expect(startChipAuthentication(anna.files, systemRandom)).toEqual({
      ok: false,
      reason: 'no_chip_key',
    });
    expect(startChipAuthentication(new Map(), systemRandom).ok).toBe(false);
  });
});
