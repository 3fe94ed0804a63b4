import { describe, expect, it } from 'vitest';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { answerActiveAuthentication } from '../../src/dev/passport-maker/answer-active-authentication.ts';
import { makePassport, passportDefects } from '../../src/dev/passport-maker/make-passport.ts';
import type { PassportDefect } from '../../src/dev/passport-maker/make-passport.ts';
import type { ChipFileName } from '../../src/documents/chip-verdict.ts';
import { der, derSequence } from '../../src/documents/der-writer.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { systemRandom } from '../../src/lib/random.ts';
import {
  anna,
  challenge,
  findings,
  judge,
  mai,
  now,
  pki,
  trust,
  withFile,
} from './sandbox-chips.ts';

describe('a sound passport', () => {
  it.each([
    ['ECDSA', anna, 'ecdsa-sha256 P-256'],
    ['RSA', mai, 'iso9796-2-sha256 2048'],
  ])('is genuine with an %s chip', (_kind, passport, activeAuthentication) => {
    const verdict = judge(passport);
    expect(findings(verdict)).toEqual({});
    expect(verdict).toMatchObject({
      outcome: 'genuine',
      cloneCheck: 'passed',
      algorithms: { activeAuthentication, level: 'full' },
      portrait: { mimeType: 'image/jpeg' },
      at: now.toISOString(),
    });
    expect(verdict.portrait?.bytes).toEqual(passport.portrait);
  });

  it('tells the printed name beside that of the zone, and the birth date of DG11', async () => {
    const tomas = await makePassport(pki, { person: demoPeople.tomas, now });
    expect(judge(tomas).document).toMatchObject({
      primaryIdentifier: 'OKUBO',
      secondaryIdentifier: 'TOMAS',
      fullNamePrinted: 'ŌKUBO TOMÁS',
      printedPrimaryIdentifier: 'ŌKUBO',
      printedSecondaryIdentifier: 'TOMÁS',
      dateOfBirth: '2000-12-31',
      dateOfBirthSource: 'DG11',
      dateOfExpiry: '2034-11-22',
      expired: false,
      placeOfBirth: 'SÃO PAULO',
    });
  });

  it('gives a single-name holder no second name', async () => {
    const sukarno = await makePassport(pki, { person: demoPeople.sukarno, now });
    const { document } = judge(sukarno);
    expect(document).toMatchObject({ primaryIdentifier: 'SUKARNO', secondaryIdentifier: '' });
    expect(document).not.toHaveProperty('printedSecondaryIdentifier');
  });

  it('gives the same verdict for the same input', () => {
    const once = { files: anna.files, now, ...trust };
    expect(JSON.stringify(verifyChip(once))).toBe(JSON.stringify(verifyChip(once)));
  });

  it.each([3, 'sha256:00'])('repeats that the trust store was version %s', (version) => {
    const verdict = judge(anna, { trustStore: { version } });
    expect(verdict).toEqual({ ...judge(anna), trustStore: { version } });
    const broken = judge(anna, { trustStore: { version }, anchors: null as never });
    expect(broken).toMatchObject({ outcome: 'unverifiable', trustStore: { version } });
    expect(judge(anna)).not.toHaveProperty('trustStore');
  });

  it('says which clause each check enforces', () => {
    for (const { clause } of judge(anna).checks) expect(clause).toMatch(/Doc 9303|RFC \d{4}/);
  });
});

