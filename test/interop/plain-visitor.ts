import { follow } from '../oidc/relying-party.ts';
import type { Arrival } from '../oidc/relying-party.ts';
import { newWalker } from '../walk.ts';
import type { Walker } from '../walk.ts';

interface TestPerson {
  person?: 'lina' | 'batu' | 'soren';
  ial?: 0 | 1 | 2 | 3;
  aal?: 1 | 2 | 3;
}

/** A browser without scripts, as a conformance suite drives one. */
export interface PlainVisitor {
  walker: Walker;
  /** Opens an address of ours, signs in as a test person and agrees where asked; gives where it ends at the service. */
  visit(address: string | URL, who?: TestPerson): Promise<URL>;
  /** Opens an address of ours, signs in and agrees where asked; gives wherever it ends. */
  open(address: string | URL, who?: TestPerson): Promise<Arrival>;
}

/** By links and plain forms alone: what it finds on the pages is all that it knows of us. */
export function plainVisitor(server: { url: string }): PlainVisitor {
  const walker = newWalker(server.url);
  const open = async (address: string | URL, who: TestPerson = {}) => {
    const { pathname, search } = new URL(address, server.url);
    return answerPages(walker, await follow(walker, `${pathname}${search}`), who);
  };
  return {
    walker,
    open,
    async visit(address, who) {
      const arrival = await open(address, who);
      if (arrival.at === 'page')
        throw new Error(`Stuck at ${arrival.path}: ${arrival.answer.text}`);
      return arrival.url;
    },
  };
}

/** Answers a sign-in page and a consent page, where the browser stands on one. */
export async function answerPages(
  walker: Walker,
  arrival: Arrival,
  { person = 'lina', ial = 2, aal = 2 }: TestPerson = {},
): Promise<Arrival> {
  let at = arrival;
  const link =
    at.at === 'page' && /id="sandbox-sign-in-link"><a[^>]*href="([^"]+)"/.exec(at.answer.text);
  if (link) {
    const page = await walker.get(link[1]!.replaceAll('&amp;', '&'));
    const back = /name="return_to" value="([^"]*)"/.exec(page.text)![1]!;
    const fields = { person, ial: String(ial), aal: String(aal), return_to: back };
    at = await follow(walker, await walker.post('/dev/sign-in', fields));
  }
  if (at.at === 'page' && at.answer.text.includes('value="share"'))
    at = await follow(walker, await walker.post(`${at.path}/consent`, { decision: 'share' }));
  return at;
}
