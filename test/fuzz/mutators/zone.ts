import { checkDigitOf } from '../../../src/documents/mrz-check-digits.ts';
import { oneOf, type Change, type Draw } from './draw.ts';

const LETTERS = '<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const STATES = ['D<<', 'UTO', 'GBD', 'RKS', 'XXA', 'XXX', 'EUE', 'UNO', 'XOM', 'THA', '<<<', 'QQQ'];
const DATES = ['<<<<<<', '000000', '991231', '000229', '010229', '261122', '85<<<<', '8512<<'];
const CODES = ['P<', 'PM', 'V<', 'VB', 'I<', 'ID', 'AC', 'C<', 'IV', '<<'];

type Lines = string[];
type LineChange = (lines: Lines, draw: Draw) => Lines;

/** Where things stand: line, from, and where the digit over them stands. */
const PLACES = {
  TD3: { code: 0, state: [0, 2], nationality: [1, 10], birth: [1, 13], expiry: [1, 21] },
  TD1: { code: 0, state: [0, 2], nationality: [1, 15], birth: [1, 0], expiry: [1, 8] },
} as const;

const placesOf = (lines: Lines) => (lines.length === 3 ? PLACES.TD1 : PLACES.TD3);

function written(lines: Lines, [line, from]: readonly [number, number], text: string): Lines {
  return lines.map((old, at) =>
    at === line ? old.slice(0, from) + text + old.slice(from + text.length) : old,
  );
}

function anywhere(lines: Lines, draw: Draw): readonly [number, number] {
  const line = draw(lines.length);
  return [line, draw(Math.max(1, lines[line]!.length))];
}

const CHANGES: readonly LineChange[] = [
  (lines, draw) => written(lines, anywhere(lines, draw), LETTERS[draw(LETTERS.length)]!),
  (lines, draw) => written(lines, anywhere(lines, draw), '<'.repeat(1 + draw(10))),
  (lines, draw) => written(lines, placesOf(lines).birth, oneOf(draw, DATES)),
  (lines, draw) => written(lines, placesOf(lines).expiry, oneOf(draw, DATES)),
  (lines, draw) => written(lines, placesOf(lines).state, oneOf(draw, STATES)),
  (lines, draw) => written(lines, placesOf(lines).nationality, oneOf(draw, STATES)),
  (lines, draw) => written(lines, [0, 0], oneOf(draw, CODES)),
  // A document number over nine characters, its digit in the optional data.
  (lines, draw) => {
    const [line, from, to] = lines.length === 3 ? [0, 5, 14] : [1, 0, 28];
    const number = lines[line]?.slice(from, from + 9) ?? '';
    const rest = LETTERS.slice(1, 2 + draw(9));
    const counted = draw(2) === 0 ? number + rest : `${number}<${rest}`;
    const tail = `${rest}${checkDigitOf(counted)}<`;
    return written(written(lines, [line, from + 9], '<'), [line, to + (line === 0 ? 1 : 0)], tail);
  },
  (lines, draw) => {
    const [line, at] = anywhere(lines, draw);
    return lines.map((old, which) => (which === line ? old.slice(0, at) + old.slice(at + 1) : old));
  },
  (lines, draw) => lines.map((line) => line.slice(0, oneOf(draw, [30, 36, 44, 72]))),
  (lines, draw) => lines.map((line) => line.padEnd(oneOf(draw, [30, 36, 44]), '<')),
  (lines) => lines.toReversed(),
  (lines, draw) => [...lines, lines[draw(lines.length)]!],
  (lines) => (lines.length > 1 ? lines.slice(1) : lines),
];

/** Changes the lines of a machine-readable zone, and half of the time makes its check digits right again. */
export const changeZone: Change = (bytes, { draw }) => {
  const text = bytes.toString('latin1');
  const lines = text.split('\n');
  const changed = oneOf(draw, CHANGES)(lines, draw);
  const repaired = draw(2) === 0 ? changed : withRightDigits(changed);
  const separator = draw(20) === 0 ? oneOf(draw, ['', '\r\n', '\r', ' \n']) : '\n';
  return Buffer.from(repaired.join(separator), 'latin1');
};

/** The zone in DG1, which stands there without line ends. */
export const changeZoneOfDg1: Change = (bytes, supply) => {
  const tag = bytes.indexOf('5f1f', 0, 'hex');
  if (tag === -1 || tag + 3 >= bytes.length) return bytes;
  const start = tag + 3;
  const width = { 72: 36, 88: 44, 90: 30 }[bytes.length - start];
  if (width === undefined) return bytes;
  const zone = bytes.toString('latin1', start);
  const lines = zone.match(new RegExp(`.{${width}}`, 'gs')) ?? [];
  const changed = changeZone(Buffer.from(lines.join('\n'), 'latin1'), supply);
  const unbroken = changed.toString('latin1').replaceAll(/[\r\n ]/g, '');
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(unbroken, 'latin1')]);
};

/** With the check digits that the standard asks for; lines of another shape as they are. */
function withRightDigits(lines: Lines): Lines {
  const kind = lines.map(({ length }) => length).join();
  if (kind === '30,30,30') return td1Digits(lines);
  return ['36,36', '44,44'].includes(kind) ? twoLineDigits(lines) : lines;
}

type Digit = (lines: Lines, line: number, from: number, to: number) => Lines;

const digitAfter: Digit = (lines, line, from, to) =>
  written(lines, [line, to], checkDigitOf(lines[line]!.slice(from, to)));

function td1Digits(lines: Lines): Lines {
  const short = lines[0]![14] === '<' ? lines : digitAfter(lines, 0, 5, 14);
  const dated = digitAfter(digitAfter(short, 1, 0, 6), 1, 8, 14);
  const [first, second] = dated as [string, string];
  const over = first.slice(5, 30) + second.slice(0, 7) + second.slice(8, 15) + second.slice(18, 29);
  return written(dated, [1, 29], checkDigitOf(over));
}

function twoLineDigits(lines: Lines): Lines {
  const short = lines[1]![9] === '<' ? lines : digitAfter(lines, 1, 0, 9);
  const dated = digitAfter(digitAfter(short, 1, 13, 19), 1, 21, 27);
  if (lines[0]!.startsWith('V')) return dated;
  const end = dated[1]!.length - 1;
  const optional = end === 43 ? digitAfter(dated, 1, 28, 42) : dated;
  const second = optional[1]!;
  const over = second.slice(0, 10) + second.slice(13, 20) + second.slice(21, end);
  return written(optional, [1, end], checkDigitOf(over));
}
