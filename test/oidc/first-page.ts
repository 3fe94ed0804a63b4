import type { Walker } from '../walk.ts';
import { authorizationRequest, follow } from './relying-party.ts';
import type { Arrival, RelyingParty } from './relying-party.ts';

/** The error that a request comes back with; null with a code. Fails where a page of ours is shown. */
export async function errorOf(
  walker: Walker,
  party: RelyingParty,
  parameters: Record<string, string>,
): Promise<string | null> {
  const arrival = await follow(walker, (await authorizationRequest(party, parameters)).path);
  if (arrival.at === 'page') throw new Error(`shown ${arrival.path}: ${titleOf(arrival)}`);
  return arrival.url.searchParams.get('error');
}

/** The title of our page, or how the request came back. */
export function titleOf(arrival: Arrival): string {
  if (arrival.at === 'service') return arrival.url.searchParams.get('error') ?? 'code';
  return /<h1[^>]*>([^<]*)/.exec(arrival.answer.text)![1]!;
}
