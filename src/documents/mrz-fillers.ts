const FILLER = '<'.charCodeAt(0);

/** How much of a field comes before the fillers at its end. */
export function filled(field: string): number {
  let end = field.length;
  while (end > 0 && field.charCodeAt(end - 1) === FILLER) end--;
  return end;
}

/** Part of a field without the fillers at its ends. */
export function trimmed(field: string, from = 0, to = field.length): string {
  let start = from;
  let end = to;
  while (start < end && field.charCodeAt(start) === FILLER) start++;
  while (end > start && field.charCodeAt(end - 1) === FILLER) end--;
  return field.slice(start, end);
}

/** A field with a blank for each filler, none at its ends. */
export function unfilled(field: string): string {
  const part = trimmed(field);
  return part.includes('<') ? part.replaceAll('<', ' ') : part;
}
