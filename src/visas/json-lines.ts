/** A JSON text read with the line on which each value stands, by its path (`rules.3.effectiveTo`). */
export type LinedJson =
  | { ok: true; value: unknown; lines: ReadonlyMap<string, number> }
  /** The line on which it stops being JSON. */
  | { ok: false; line: number };

const TOKEN =
  /[ \t\r\n]*([{}[\],:]|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
/** Deeper than any file of ours. */
const DEEPEST = 40;

class NoJson extends Error {}

/** Reads a JSON text that somebody wrote by hand, so that they can be told where it is wrong. */
export function readLinedJson(text: string): LinedJson {
  const lines = new Map<string, number>();
  let at = 0;
  let line = 1;
  const next = (): string => {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    const end = found ? TOKEN.lastIndex : at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    line += text.slice(at, end).split('\n').length - 1;
    at = end;
    if (!found) throw new NoJson();
    return found[1]!;
  };
  const isString = (token: string) => token.startsWith('"');
  const demand = (holds: boolean) => {
    if (!holds) throw new NoJson();
  };
  const value = (path: string, depth: number, first: string = next()): void => {
    lines.set(path, line);
    demand(depth <= DEEPEST);
    if (first !== '{' && first !== '[') return demand(!/^[}\],:]$/.test(first));
    const close = first === '{' ? '}' : ']';
    let token = next();
    for (let index = 0; token !== close; index += 1) {
      if (index > 0) {
        demand(token === ',');
        token = next();
      }
      let key = String(index);
      if (first === '{') {
        demand(isString(token));
        key = JSON.parse(token) as string;
        demand(next() === ':');
        token = next();
      }
      value(path === '' ? key : `${path}.${key}`, depth + 1, token);
      token = next();
    }
  };
  try {
    value('', 0);
    // Whatever comes after the value, and what only the real reader refuses.
    return { ok: true, value: JSON.parse(text) as unknown, lines };
  } catch {
    return { ok: false, line };
  }
}

/** The line of a path, or of the nearest thing around it. */
export function lineOf(lines: ReadonlyMap<string, number>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const line = lines.get(path.slice(0, length).map(String).join('.'));
    if (line !== undefined) return line;
  }
  return 1;
}
