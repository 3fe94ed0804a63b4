import type { TestServer } from '../harness.ts';
import type { Answer, Walker } from '../walk.ts';
import { agree, follow } from './relying-party.ts';
import type { Arrival, RelyingParty } from './relying-party.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** What makes a registration one of a device: no addresses to be sent to. */
export const DEVICE = {
  grant_types: [DEVICE_GRANT, 'refresh_token'],
  redirect_uris: [],
  response_types: [],
};

/** What a service is told when it begins on a device (RFC 8628 §3.2). */
export interface BegunDevice {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

/** Posts a form to an endpoint as a service, by its secret where it has one: the status and body. */
export async function postAs(
  server: Pick<TestServer, 'url'>,
  party: Pick<RelyingParty, 'clientId' | 'secret'>,
  path: string,
  fields: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const basic = Buffer.from(`${party.clientId}:${party.secret}`).toString('base64');
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(
      party.secret === null ? { ...fields, client_id: party.clientId } : fields,
    ),
    headers: party.secret === null ? {} : { authorization: `Basic ${basic}` },
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** A device asks for a code. */
export async function beginDevice(
  server: Pick<TestServer, 'url'>,
  party: RelyingParty,
  fields: Record<string, string> = {},
): Promise<BegunDevice> {
  const { status, body } = await postAs(server, party, '/oidc/device-authorization', {
    scope: 'openid profile',
    ...fields,
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body as unknown as BegunDevice;
}

/** The device asks whether its code was approved. */
export function pollDevice(at: { url: string }, party: RelyingParty, code: string) {
  return postAs(at, party, '/oidc/token', { grant_type: DEVICE_GRANT, device_code: code });
}

/** The token of the page's form. */
export const xsrfOf = (answer: Answer) =>
  /name="xsrf" value="([^"]+)"/.exec(answer.text)?.[1] ?? '';

/** Types the code; gives the page that answers. */
export async function type(walker: Walker, code: string): Promise<Answer> {
  const page = await walker.get('/device');
  return walker.post('/device', { xsrf: xsrfOf(page), user_code: code });
}

/** Types the code and confirms it: where the browser stands then. */
export async function confirm(walker: Walker, code: string): Promise<Arrival> {
  const confirmed = await type(walker, code);
  const answer = await walker.post('/device', {
    xsrf: xsrfOf(confirmed),
    user_code: code,
    confirm: 'yes',
  });
  return follow(walker, answer);
}

/** All the way for a person who is signed in: gives the page at the end. */
export async function approve(walker: Walker, code: string): Promise<Answer> {
  let arrival = await confirm(walker, code);
  if (arrival.at === 'page' && arrival.path.startsWith('/interaction/'))
    arrival = await agree(walker, arrival);
  if (arrival.at !== 'page') throw new Error('it left us');
  return arrival.answer;
}
