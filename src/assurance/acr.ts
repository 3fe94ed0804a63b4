/** Identity assurance level. */
export type Ial = 0 | 1 | 2 | 3;
/** Authentication assurance level. */
export type Aal = 1 | 2 | 3;

/** What an `acr` says: both parts. */
export interface Levels {
  ial: Ial;
  aal: Aal;
}

export const IALS = [0, 1, 2, 3] as const;
export const AALS = [1, 2, 3] as const;

/**
 * Federation assurance of every service under an agreement: signed, one audience, RP-initiated, PKCE, exact
 * redirect. DPoP and mTLS bind the client and not the person, so that nothing here is ever FAL3.
 */
export const FAL = 2;

/** The default start of an `acr`; configuration (`ACR_BASE`) may set another. */
export const ACR_BASE = 'urn:tangchat:acr:';

/** The `acr` of two levels: `urn:tangchat:acr:ial2:aal2`. */
export function acrOf(levels: Levels, base: string = ACR_BASE): string {
  return `${base}ial${levels.ial}:aal${levels.aal}`;
}

/** Every `acr` we can give, lowest first: discovery's `acr_values_supported`. */
export function acrValuesSupported(base: string = ACR_BASE): string[] {
  return IALS.flatMap((ial) => AALS.map((aal) => acrOf({ ial, aal }, base)));
}

/** The levels that `value` asks; null where it is no `acr` of ours (such a value is never met). */
export function parseAcr(value: unknown, base: string = ACR_BASE): Levels | null {
  if (typeof value !== 'string' || !value.startsWith(base)) return null;
  const found = /^ial([0-3]):aal([1-3])$/.exec(value.slice(base.length));
  return found && { ial: Number(found[1]) as Ial, aal: Number(found[2]) as Aal };
}

/** A request is met when both parts are at least what was asked. */
export function meets(asked: Levels, held: Levels): boolean {
  return unmetPart(asked, held) === 'none';
}

/** Which part of `asked` is still missing: step-up runs that part only. */
export function unmetPart(asked: Levels, held: Levels): 'none' | 'ial' | 'aal' | 'both' {
  const ialMet = held.ial >= asked.ial;
  const aalMet = held.aal >= asked.aal;
  if (ialMet) return aalMet ? 'none' : 'aal';
  return aalMet ? 'ial' : 'both';
}

/** The `acr` to state: the first asked value that is met, as it was spelled, else the true one. */
export function chooseAcr(
  askedValues: readonly string[],
  held: Levels,
  base: string = ACR_BASE,
): string {
  const met = askedValues.find((value) => {
    const asked = parseAcr(value, base);
    return asked !== null && meets(asked, held);
  });
  return met ?? acrOf(held, base);
}
