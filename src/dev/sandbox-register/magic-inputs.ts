/**
 * Document numbers that make the sandbox register misbehave, so that every failure of a real one can be tried on purpose.
 * The start of the number decides; what follows is free: `TIMEOUT01`.
 */
export const MAGIC_PREFIXES = {
  TIMEOUT: 'never answers',
  SLOW: 'answers after 1.5 seconds',
  DRIP: 'sends one byte every 100 ms, for a minute',
  DROP: 'closes the connection without an answer',
  CUT: 'closes the connection in the middle of the answer',
  BIG: 'answers with more than a megabyte',
  GARBAGE: 'answers with bytes that are no JWS',
  HTML: 'answers 200 with a web page',
  ERROR: 'answers 500',
  FLAKY: 'answers 503 to the first try of each question, then as usual',
  REFUSE: 'answers 403',
  REDIRECT: 'answers 302',
  BADSIG: "signs with a stranger's key under its own key id",
  NOKEY: 'signs with a key that it does not publish',
  UNSIGNED: 'answers with the algorithm "none"',
  BADAUD: 'answers to somebody else',
  BADSHAPE: 'signs a statement whose fields make no sense',
  REPLAY: 'answers with what it signed for an earlier request',
  RETRIED: 'answers with what it signed for an earlier try of the same request',
  STALE: 'answers with what it signed an hour ago',
  OTHER: 'binds its answer to a question about another passport',
  SWAPPED: "tells another passport's data in an answer that is bound to this question",
  PENDING: 'is still looking the first two times, then answers as usual',
  CANCEL: 'tells a visa in effect, and cancels it right after',
} as const;

/** The same for the registers that the sandbox plays beside it, each on its own path. */
export const OTHER_MAGIC_PREFIXES = {
  LABDOWN: 'the labour register answers 503',
  LABDIFF: 'the labour register has another nationality and a cancelled work permit',
  LABOLD: "the labour register's data is ten days old",
  LOST: 'the watch list has the document as lost, for 20 days',
  STOLEN: 'the watch list has the document as stolen, for 20 days',
  WATCHED: 'the watch list has the person',
  LISTDOWN: 'the watch list answers 503',
  WRONG: "the immigration register has the holder's name wrong, until that is corrected",
} as const;

export type Magic = keyof typeof MAGIC_PREFIXES;

/** Which misbehaviour a document number asks for, if any. */
export function magicOf(documentNumber: string): Magic | null {
  const prefixes = Object.keys(MAGIC_PREFIXES) as Magic[];
  return prefixes.find((prefix) => documentNumber.startsWith(prefix)) ?? null;
}