describe('a bad passport', () => {
  const expected: Record<PassportDefect, [string, string, Record<string, string>]> = {
    'flipped-byte': ['rejected', 'passed', { data_group_hashes: 'failed: hash_differs' }],
    'swapped-dg': ['rejected', 'passed', { data_group_hashes: 'failed: hash_differs' }],
    'unknown-csca': [
      'unverifiable',
      'passed',
      {
        signer_chain: 'unknown: csca_unknown',
        revocation: 'unknown: revocation_list_unavailable',
      },
    ],
    'revoked-dsc': ['rejected', 'passed', { revocation: 'failed: signer_revoked' }],
    'expired-dsc': ['unverifiable', 'passed', { signer_valid_today: 'failed: signer_expired' }],
    clone: ['rejected', 'failed', { active_authentication: 'failed: response_wrong' }],
    expired: ['genuine', 'passed', { document_expired: 'failed: document_expired' }],
  };

  it.each(
    passportDefects.flatMap((defect) => [[defect, 'ecdsa'] as const, [defect, 'rsa'] as const]),
  )('with the defect %s (%s) is judged by it alone', async (defect, algorithm) => {
    const person = demoPeople.anna;
    const verdict = judge(await makePassport(pki, { person, now, algorithm, defect }));
    const [outcome, cloneCheck, told] = expected[defect];
    expect([verdict.outcome, verdict.cloneCheck, findings(verdict)]).toEqual([
      outcome,
      cloneCheck,
      told,
    ]);
  });

  it('with an expired document says so and keeps its integrity', async () => {
    const passport = await makePassport(pki, { person: demoPeople.anna, now, defect: 'expired' });
    expect(judge(passport).document?.expired).toBe(true);
  });
});

describe('data groups', () => {
  it('that the SOD does not list are rejected', () => {
    const verdict = judge(withFile(anna, 'DG12', der(0x6c, der(0x5c))));
    expect([verdict.outcome, findings(verdict)]).toEqual([
      'rejected',
      { data_groups_listed: 'failed: not_in_sod' },
    ]);
  });

  it('under another group’s name are rejected by tag and by hash', () => {
    const verdict = judge(withFile(anna, 'DG1', anna.files.get('DG11')!));
    expect(verdict.outcome).toBe('rejected');
    expect(findings(verdict)).toMatchObject({
      files_well_formed: 'failed: wrong_file_tag',
      data_group_hashes: 'failed: hash_differs',
    });
  });

  it('of another genuine passport are rejected', () => {
    for (const name of ['DG1', 'DG2', 'DG11', 'DG15'] as const) {
      const verdict = judge(withFile(anna, name, mai.files.get(name)!));
      expect([name, verdict.outcome]).toEqual([name, 'rejected']);
    }
  });

  it('with bytes behind them are rejected', () => {
    const longer = Buffer.concat([anna.files.get('DG2')!, Buffer.from([0])]);
    expect(findings(judge(withFile(anna, 'DG2', longer)))).toMatchObject({
      files_well_formed: 'failed: trailing_bytes',
    });
  });

  it.each(['DG1', 'DG2'] as const)('leave the verdict open when %s is missing', (name) => {
    const verdict = judge(withFile(anna, name, null));
    expect(verdict.outcome).toBe('unverifiable');
    expect(findings(verdict)).toMatchObject({
      data_groups_complete: 'failed: mandatory_group_missing',
    });
  });

  it('that were held back are told, and nothing more', () => {
    const verdict = judge(withFile(anna, 'DG11', null));
    expect(verdict.outcome).toBe('genuine');
    expect(findings(verdict)).toEqual({
      data_groups_complete: 'warned: listed_group_not_read',
    });
  });

  it('that EF.COM hides or invents are told: nobody signs EF.COM', () => {
    const com = der(0x60, der(0x5f01, Buffer.from('0107')), der(0x5c, Buffer.from('616c', 'hex')));
    const verdict = judge(withFile(anna, 'EF_COM', com));
    expect(verdict.outcome).toBe('genuine');
    expect(findings(verdict)).toEqual({ com_matches_sod: 'warned: com_differs' });
    expect(judge(withFile(anna, 'EF_COM', null)).outcome).toBe('genuine');
  });
});

