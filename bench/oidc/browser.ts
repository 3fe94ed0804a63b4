import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { CLIENT_ID, REDIRECT_URI } from './protocol.ts';

export interface Answer {
  status: number;
  location: string | null;
  body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const ENDPOINTS = {
  ours: { auth: '/oidc/auth', token: '/oidc/token', userinfo: '/oidc/userinfo' },
  bare: { auth: '/auth', token: '/token', userinfo: '/me' },
} as const;

/** One person's browser and the service they visit, at one of the servers. */
export class Visitor {
  readonly #port: number;
  readonly #paths: (typeof ENDPOINTS)['ours' | 'bare'];
  readonly #basic: string;
  readonly #cookies = new Map<string, string>();
  accessToken = '';
  refreshToken = '';

  constructor(server: { kind: 'ours' | 'bare'; port: number; secret: string }, cookie: string) {
    this.#port = server.port;
    this.#paths = ENDPOINTS[server.kind];
    this.#basic = Buffer.from(`${CLIENT_ID}:${server.secret}`).toString('base64');
    if (cookie) this.#keep(cookie);
  }

  /** Single sign-on and the exchange of its code: access, refresh and ID token. */
  async signIn(): Promise<void> {
    const query = new URLSearchParams({
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid profile',
      state: 'state',
      nonce: 'nonce',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    let to = `${this.#paths.auth}?${query.toString()}`;
    for (let hops = 0; !to.startsWith(REDIRECT_URI); hops++) {
      const answer = await this.#send('GET', to, { browser: true });
      if (answer.location === null || hops > 8)
        throw new Error(`${to} answered ${answer.status}: ${answer.body.slice(0, 300)}`);
      to = answer.location.replace(/^http:\/\/localhost:\d+/, '');
    }
    const code = new URL(to).searchParams.get('code');
    if (!code) throw new Error(`No code: ${to}`);
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

  async #tokens(fields: Record<string, string>): Promise<void> {
    const answer = await this.#send('POST', this.#paths.token, {
      authorization: `Basic ${this.#basic}`,
      body: new URLSearchParams(fields).toString(),
    });
    if (answer.status !== 200) throw new Error(`token answered ${answer.status}: ${answer.body}`);
    const tokens = JSON.parse(answer.body) as { access_token: string; refresh_token?: string };
    this.accessToken = tokens.access_token;
    this.refreshToken = tokens.refresh_token ?? this.refreshToken;
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
