import { z } from 'zod';
import { callOutbound } from '../lib/outbound-http.ts';
import type { OutboundAnswer } from '../lib/outbound-http.ts';
import type { App } from '../lib/app.ts';
import { reach } from '../oidc/fetch-from-services.ts';

const TOTAL_TIMEOUT_MS = 2500;
const MAX_RESPONSE_BYTES = 16 * 1024;

/**
 * What became of one token. `refused`: the receiver took a look and will not have this one (RFC 8935 §2.3). `unreachable`: it could
 * not be asked, or is in no state to answer, whichever token it is.
 */
export type Pushed =
  | { outcome: 'accepted' }
  | { outcome: 'refused'; error: string }
  | { outcome: 'unreachable'; kind: string };

/**
 * Pushes one token (RFC 8935 §2.1). Only to public addresses over https, looked up once and connected to as looked up, no
 * redirect, two and a half seconds in all; loopback only in the sandbox where OUTBOUND_LOOPBACK says so.
 */
export async function pushEvent(
  app: Pick<App, 'config'>,
  to: { url: string; authorization: string | null; token: string },
): Promise<Pushed> {
  const answer = await callOutbound({
    url: to.url,
    method: 'POST',
    headers: {
      'content-type': 'application/secevent+jwt',
      ...(to.authorization === null ? {} : { authorization: to.authorization }),
    },
    body: to.token,
    totalTimeoutMs: TOTAL_TIMEOUT_MS,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    acceptTypes: ['application/json'],
    ...reach(app, to.url),
  });
  // What comes with an acceptance does not matter.
  if (answer.status !== undefined && answer.status >= 200 && answer.status < 300)
    return { outcome: 'accepted' };
  if (!answer.ok) return { outcome: 'unreachable', kind: answer.reason };
  if (answer.status === 400) return { outcome: 'refused', error: errorOf(answer) };
  return { outcome: 'unreachable', kind: `http_${answer.status}` };
}

const problem = z.object({ err: z.string().regex(/^[\w.-]{1,60}$/) });

/** The code of RFC 8935 §2.4. Its description is free text and stays out of our records. */
function errorOf(answer: OutboundAnswer & { ok: true }): string {
  try {
    const parsed = problem.safeParse(JSON.parse(answer.body.toString('utf8')));
    return parsed.success ? parsed.data.err : 'invalid_request';
  } catch {
    return 'invalid_request';
  }
}
