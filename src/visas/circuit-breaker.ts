import { addSeconds } from '../lib/clock.ts';

/**
 * Stops asking a server that fails, so that it can recover and our callers need not wait for it. Pure: the caller
 * keeps the state and gives the time.
 *
 *     closed -- failuresToOpen failures in a row --> open -- openSeconds --> half_open (one trial) -- success --> closed
 *                                                      ^------------------ failure ----'
 */
export type Breaker =
  | { kind: 'closed'; failures: number }
  | { kind: 'open'; until: Date }
  /** One trial is under way; if it is never reported, another may start after `trialUntil`. */
  | { kind: 'half_open'; trialUntil: Date };

export interface BreakerPolicy {
  failuresToOpen: number;
  openSeconds: number;
}

export const closedBreaker: Breaker = { kind: 'closed', failures: 0 };

/** Whether a call may go out at `now`, and the state it leaves. */
export function admitCall(
  breaker: Breaker,
  now: Date,
  policy: BreakerPolicy,
): { allowed: boolean; breaker: Breaker } {
  if (breaker.kind === 'closed') return { allowed: true, breaker };
  const waitsUntil = breaker.kind === 'open' ? breaker.until : breaker.trialUntil;
  if (now < waitsUntil) return { allowed: false, breaker };
  const trialUntil = addSeconds(now, policy.openSeconds);
  return { allowed: true, breaker: { kind: 'half_open', trialUntil } };
}

/** The state after a call came back. Late news from before an opening does not close it: only the trial does. */
export function callEnded(
  breaker: Breaker,
  outcome: 'success' | 'failure',
  now: Date,
  policy: BreakerPolicy,
): Breaker {
  if (breaker.kind === 'open') return breaker;
  if (outcome === 'success') return closedBreaker;
  const failures = breaker.kind === 'closed' ? breaker.failures + 1 : policy.failuresToOpen;
  return failures >= policy.failuresToOpen
    ? { kind: 'open', until: addSeconds(now, policy.openSeconds) }
    : { kind: 'closed', failures };
}
