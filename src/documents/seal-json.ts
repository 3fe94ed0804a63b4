import { malformed } from './format-refusal.ts';

export type JsonValue = null | boolean | number | string | JsonValue[] | Map<string, JsonValue>;

const MAX_BYTES = 16 * 1024;
const MAX_DEPTH = 16;
const MAX_VALUES = 2000;

const SPACE = /[\t\n\r ]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// Control characters must be escaped; what an escape may be, JSON.parse of the one literal decides.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\[^\u0000-\u001f])*"/y; // oxlint-disable-line no-control-regex
const LITERALS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * I-JSON (RFC 7493), bounded in size, depth and count. `JSON.parse` takes the last of two members of one name, another
 * reader the first: what is signed would depend on the reader, so a repeated name is refused, and so are lone surrogates.
 */
export function parseStrictJson(bytes: Buffer): JsonValue {
  if (bytes.length > MAX_BYTES) throw malformed('json_too_long');
  const reader = new JsonReader(decodeUtf8(bytes));
  return reader.whole();
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('json_not_utf8');
  }
}

class JsonReader {
  readonly #text: string;
  #at = 0;
  #valuesLeft = MAX_VALUES;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): JsonValue {
    const value = this.#value(0);
    this.#match(SPACE);
    if (this.#at !== this.#text.length) throw malformed('trailing_bytes');
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw malformed('nested_too_deep');
    if (--this.#valuesLeft < 0) throw malformed('too_many_values');
    this.#match(SPACE);
    const next = this.#text[this.#at];
    if (next === '{') return this.#object(depth);
    if (next === '[') return this.#array(depth);
    if (next === '"') return this.#string();
    for (const [literal, value] of LITERALS) {
      if (this.#text.startsWith(literal, this.#at)) {
        this.#at += literal.length;
        return value;
      }
    }
    return this.#number();
  }

  #object(depth: number): Map<string, JsonValue> {
    const members = new Map<string, JsonValue>();
    this.#at++;
    if (this.#takes('}')) return members;
    do {
      this.#match(SPACE);
      const name = this.#string();
      if (members.has(name)) throw malformed('repeated_name');
      if (!this.#takes(':')) throw malformed('bad_json');
      members.set(name, this.#value(depth + 1));
    } while (this.#takes(','));
    if (!this.#takes('}')) throw malformed('bad_json');
    return members;
  }

  #array(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    this.#at++;
    if (this.#takes(']')) return items;
    do items.push(this.#value(depth + 1));
    while (this.#takes(','));
    if (!this.#takes(']')) throw malformed('bad_json');
    return items;
  }

  #string(): string {
    const literal = this.#match(STRING);
    let text: unknown;
    try {
      text = JSON.parse(literal);
    } catch {
      throw malformed('bad_json');
    }
    if (typeof text !== 'string') throw malformed('bad_json');
    if (!text.isWellFormed()) throw malformed('lone_surrogate');
    return text;
  }

  #number(): number {
    const literal = this.#match(NUMBER);
    const value = Number(literal);
    if (literal === '' || !Number.isFinite(value)) throw malformed('bad_json');
    return value;
  }

  #takes(character: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** What the pattern takes from here; nothing where it does not match. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += taken.length;
    return taken;
  }
}

/** The JSON Canonicalization Scheme (RFC 8785): names sorted by UTF-16 code units, no white space, ECMAScript numbers. */
export function canonicalText(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!(value instanceof Map)) return JSON.stringify(value);
  const members = [...value]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalText(member)}`);
  return `{${members.join(',')}}`;
}
