import { parse } from 'mrz';
import { parseMrz } from '../../src/documents/mrz.ts';
import { measure, medianCost, medianRatio } from '../compare.ts';
import type { Result } from '../report.ts';
import { now } from './vectors.ts';

/** A zone read, every check digit computed and every field interpreted, against the `mrz` package on the same zone. */
export function zones(): Result {
  const lines = [
    'P<D<<ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
    'L898902C36D<<7408122F1204159ZE184226B<<<<<10',
  ];
  const options = { now, specimenStates: true };
  const ours = () => parseMrz(lines, options);
  const other = () => parse(lines);
  if (!ours().ok || !other().valid) throw new Error('the zone does not hold');
  const rounds = measure({ ours, other });
  const [our, their] = [rounds.ours, rounds.other].map((costs) => medianCost(costs, 'cpu'));
  const perSecond = (micros: number) => Math.round(1e6 / micros).toLocaleString('en');
  return {
    what: `zones: ${perSecond(our!)}/s, the mrz package ${perSecond(their!)}/s`,
    target: '<= 0.05',
    cpu: medianRatio(rounds.ours, rounds.other, 'cpu').toFixed(3),
    wall: medianRatio(rounds.ours, rounds.other, 'wall').toFixed(3),
    ours_us: our!.toFixed(2),
    other_us: their!.toFixed(1),
  };
}
