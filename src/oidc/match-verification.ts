/** A JSON value as we build and send it. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** Not met: a constraint asks what is not so. Met without a value: nothing to tell there. */
export type Match = { met: false } | { met: true; value?: Json };

const UNMET = { met: false } as const;
const NOTHING = { met: true } as const;
/** Members that speak about the request, not of an element within. */
const ABOUT = ['essential', 'purpose'];
/** What an element must have to be valid (OpenID Identity Assurance Schema 1.0 §5.4): told with its parent, asked or not. */
const REQUIRED = ['trust_framework', 'type', 'check_method'];
/** Told whole or not at all, without any filtering (IDA §5.4). */
const WHOLE = ['assurance_details'];

/**
 * The parts of `held` that `asked` names, if every constraint in it is met (OpenID Connect for Identity Assurance 1.0
 * §5.4, §5.5, §5.7): lists filter and select, objects select, texts are compared by `value`, `values` and `max_age`.
 * Elements that we do not know are left out; a constraint on one is not met.
 */
export function matchVerification(asked: unknown, held: Json | undefined, now: Date): Match {
  if (held === undefined) return constrains(asked) ? UNMET : NOTHING;
  if (Array.isArray(held)) return matchList(asked, held as readonly Json[], now);
  if (typeof held === 'object') return matchObject(asked, held as Record<string, Json>, now);
  return meetsConstraints(asked, held, now) ? { met: true, value: held } : UNMET;
}

/** Whether a value is what `value`, `values` and `max_age` of a request allow. */
export function meetsConstraints(asked: unknown, held: Json, now: Date): boolean {
  if (!isObject(asked)) return true;
  if (asked.value !== undefined && !sameJson(asked.value, held)) return false;
  if (Array.isArray(asked.values) && !asked.values.some((value) => sameJson(value, held)))
    return false;
  return typeof asked.max_age !== 'number' || secondsSince(held, now) <= asked.max_age;
}

function matchObject(asked: unknown, held: Record<string, Json>, now: Date): Match {
  if (!isObject(asked)) return { met: true, value: held };
  const told: Record<string, Json> = {};
  for (const name of REQUIRED) if (Object.hasOwn(held, name)) told[name] = held[name]!;
  for (const [name, request] of Object.entries(asked)) {
    if (ABOUT.includes(name)) continue;
    const inner = Object.hasOwn(held, name) ? held[name] : undefined;
    const match =
      WHOLE.includes(name) && inner !== undefined
        ? { met: true as const, value: inner }
        : matchVerification(request, inner, now);
    if (!match.met) return UNMET;
    if (match.value !== undefined) told[name] = match.value;
  }
  // An element of which nothing is left is left out itself.
  return Object.keys(told).length === 0 ? NOTHING : { met: true, value: told };
}

/** Each entry of the request is a filter and a template; the entries are alternatives. */
function matchList(asked: unknown, held: readonly Json[], now: Date): Match {
  if (!Array.isArray(asked)) return { met: true, value: held };
  const told = held.flatMap((item) => {
    for (const template of asked as unknown[]) {
      const match = matchVerification(template, item, now);
      if (match.met && match.value !== undefined) return [match.value];
    }
    return [];
  });
  return told.length === 0 ? UNMET : { met: true, value: told };
}

function constrains(asked: unknown): boolean {
  if (Array.isArray(asked)) return asked.some(constrains);
  if (!isObject(asked)) return false;
  return Object.entries(asked).some(
    ([name, inner]) => ['value', 'values', 'max_age'].includes(name) || constrains(inner),
  );
}

/** Since the last second that a date or time leaves open; negative while it is to come. Never for what is no date. */
function secondsSince(held: Json, now: Date): number {
  if (typeof held !== 'string') return Infinity;
  const open = /^\d{4}-\d{2}-\d{2}$/.test(held) ? 86_399 : 59;
  const time = /^\d{4}-\d{2}-\d{2}/.test(held) ? Date.parse(held) : Number.NaN;
  return Number.isNaN(time) ? Infinity : (now.getTime() - time) / 1000 - open;
}

function sameJson(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => sameJson(item, other[index]));
  if (isObject(one) && isObject(other)) {
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => Object.hasOwn(other, name) && sameJson(one[name], other[name]))
    );
  }
  return one === other;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
