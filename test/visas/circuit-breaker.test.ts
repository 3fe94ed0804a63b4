import { expect, test } from 'vitest';
import { admitCall, callEnded, closedBreaker } from '../../src/visas/circuit-breaker.ts';
import type { Breaker } from '../../src/visas/circuit-breaker.ts';

const policy = { failuresToOpen: 3, openSeconds: 10 };
const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 0, 0, seconds));

function openAt(seconds: number): Breaker {
  let breaker: Breaker = closedBreaker;
  for (let n = 0; n < 3; n += 1) breaker = callEnded(breaker, 'failure', at(seconds), policy);
  return breaker;
}

test('it opens at the third failure in a row, and a success starts the count again', () => {
  let breaker = callEnded(closedBreaker, 'failure', at(0), policy);
  breaker = callEnded(breaker, 'failure', at(0), policy);
  breaker = callEnded(breaker, 'success', at(0), policy);
  expect(breaker).toEqual(closedBreaker);
  expect(openAt(0)).toEqual({ kind: 'open', until: at(10) });
});

test('open, it lets nothing out until its time, then exactly one trial', () => {
  const open = openAt(0);
  expect(admitCall(open, at(9), policy)).toEqual({ allowed: false, breaker: open });
  const trial = admitCall(open, at(10), policy);
  expect(trial).toEqual({ allowed: true, breaker: { kind: 'half_open', trialUntil: at(20) } });
  expect(admitCall(trial.breaker, at(11), policy).allowed).toBe(false);
});

test('the trial decides: success closes, failure opens again', () => {
  const { breaker } = admitCall(openAt(0), at(10), policy);
  expect(callEnded(breaker, 'success', at(11), policy)).toEqual(closedBreaker);
  expect(callEnded(breaker, 'failure', at(11), policy)).toEqual({ kind: 'open', until: at(21) });
});

test('a trial that never reports does not block for ever', () => {
  const { breaker } = admitCall(openAt(0), at(10), policy);
  expect(admitCall(breaker, at(20), policy).allowed).toBe(true);
});

test('late news from calls sent before it opened does not move it', () => {
  const open = openAt(0);
  expect(callEnded(open, 'success', at(1), policy)).toEqual(open);
  expect(callEnded(open, 'failure', at(5), policy)).toEqual(open);
});
