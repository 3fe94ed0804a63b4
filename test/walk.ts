import { transact } from '../src/lib/database.ts';
import type { App } from '../src/lib/app.ts';
import { inviteOfficer } from '../src/accounts/invite-officer.ts';
import type { OfficerRole } from '../src/accounts/officer-store.ts';
import type { AccountId } from '../src/lib/ids.ts';
import type { DemoMessage } from '../src/dev/demo-mail.ts';
import { passkeyDevice } from './passkey-device.ts';
import type { Departure, PasskeyDevice } from './passkey-device.ts';

/** What a page answered. */
export interface Answer {
  status: number;
  /** Where a redirect leads: a path for our own pages. */
  location: string | null;
  headers: Headers;
  text: string;
  json(): unknown;
}

/** A browser without scripts: keeps cookies, sends our CSRF token, follows nothing by itself. */
export interface Walker {
  readonly url: string;
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Gets the page and follows redirects of ours, at most ten. */
  visit(path: string): Promise<Answer & { path: string }>;
  /** Posts a form with the CSRF token of this browser. */
  post(
    path: string,
    fields?: Record<string, string | string[]>,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Posts JSON as a script of the page would, token in the header. */
  postJson(path: string, body?: unknown): Promise<Answer>;
  /** Posts a multipart form. */
  postFiles(
    path: string,
    files: Record<string, { name: string; type: string; bytes: Uint8Array }>,
    fields?: Record<string, string>,
  ): Promise<Answer>;
}

/** A browser that has never been here. */
export function newWalker(url: string): Walker {
  const cookies = new Map<string, string>();
  let token: string | null = null;

  async function send(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers({ accept: 'text/html' });
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    if (cookies.size > 0)
      headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(new URL(path, url), {
      ...init,
      method,
      headers,
      redirect: 'manual',
    });
    for (const line of response.headers.getSetCookie()) keep(line);
    const text = await response.text();
    token = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? token;
    const location = response.headers.get('location');
    return {
      status: response.status,
      location: location?.startsWith(url) ? location.slice(url.length) : location,
      headers: response.headers,
      text,
      json: () => JSON.parse(text) as unknown,
    };
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const at = pair.indexOf('=');
    const gone = attributes.some((text) => /^expires=Thu, 01 Jan 1970/i.test(text));
    if (gone) cookies.delete(pair.slice(0, at));
    else cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }

  async function csrf(): Promise<string> {
    if (!token) await send('GET', '/sign-in?again=1');
    if (!token) throw new Error('No page gave a CSRF token.');
    return token;
  }

  return {
    url,
    cookies,
    get: (path, headers = {}) => send('GET', path, { headers }),
    async visit(path) {
      let at = path;
      for (let hops = 0; hops < 10; hops++) {
        const answer = await send('GET', at);
        if (!answer.location) return { ...answer, path: at };
        at = answer.location;
      }
      throw new Error(`${path} redirects without end.`);
    },
    async post(path, fields = {}, headers = {}) {
      const body = new URLSearchParams({ csrf: await csrf() });
      for (const [name, values] of Object.entries(fields))
        for (const value of [values].flat()) body.append(name, value);
      return send('POST', path, { body, headers });
    },
    async postJson(path, body = {}) {
      return send('POST', path, {
        body: JSON.stringify(body),
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'x-csrf-token': await csrf(),
        },
      });
    },
    async postFiles(path, files, fields = {}) {
      const body = new FormData();
      body.set('csrf', await csrf());
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      for (const [name, { name: fileName, type, bytes }] of Object.entries(files))
        body.set(name, new Blob([Uint8Array.from(bytes)], { type }), fileName);
      return send('POST', path, { body });
    },
  };
}

/** A person with a browser and a device that holds their passkeys. */
export interface SignedIn {
  walker: Walker;
  device: PasskeyDevice;
  accountId: AccountId;
  email: string;
}

/** A server as `startTestServer` gives it. */
interface Server {
  url: string;
  app: App;
}

/**
 * Walks "Create your ID" over HTTP: address, code from the sandbox mailbox, passkey; gives the signed-in person
 * and the page that it ended at.
 */
