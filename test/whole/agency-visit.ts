import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as openid from 'openid-client';
import { registration } from '../agencies/registrations.ts';
import { follow } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { newWalker } from '../walk.ts';
import type { Answer, Walker } from '../walk.ts';
import { runBeside } from './running-product.ts';
import type { Place } from './running-product.ts';

/** Where a sign-in at an agency stands: a page of ours that asks for something, or the agency's page at its end. */
export type Visit =
  | { at: 'provider'; path: string; page: Answer }
  | { at: 'agency'; page: Answer; callback: URL };

/** Presses "Sign in with Tangchat ID" at a demo agency and goes where it leads; `more` is added to the request. */
export async function pressSignIn(
  place: Place,
  visitor: { agency: Walker; browser: Walker },
  more: Record<string, string> = {},
): Promise<Visit> {
  const { location } = await visitor.agency.get('/sign-in');
  const request = new URL(location ?? '');
  if (request.origin !== place.url) throw new Error(`The agency leads to ${request.origin}.`);
  for (const [name, value] of Object.entries(more)) request.searchParams.set(name, value);
  return goOn(visitor, `${request.pathname}${request.search}`);
}

/** Follows the browser from a path or an answer of ours to the next page, on either side. */
export async function goOn(
  { agency, browser }: { agency: Walker; browser: Walker },
  start: string | Answer,
): Promise<Visit> {
  const arrival = await follow(browser, start);
  if (arrival.at === 'page') return { at: 'provider', path: arrival.path, page: arrival.answer };
  const { url } = arrival;
  if (url.origin !== new URL(agency.url).origin) throw new Error(`Sent to ${url.origin}.`);
  const page = await agency.visit(`${url.pathname}${url.search}`);
  return { at: 'agency', page, callback: url };
}

/** Agrees on the consent page where the browser stands. */
export async function agreeAt(
  visitor: { agency: Walker; browser: Walker },
  visit: Visit,
): Promise<Visit> {
  if (visit.at !== 'provider') throw new Error('There is nothing to agree to at the agency.');
  const answer = await visitor.browser.post(`${visit.path}/consent`, { decision: 'share' });
  return goOn(visitor, answer);
}

export const agencyBrowser = (place: Place, which: 0 | 1) => newWalker(place.agencyUrls[which]);

/** Presses a button of the agency's page, which has no form tokens of ours. */
export async function pressButton(agency: Walker, path: string): Promise<Answer> {
  const cookie = [...agency.cookies].map((pair) => pair.join('=')).join('; ');
  const init = { method: 'POST', headers: { cookie }, redirect: 'manual' } as const;
  await fetch(new URL(path, agency.url), init);
  return agency.visit('/');
}

/** Registers a service with our own command beside the product, and configures a certified client for it. */
export async function registerService(place: Place): Promise<RelyingParty> {
  const file = join(place.folder, 'service.json');
  writeFileSync(file, JSON.stringify(registration({ client_id: 'whole-condo' })));
  const added = await runBeside(place, ['client', 'add', file]);
  if (added.code !== 0) throw new Error(added.err);
  const { client_id: clientId, client_secret: secret } = JSON.parse(added.out) as {
    client_id: string;
    client_secret: string;
  };
  const config = await openid.discovery(
    new URL(place.url),
    clientId,
    {},
    openid.ClientSecretBasic(secret),
    { execute: [openid.allowInsecureRequests] },
  );
  return { clientId, secret, config };
}
