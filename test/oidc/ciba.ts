import { beforeAll } from 'vitest';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import type { Answer, SignedIn } from '../walk.ts';
import { postAs } from './device.ts';
import { relyingParty } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

export const CIBA = 'urn:openid:params:grant-type:ciba';

/** A service that asks people for approval, and polls. */
export const COUNTER = {
  client_id: 'lands-counter',
  grant_types: ['authorization_code', 'refresh_token', CIBA],
  backchannel_token_delivery_mode: 'poll',
};

type Reply = Promise<{ status: number; body: Record<string, unknown> }>;

/** A server with one such service, and what it and people do. Call it once in a file. */
export function ciba() {
  const parts: { server?: TestServer; counter?: RelyingParty } = {};
  beforeAll(async () => {
    parts.server = await startTestServer({ OUTBOUND_LOOPBACK: 'yes' });
    parts.counter = await relyingParty(parts.server, COUNTER);
  });
  const made = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error('The server is not up yet.');
    return part;
  };
  const server = () => made(parts.server);
  const counter = () => made(parts.counter);

  const ask = (fields: Record<string, string>, party = counter()): Reply =>
    postAs(server(), party, '/oidc/backchannel-authentication', {
      scope: 'openid profile',
      ...fields,
    });

  const poll = (id: string, party = counter(), at: { url: string } = server()): Reply =>
    postAs(at, party, '/oidc/token', { grant_type: CIBA, auth_req_id: id });

  /** Asks a person, and waits until they are shown it: the request, and its page. */
  const asked = async (
    person: SignedIn,
    fields: Record<string, string> = {},
    party = counter(),
  ): Promise<{ id: string; path: string; body: Record<string, unknown> }> => {
    const before = await waiting(person);
    const { status, body } = await ask({ login_hint: person.email, ...fields }, party);
    if (status !== 200) throw new Error(JSON.stringify(body));
    for (let tries = 0; tries < 200; tries++) {
      const path = (await waiting(person)).find((one) => !before.includes(one));
      if (path) return { id: String(body.auth_req_id), path, body };
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('The person was not shown it.');
  };

  /** Waits until the job has come to so many requests for this account. */
  const settled = async (count: number, accountId: string): Promise<void> => {
    for (let tries = 0; tries < 200; tries++) {
      const events = await server()
        .app.db('audit_events')
        .where({ action: 'oidc.approval_asked', subject_id: accountId })
        .pluck('id');
      if (events.length >= count) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('The job did not come to it.');
  };

  return { server, counter, ask, poll, asked, settled };
}

/** The requests that the person's pages list. */
export async function waiting({ walker }: Pick<SignedIn, 'walker'>): Promise<string[]> {
  const { text } = await walker.get('/approvals');
  return [...text.matchAll(/href="(\/approvals\/[\w-]+)"/g)].map(([, path]) => path!);
}

/** Touches a passkey of `device` on the page: any that it has, as a tampered page would let it. */
export async function touch(
  { walker, device }: Pick<SignedIn, 'walker' | 'device'>,
  path: string,
): Promise<Answer> {
  await walker.get(path);
  const challenge = (await walker.postJson('/sign-in/options')).json() as object;
  const open = { ...challenge, allowCredentials: undefined };
  const credential = JSON.stringify(device.authenticate(open as never));
  return walker.post(`${path}/approval`, { credential });
}
