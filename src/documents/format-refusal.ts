/**
 * What every parser here throws on bytes that it refuses: the one exception that may leave a parser. `reason` is a
 * stable code and never holds document data. `kind` says whether the bytes are wrong, or only beyond what we support.
 */
export class FormatRefusal extends Error {
  readonly reason: string;
  readonly kind: 'malformed' | 'unsupported';

  constructor(reason: string, kind: 'malformed' | 'unsupported' = 'malformed') {
    super(reason);
    this.name = 'FormatRefusal';
    this.reason = reason;
    this.kind = kind;
  }
}

export function malformed(reason: string): FormatRefusal {
  return new FormatRefusal(reason, 'malformed');
}

export function unsupported(reason: string): FormatRefusal {
  return new FormatRefusal(reason, 'unsupported');
}
