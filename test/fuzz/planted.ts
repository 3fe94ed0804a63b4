/**
 * Parsers with planted faults, for the fuzzer's own tests. Each octet of the mark is asked for on its own, as hand-written
 * readers do: whoever sees no coverage must guess all three at once.
 */
export function failBehindMark(bytes: Buffer): string {
  if (bytes[3] !== 0x13) return 'no mark';
  if (bytes[5] !== 0xd7) return 'no mark';
  if (bytes[2] !== 0x6b) return 'no mark';
  throw new RangeError('the planted fault');
}

export function neverAnswer(bytes: Buffer): string {
  for (let at = 0; at < bytes.length + 1; at = (at + 1) % 2) continue;
  return 'never';
}

export function takeAllMemory(bytes: Buffer): string {
  const taken: number[][] = [];
  for (;;) taken.push(Array.from({ length: 100_000 }, (_, at) => at + bytes.length));
}
