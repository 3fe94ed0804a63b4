import { oneOf, type Change, type Draw } from './draw.ts';

const TEXTS = ['', 'UTO', 'icao.vacc', 'icao.test', 'ES512', '__proto__', '\u0000', '\ud800', '😀'];
const NUMBERS = ['0', '-0', '1e400', '1e-400', '9007199254740993', '0.1', '1E5', '-1', '2'];
const LITERALS = ['null', 'true', 'false', '[]', '{}', '[[]]', '{"a":{"a":{}}}', ...NUMBERS];
/** Texts that another reader would take. */
const CRACKS = [
  ',',
  ' ',
  '\ufeff',
  '//',
  '"',
  '\\',
  '\\u0000',
  '\\ud800',
  '}',
  '"is":"D",',
  '[',
  ']',
];

type Place = { holder: object; key: string };

const drawnValue = (draw: Draw): unknown =>
  draw(2) === 0 ? oneOf(draw, TEXTS) : (JSON.parse(oneOf(draw, LITERALS)) as unknown);

/** Changes one member of a JSON text; or the text, where it is none any more. */
export const changeJson: Change = (bytes, { draw }) => {
  const text = bytes.toString('utf8');
  const value = draw(3) === 0 ? null : parsed(text);
  if (value === null) return Buffer.from(cracked(text, draw));
  const places = placesIn(value);
  if (places.length === 0) return bytes;
  const { holder, key } = oneOf(draw, places);
  const old = Reflect.get(holder, key) as unknown;
  const changes: (() => unknown)[] = [
    () => Reflect.deleteProperty(holder, key),
    () => Reflect.set(holder, key, drawnValue(draw)),
    () => Reflect.set(holder, key, [old]),
    () => Reflect.set(holder, key, { [key]: old }),
    () => Reflect.set(holder, oneOf(draw, TEXTS), drawnValue(draw)),
    () => Reflect.set(holder, key, typeof old === 'string' ? old.slice(draw(old.length)) : old),
    () => Reflect.set(holder, key, nested(draw(40))),
  ];
  oneOf(draw, changes)();
  return Buffer.from(JSON.stringify(value, null, draw(2)));
};

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function placesIn(value: object): Place[] {
  return Object.entries(value).flatMap(([key, member]) => [
    { holder: value, key },
    ...(typeof member === 'object' && member !== null ? placesIn(member as object) : []),
  ]);
}

function cracked(text: string, draw: Draw): string {
  const at = draw(text.length + 1);
  const crack = draw(2) === 0 ? oneOf(draw, CRACKS) : oneOf(draw, LITERALS);
  // A member twice, where there is one.
  if (draw(4) === 0) return text.replace('{', `{${text.slice(at, text.indexOf(',', at) + 1)}`);
  return text.slice(0, at) + crack + text.slice(at + draw(3));
}

function nested(depth: number): unknown {
  return depth === 0 ? 0 : [nested(depth - 1)];
}
