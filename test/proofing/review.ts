import type { SandboxPassport } from '../../src/dev/passport-maker/make-passport.ts';
import type { ProofingCase } from '../../src/proofing/case-state.ts';
import { readChip } from './phone.ts';
import { livePicture, passportOf, startCase, takePortrait, waitForStep } from './scene.ts';
import type { Applicant, Scene } from './scene.ts';

/** A case that waits for an officer: chip read, portrait taken, register answered. */
export async function reviewCase(
  scene: Scene,
  options: {
    passport?: SandboxPassport;
    returnTo?: string;
    person?: Applicant;
  } = {},
): Promise<Applicant & { proofing: ProofingCase }> {
  const person = options.person ?? (await startCase(scene, options));
  const passport = options.passport ?? (await passportOf(scene));
  const read = await readChip(scene, person, passport);
  if (read.body.outcome !== 'accepted')
    throw new Error(`The chip was ${JSON.stringify(read.body)}.`);
  const taken = await takePortrait(person, await livePicture());
  if (taken.status !== 303) throw new Error(`The portrait answered ${taken.status}.`);
  const proofing = await waitForStep(scene, person.caseId, ({ state }) => state.step === 'review');
  return { ...person, proofing };
}
