import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { CLIENT_ID, MACHINE_CLIENT_ID, REDIRECT_URI } from './protocol.ts';

export interface Answer {
  status: number;
  location: string | null;
  body: string;
}

export interface Server {
  kind: 'ours' | 'bare';
  port: number;
  secret: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const ENDPOINTS = {
  ours: {
    auth: '/oidc/auth',
    token: '/oidc/token',
    userinfo: '/oidc/userinfo',
    introspection: '/oidc/introspection',
  },
  bare: {
    auth: '/auth',
    token: '/token',
    userinfo: '/me',
    introspection: '/token/introspection',
  },
} as const;

const isBack = ({ location }: Answer) => location?.startsWith(REDIRECT_URI) === true;

/** One person's browser and a service they visit, at one of the servers. */
export class Visitor {
  readonly #port: number;
  readonly #paths: (typeof ENDPOINTS)['ours' | 'bare'];
  readonly #clientId: string;
  readonly #secret: string;
  /** Null for a public client. */
  readonly #basic: string | null;
  readonly #cookies = new Map<string, string>();
  accessToken = '';
  refreshToken = '';

  constructor(server: Server, visit: { cookie: string; clientId?: string; isPublic?: boolean }) {
    this.#port = server.port;
    this.#paths = ENDPOINTS[server.kind];
    this.#secret = server.secret;
    this.#clientId = visit.clientId ?? CLIENT_ID;
    this.#basic = visit.isPublic
      ? null
      : Buffer.from(`${this.#clientId}:${server.secret}`).toString('base64');
    if (visit.cookie) this.#keep(visit.cookie);
  }

  /** A sign-in and the exchange of its code: access, refresh and ID token. Agrees where it is asked. */
  async signIn(): Promise<void> {
    const query = new URLSearchParams({
      client_id: this.#clientId,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid profile',
      state: 'state',
      nonce: 'nonce',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    let answer = await this.#browse(`${this.#paths.auth}?${query.toString()}`);
    for (let hops = 0; hops < 8 && !isBack(answer); hops++)
      answer = answer.location ? await this.#browse(answer.location) : await this.#agree(answer);
    const code = isBack(answer) && new URL(answer.location!).searchParams.get('code');
    if (!code) throw new Error(`No code: ${answer.location} ${answer.body.slice(0, 300)}`);
    await this.#tokens({
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
    });
  }

  refresh(): Promise<void> {
    return this.#tokens({ grant_type: 'refresh_token', refresh_token: this.refreshToken });
  }

  async userinfo(): Promise<void> {
    const answer = await this.#send('GET', this.#paths.userinfo, {
      authorization: `Bearer ${this.accessToken}`,
    });
    if (answer.status !== 200 || !answer.body.includes('ERIKSSON'))
      throw new Error(`userinfo answered ${answer.status}: ${answer.body}`);
  }

  /** A token of the service itself for an API. */
  clientCredentials(resource: string, clientId = MACHINE_CLIENT_ID): Promise<void> {
    const authorization = Buffer.from(`${clientId}:${this.#secret}`).toString('base64');
    return this.#tokens(
      { grant_type: 'client_credentials', resource, scope: 'bench:read' },
      { authorization: `Basic ${authorization}` },
    );
  }

  async introspect(): Promise<void> {
    const answer = await this.#send('POST', this.#paths.introspection, {
      ...this.#authentication(),
      body: new URLSearchParams({ token: this.accessToken }).toString(),
    });
    if (answer.status !== 200 || !answer.body.includes('"active":true'))
      throw new Error(`introspection answered ${answer.status}: ${answer.body}`);
  }

  #authentication(): { authorization?: string } {
    return this.#basic === null ? {} : { authorization: `Basic ${this.#basic}` };
  }

  async #tokens(
    fields: Record<string, string>,
    authentication = this.#authentication(),
  ): Promise<void> {
    const identified = authentication.authorization
      ? fields
      : { ...fields, client_id: this.#clientId };
    const answer = await this.#send('POST', this.#paths.token, {
      ...authentication,
      body: new URLSearchParams(identified).toString(),
    });
    if (answer.status !== 200) throw new Error(`token answered ${answer.status}: ${answer.body}`);
    const tokens = JSON.parse(answer.body) as { access_token: string; refresh_token?: string };
    this.accessToken = tokens.access_token;
    this.refreshToken = tokens.refresh_token ?? this.refreshToken;
  }

  #browse(address: string): Promise<Answer> {
    return this.#send('GET', address.replace(/^http:\/\/localhost:\d+/, ''), { browser: true });
  }

  /** Posts the first form of a consent page: "share". */
  #agree({ status, body }: Answer): Promise<Answer> {
    const action = /<form[^>]* action="(\/interaction\/[^"]+)"/.exec(body)?.[1];
    const token = /name="csrf"[^>]*value="([^"]+)"/.exec(body)?.[1];
    if (!action || !token) throw new Error(`No consent page: ${status} ${body.slice(0, 300)}`);
    const fields = new URLSearchParams({ csrf: token, decision: 'share' });
    return this.#send('POST', action, { browser: true, body: fields.toString() });
  }

  #send(
    method: string,
    path: string,
    more: { browser?: boolean; authorization?: string; body?: string },
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port: this.#port, method, path, agent });
      if (more.authorization) call.setHeader('authorization', more.authorization);
      if (more.browser) {
        call.setHeader('accept', 'text/html');
        call.setHeader('cookie', [...this.#cookies].map((pair) => pair.join('=')).join('; '));
        if (method === 'POST') call.setHeader('origin', `http://localhost:${this.#port}`);
      }
      if (more.body) call.setHeader('content-type', 'application/x-www-form-urlencoded');
      call.on('error', reject);
      call.on('response', (response) => {
        for (const line of response.headers['set-cookie'] ?? []) this.#keep(line);
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? null,
            body,
          }),
        );
      });
      call.end(more.body);
    });
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';', 1);
    const at = pair.indexOf('=');
    if (/expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(pair.slice(0, at));
    else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

export function closeConnections(): void {
  agent.destroy();
}
