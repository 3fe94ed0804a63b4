import { demoPeople } from '../../src/dev/demo-people.ts';
import { answerActiveAuthentication } from '../../src/dev/passport-maker/answer-active-authentication.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import type { SandboxPassport } from '../../src/dev/passport-maker/make-passport.ts';
import { makeSandboxPki } from '../../src/dev/passport-maker/sandbox-pki.ts';
import type {
  ChipFileName,
  ChipVerdict,
  VerifyChipInput,
} from '../../src/documents/chip-verdict.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { systemRandom } from '../../src/lib/random.ts';

/** Sandbox chips for the tests of the verdict, at one fixed time. */
export const now = new Date('2026-11-22T12:00:00Z');
const clock = { now: () => now };
export const pki = makeSandboxPki({ clock, random: systemRandom });
export const otherPki = makeSandboxPki({ clock, random: systemRandom });
export const challenge = Buffer.from('1122334455667788', 'hex');
export const trust = {
  anchors: [pki.csca.certificate],
  crls: [pki.revocationList],
  policy: { specimenStates: true },
};

export function judge(
  passport: Pick<SandboxPassport, 'chipKey' | 'files'>,
  changes: Partial<VerifyChipInput> = {},
): ChipVerdict {
  const response = answerActiveAuthentication(passport.chipKey, challenge, systemRandom);
  const { files } = passport;
  return verifyChip({
    files,
    now,
    ...trust,
    activeAuthentication: { challenge, response },
    ...changes,
  });
}

/** What a verdict says beyond "passed", and beyond a proof that the chip was never made for. */
export function findings({ checks }: ChipVerdict): Record<string, string> {
  const told = checks.filter(
    ({ outcome, reason }) => outcome !== 'passed' && reason !== 'no_chip_key',
  );
  return Object.fromEntries(
    told.map(({ name, outcome, reason }) => [name, `${outcome}: ${reason}`]),
  );
}

export function withFile(passport: SandboxPassport, name: ChipFileName, bytes: Buffer | null) {
  const files = new Map(passport.files);
  if (bytes === null) files.delete(name);
  else files.set(name, bytes);
  return { ...passport, files };
}

export const anna = await makePassport(pki, { person: demoPeople.anna, now });
export const mai = await makePassport(pki, { person: demoPeople.mai, now });