export async function signUp(
  server: Server,
  person: { email: string; returnTo?: string; device?: PasskeyDevice; lang?: 'en' | 'th' },
): Promise<SignedIn & { endedAt: string }> {
  const walker = newWalker(server.url);
  const device = person.device ?? passkeyDevice({ origin: server.url });
  if (person.lang) await walker.get(`/sign-in?lang=${person.lang}`);
  await walker.get('/create');
  const before = await mailsTo(server.url, person.email);
  await walker.post('/create', { email: person.email, return_to: person.returnTo ?? '' });
  const code = await waitForCode(server.url, person.email, before);
  await walker.post('/create/code', { code });
  const options = (await walker.postJson('/create/passkey/options')).json();
  const credential = JSON.stringify(device.register(options as never));
  const done = await walker.post('/create/passkey', { credential });
  if (done.status !== 303) throw new Error(`Signing up ended with ${done.status}.`);
  const accountId = await accountOf(server.app, device);
  return { walker, device, accountId, email: person.email, endedAt: done.location ?? '' };
}

/** Signs in with a passkey of `device`; `again` asks for it though a session lives. */
export async function signIn(
  walker: Walker,
  device: PasskeyDevice,
  options: { returnTo?: string; departure?: Departure; console?: boolean } = {},
): Promise<Answer> {
  const path = options.console ? '/console/sign-in' : '/sign-in';
  await walker.get(`${path}?again=1`);
  const challenge = (await walker.postJson(`${path}/options`)).json();
  const credential = JSON.stringify(device.authenticate(challenge as never, options.departure));
  return walker.post(path, { credential, return_to: options.returnTo ?? '' });
}

/** Invites an officer, registers their passkey and gives them signed in to the console. */
export async function signUpOfficer(
  server: Server,
  officer: { name: string; roles: readonly OfficerRole[] },
): Promise<Omit<SignedIn, 'email'>> {
  const { url, accountId } = await transact(server.app.db, (tx) =>
    inviteOfficer(tx, server.app, officer),
  );
  const walker = newWalker(server.url);
  const device = passkeyDevice({ origin: server.url });
  const path = new URL(url).pathname;
  await walker.get(path);
  const options = (await walker.postJson(`${path}/options`)).json();
  const credential = JSON.stringify(device.register(options as never));
  const done = await walker.post(path, { credential });
  if (done.status !== 303) throw new Error(`The invitation ended with ${done.status}.`);
  return { walker, device, accountId };
}

/** The mails that one address got in the sandbox mailbox, newest first. */
export async function mailsTo(url: string, to: string): Promise<DemoMessage[]> {
  const response = await fetch(new URL(`/dev/mail?to=${encodeURIComponent(to)}`, url), {
    headers: { accept: 'application/json' },
  });
  return ((await response.json()) as { messages: DemoMessage[] }).messages;
}

/** Waits until a mail to `to` satisfies `wanted`. */
export async function waitForMail(
  url: string,
  to: string,
  wanted: (mail: DemoMessage) => boolean = () => true,
): Promise<DemoMessage> {
  for (let tries = 0; tries < 200; tries++) {
    const found = (await mailsTo(url, to)).find(wanted);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`No such mail came to ${to}.`);
}

/** The newest contact code that was mailed to an address, other than in the mails `before`. */
export async function waitForCode(
  url: string,
  to: string,
  before: readonly DemoMessage[] = [],
): Promise<string> {
  const mail = await waitForMail(
    url,
    to,
    ({ id, text }) => /\b\d{3} \d{3}\b/.test(text) && before.every((old) => old.id !== id),
  );
  return /\b(\d{3}) (\d{3})\b/.exec(mail.text)!.slice(1).join('');
}

async function accountOf(app: App, device: PasskeyDevice): Promise<AccountId> {
  const { id } = device.credentials.at(-1)!;
  const row = await app
    .db('passkeys')
    .where({ credential_id: id })
    .first<{ account_id: AccountId }>('account_id');
  return row.account_id;
}
