import type { App } from '../lib/app.ts';
import { keysOf } from '../visas/connect-register.ts';
import { createSignedChannel } from '../visas/http-register.ts';
import type { RegisterAttempt, RegisterLimits } from '../visas/http-register.ts';
import { comparisonContract } from './matcher-port.ts';
import type { FaceMatcher } from './matcher-port.ts';

/** A comparison takes longer than a look-up, and two pictures a while to arrive. */
const LIMITS: Partial<RegisterLimits> = { attemptTimeoutMs: 8000, maxAttempts: 2 };

/** The face matcher that the configuration names; null where officers compare alone. Throws where its keys can't be used. */
export async function connectMatcher(
  app: Pick<App, 'config' | 'keys' | 'clock' | 'random' | 'log'>,
  limits: Partial<RegisterLimits> = LIMITS,
): Promise<FaceMatcher | null> {
  const { config, clock, random, log } = app;
  const url = config.MATCHER_URL;
  if (url === null) return null;
  const report = (attempt: RegisterAttempt) => {
    if (attempt.answered) log.debug(attempt, 'the face matcher answered');
    else log.warn(attempt, 'the face matcher gave no answer');
  };
  const channel = createSignedChannel(
    {
      url,
      registerIssuer: url,
      clientId: config.ISSUER,
      signingJwk: app.keys.registerClientJwk,
      registerKeys: await keysOf(
        'MATCHER_JWKS_FILE',
        { url, jwksFile: config.MATCHER_JWKS_FILE },
        app,
      ),
      allowPlainHttp: config.sandbox,
      limits,
    },
    { clock, random, report },
  );
  return {
    compare: (pair) => channel.exchange(comparisonContract, pair),
    terms: {
      similarityMin: config.MATCHER_SIMILARITY_MIN,
      attackMin: config.MATCHER_ATTACK_MIN,
      approved: config.MATCHER_APPROVED,
    },
  };
}
