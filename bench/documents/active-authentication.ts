import { createPublicKey, sign, verify } from 'node:crypto';
import { answerActiveAuthentication } from '../../src/dev/passport-maker/answer-active-authentication.ts';
import { ecKey, rsaKey } from '../../src/dev/passport-maker/sandbox-pki.ts';
import { judgeActiveAuthentication } from '../../src/documents/active-authentication.ts';
import { publicKeyOf } from '../../src/documents/public-keys.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { measure, medianCost, medianRatio } from '../compare.ts';
import type { Result } from '../report.ts';

const chipKeys = { rsa: rsaKey, ec: () => ecKey('P-256') };

/** A chip's answer judged, against one plain signature verified on the same key: at least half as fast is at most twice the cost. */
export function chipAnswers(): Result[] {
  const challenge = Buffer.from('1122334455667788', 'hex');
  return (['rsa', 'ec'] as const).map((kind) => {
    const chipKey = chipKeys[kind]();
    const response = answerActiveAuthentication(chipKey, challenge, systemRandom);
    const spki = createPublicKey(chipKey).export({ type: 'spki', format: 'der' });
    const key = publicKeyOf(spki);
    const signature = sign('sha256', challenge, chipKey);
    const ours = () => judgeActiveAuthentication(key, { challenge, response }, 'sha256').ok;
    const raw = () => verify('sha256', challenge, key.key, signature);
    if (!ours() || !raw()) throw new Error('an answer does not hold');
    const rounds = measure({ ours, raw });
    return {
      what: `active authentication, ${kind}`,
      target: '<= 2',
      cpu: medianRatio(rounds.ours, rounds.raw, 'cpu').toFixed(2),
      wall: medianRatio(rounds.ours, rounds.raw, 'wall').toFixed(2),
      ours_us: medianCost(rounds.ours, 'cpu').toFixed(0),
      other_us: medianCost(rounds.raw, 'cpu').toFixed(0),
    };
  });
}
