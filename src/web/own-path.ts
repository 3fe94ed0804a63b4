/**
 * The path that `text` names on this very site, or `fallback`: never another site (open redirect).
 * Backslashes, control characters and `//` are read by browsers as a host, so the URL parser decides.
 */
export function ownPath(text: unknown, fallback: string): string {
  if (typeof text !== 'string' || !text.startsWith('/') || text.length > 2000) return fallback;
  const base = 'http://own.invalid';
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    return fallback;
  }
  if (url.origin !== base || url.pathname.startsWith('//')) return fallback;
  return `${url.pathname}${url.search}`;
}
