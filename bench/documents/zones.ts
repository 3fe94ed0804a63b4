import { parse } from 'mrz';
import { parseMrz } from '../../src/documents/mrz.ts';
import { measure, medianCost, medianRatio } from '../compare.ts';
import type { Result } from '../report.ts';
import { now } from './vectors.ts';

/** A passport that both accept: the package knows no Utopia, and reads a visa as a passport. */
const PASSPORT = [
  'P<D<<ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  'L898902C36D<<7408122F1204159ZE184226B<<<<<10',
];
/** The specimens of Doc 9303-4 to -7. */
const SPECIMENS = [
  ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'],
  ['I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'D231458907UTO7408122F1204159<<<<<<<6'],
  [
    'I<UTOD231458907<<<<<<<<<<<<<<<',
    '7408122F1204159UTO<<<<<<<<<<<6',
    'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
  ],
  ['V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L8988901C4XXX4009078F96121096ZE184226B<<<<<<'],
];

/** Zones read, every check digit computed and every field interpreted, against the `mrz` package on the same zones. */
export function zones(): Result[] {
  const options = { now, specimenStates: true };
  for (const lines of [PASSPORT, ...SPECIMENS]) {
    if (!parseMrz(lines, options).ok) throw new Error('a zone does not hold');
  }
  if (!parse(PASSPORT).valid) throw new Error('the passport does not hold for the package');
  return [
    measured('a passport', [PASSPORT]),
    measured('ICAO specimens (TD1, TD2, TD3, MRV-A)', SPECIMENS),
  ];
}

function measured(what: string, all: readonly (readonly string[])[]): Result {
  const options = { now, specimenStates: true };
  const rounds = measure({
    ours: () => all.forEach((lines) => parseMrz(lines, options)),
    other: () => all.forEach((lines) => parse([...lines])),
  });
  const [our, their] = [rounds.ours, rounds.other].map(
    (costs) => medianCost(costs, 'cpu') / all.length,
  );
  const perSecond = (micros: number) => Math.round(1e6 / micros).toLocaleString('en');
  return {
    what: `zone of ${what}: ${perSecond(our!)}/s, mrz package ${perSecond(their!)}/s`,
    target: '<= 0.05',
    cpu: medianRatio(rounds.ours, rounds.other, 'cpu').toFixed(3),
    wall: medianRatio(rounds.ours, rounds.other, 'wall').toFixed(3),
    ours_us: our!.toFixed(2),
    other_us: their!.toFixed(1),
  };
}
