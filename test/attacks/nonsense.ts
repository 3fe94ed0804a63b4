/** As they stand in a form or query: escaped already. */
export const NONSENSE = [
  '',
  '%00',
  'a%00b',
  '%0d%0aset-cookie:%20a=b',
  '%E0%A4%A',
  '%ff%fe',
  '__proto__',
  'constructor',
  '%7B%7D',
  '%5B%5D',
  'null',
  '%7B%22__proto__%22%3A%7B%22a%22%3A1%7D%7D',
  '%5B%5B%5B%5B%5B%5B%5B%5B%7B%22a%22%3A%5B%7D%5D',
  '-1',
  '1e400',
  '9007199254740993',
  '%F0%9F%92%A9%E2%80%AE',
  "'%3b%20drop%20table%20accounts%3b--",
  '..%2f..%2fetc%2fpasswd',
  'http%3A%2F%2F169.254.169.254%2F',
  'eyJhbGciOiJub25lIn0.e30.',
  'eyJhbGciOiJFUzI1NiIsImNyaXQiOlsiYSJdLCJhIjoxfQ.e30.AAAA',
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIiwiemlwIjoiREVGIn0..AAAA.AAAA.AAAA',
  'x'.repeat(6000),
  '%E0%B8%97'.repeat(700),
];

/** The form with one parameter in place of its good value, as it goes over the wire. */
export function spoiled(form: Record<string, string>, name: string, value: string): string {
  const { [name]: _good, ...rest } = form;
  const query = new URLSearchParams(rest).toString();
  return `${query}${query === '' ? '' : '&'}${name}=${value}`;
}

/** Runs the works a few at a time. */
export async function inBatches(works: (() => Promise<void>)[]): Promise<void> {
  for (let from = 0; from < works.length; from += 12)
    await Promise.all(works.slice(from, from + 12).map((work) => work()));
}