describe('active authentication', () => {
  it('that was not attempted is a finding, and not "unsupported"', () => {
    const verdict = verifyChip({ files: anna.files, now, ...trust });
    expect(verdict).toMatchObject({ outcome: 'genuine', cloneCheck: 'not_attempted' });
    expect(findings(verdict)).toEqual({
      active_authentication: 'warned: active_authentication_missing',
    });
  });

  it('stays "not attempted" when the reader holds DG15 back', () => {
    const verdict = judge(withFile(anna, 'DG15', null));
    expect(verdict.cloneCheck).toBe('not_attempted');
    expect(findings(verdict)).toMatchObject({ active_authentication: 'warned: chip_key_not_read' });
  });

  it('counts for nothing with a key that the SOD does not cover', () => {
    const own = withFile(anna, 'DG15', mai.files.get('DG15')!);
    const verdict = judge({ ...own, chipKey: mai.chipKey });
    expect(verdict).toMatchObject({ outcome: 'rejected', cloneCheck: 'not_attempted' });
  });

  it('counts for nothing under a SOD whose signature is wrong', () => {
    const sod = Buffer.from(anna.files.get('EF_SOD')!);
    sod[sod.length - 1]! ^= 1;
    const verdict = judge(withFile(anna, 'EF_SOD', sod));
    expect(verdict).toMatchObject({ outcome: 'rejected', cloneCheck: 'not_attempted' });
  });

  it('fails with the answer to another challenge', () => {
    const response = answerActiveAuthentication(anna.chipKey, challenge, systemRandom);
    const replayed = { challenge: Buffer.alloc(8, 9), response };
    const verdict = judge(anna, { activeAuthentication: replayed });
    expect(verdict).toMatchObject({ outcome: 'rejected', cloneCheck: 'failed' });
  });
});

describe('what is no chip at all', () => {
  const sequence = derSequence();
  it.each<[string, [ChipFileName, Buffer][], string]>([
    ['no files', [], 'unverifiable'],
    ['an empty SOD', [['EF_SOD', Buffer.alloc(0)]], 'rejected'],
    ['a truncated SOD', [['EF_SOD', anna.files.get('EF_SOD')!.subarray(0, 300)]], 'rejected'],
    ['a SOD of another form', [['EF_SOD', der(0x77, sequence)]], 'rejected'],
    ['no SOD', [['DG1', anna.files.get('DG1')!]], 'unverifiable'],
    ['a file beyond a mebibyte', [['DG2', Buffer.alloc(1024 * 1024 + 1)]], 'rejected'],
  ])('is never genuine: %s', (_what, files, outcome) => {
    const verdict = verifyChip({ files: new Map(files), now, ...trust });
    expect(verdict.outcome).toBe(outcome);
    expect(verdict.checks.some(({ reason }) => reason === 'internal_error')).toBe(false);
  });
});

describe('one altered bit', () => {
  /** Every bit of the SOD was tried by hand; here a stride through it and through each data group. */
  it.each([
    ['ECDSA', anna],
    ['RSA', mai],
  ])('anywhere in a passport with an %s chip never leaves it genuine', (_kind, passport) => {
    const seen = { mutations: 0, faults: 0 };
    for (const [name, bytes] of passport.files) {
      if (name === 'EF_COM') continue;
      const strideBits = name === 'EF_SOD' ? 23 : Math.ceil((bytes.length * 8) / 100);
      for (let bit = seen.mutations % strideBits; bit < bytes.length * 8; bit += strideBits) {
        const altered = Buffer.from(bytes);
        altered[bit >> 3]! ^= 1 << (bit & 7);
        const { files } = withFile(passport, name, altered);
        const verdict = verifyChip({ files, now, ...trust });
        seen.mutations += 1;
        if (verdict.checks.some(({ reason }) => reason === 'internal_error')) seen.faults += 1;
        expect([name, bit, verdict.outcome]).not.toEqual([name, bit, 'genuine']);
      }
    }
    expect(seen.mutations).toBeGreaterThan(700);
    expect(seen.faults).toBe(0);
  });
});
