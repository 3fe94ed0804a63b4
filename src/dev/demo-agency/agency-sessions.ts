import type { Context } from 'koa';
import type { Random } from '../../lib/random.ts';

/** A request under way: what the answer is checked against. */
export interface PendingRequest {
  state: string;
  nonce: string;
  codeVerifier: string;
}

/** What the agency knows of a person who signed in. */
export interface SignedIn {
  idToken: string;
  idTokenClaims: Record<string, unknown>;
  userinfo: Record<string, unknown>;
  accessToken: string;
  refreshToken: string | null;
  /** What happened last, for the page: a word of words.ts. */
  note: 'refreshed' | 'asked_again' | null;
}

export interface AgencySession {
  pending: PendingRequest | null;
  signedIn: SignedIn | null;
}

const LIMIT = 1000;

/** The agency's own sessions: in memory, as a demo may. */
export class AgencySessions {
  readonly #cookie: string;
  readonly #random: Random;
  readonly #sessions = new Map<string, AgencySession>();

  /** Cookies know no ports: each agency has a name of its own. */
  constructor(cookie: string, random: Random) {
    this.#cookie = cookie;
    this.#random = random;
  }

  find(ctx: Context): AgencySession | null {
    const id = ctx.cookies.get(this.#cookie);
    return (id && this.#sessions.get(id)) || null;
  }

  /** A new session in place of the browser's former one (session fixation). */
  begin(ctx: Context, session: AgencySession): void {
    this.end(ctx);
    if (this.#sessions.size >= LIMIT) this.#sessions.delete(this.#sessions.keys().next().value!);
    const id = this.#random.token();
    this.#sessions.set(id, session);
    ctx.cookies.set(this.#cookie, id, { httpOnly: true, sameSite: 'lax', overwrite: true });
  }

  end(ctx: Context): void {
    const id = ctx.cookies.get(this.#cookie);
    if (id) this.#sessions.delete(id);
    ctx.cookies.set(this.#cookie, null, { overwrite: true });
  }
}
