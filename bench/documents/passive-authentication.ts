import { demoPeople } from '../../src/dev/demo-people.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import { writeDg2 } from '../../src/dev/passport-maker/write-chip-files.ts';
import { makeSandboxPki } from '../../src/dev/passport-maker/sandbox-pki.ts';
import type { ChipFiles, VerifyChipInput } from '../../src/documents/chip-verdict.ts';
import { parseMasterList } from '../../src/documents/master-lists.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { measure, medianCost, medianRatio } from '../compare.ts';
import type { Result } from '../report.ts';
import { rawCallsOf } from './raw-calls.ts';
import { now, vector, vectorNames } from './vectors.ts';

const PORTRAIT_BYTES = 20_000;

/** Real SODs with a made-up portrait of 20 kB: its hash differs, which changes the verdict and not the work. */
export function realChips(): Result[] {
  const anchors = ['DE_ML_2026-05-28.ml', 'NL_ML_2026-07-22.ml'].flatMap((name) => [
    ...parseMasterList(vector(`masterlists/${name}`)).certificates,
  ]);
  const jpeg = Buffer.alloc(PORTRAIT_BYTES, 7);
  jpeg.write('ffd8ffe0', 'hex');
  const portrait = writeDg2(jpeg, { width: 413, height: 531 });
  return vectorNames('sod')
    .filter((name) => name.endsWith('EF_SOD.bin'))
    .map((name) => {
      const files: ChipFiles = new Map([
        ['EF_SOD', vector(`sod/${name}`)],
        ['DG2', portrait],
      ]);
      const what = `${name.replace('_EF_SOD.bin', '')} SOD`;
      return passiveAuthentication(what, { files, now, anchors, crls: [] });
    });
}

/** Whole chips, all their files and a fresh revocation list. */
export async function sandboxChips(): Promise<Result[]> {
  const pki = makeSandboxPki({ clock: { now: () => now }, random: systemRandom });
  const results: Result[] = [];
  for (const person of [demoPeople.anna, demoPeople.mai]) {
    const { files } = await makePassport(pki, { person, now });
    const trust = { anchors: [pki.csca.certificate], crls: [pki.revocationList] };
    const input = { files, now, ...trust, policy: { specimenStates: true } };
    if (verifyChip(input).outcome !== 'genuine') throw new Error('a sandbox chip is not genuine');
    results.push(passiveAuthentication('whole sandbox chip', input));
  }
  return results;
}

function passiveAuthentication(what: string, input: VerifyChipInput): Result {
  const raw = rawCallsOf(input);
  if (!raw.run()) throw new Error(`${what}: a signature does not hold`);
  const verifiedSigners = new Map<string, boolean>();
  const rounds = measure({
    ours: () => verifyChip(input),
    raw: raw.run,
    cached: () => verifyChip({ ...input, verifiedSigners }),
    issuer: raw.issuer,
  });
  const [ours, other] = [rounds.ours, rounds.raw].map((costs) => medianCost(costs, 'cpu'));
  const saved = rounds.ours.map(({ cpu }, at) => ({ cpu: cpu - rounds.cached[at]!.cpu, wall: 0 }));
  return {
    what: `${what} (${raw.signatures})`,
    target: raw.signatures.startsWith('rsa') ? '<= 2' : '<= 1.25',
    cpu: medianRatio(rounds.ours, rounds.raw, 'cpu').toFixed(2),
    wall: medianRatio(rounds.ours, rounds.raw, 'wall').toFixed(2),
    ours_us: ours!.toFixed(0),
    other_us: other!.toFixed(0),
    cache_saves: `${medianRatio(saved, rounds.issuer, 'cpu').toFixed(2)} signatures`,
  };
}
