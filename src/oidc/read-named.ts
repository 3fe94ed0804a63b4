import type { IncomingMessage } from 'node:http';
import { Fault } from '../lib/fault.ts';
import type { Context } from '../web/context.ts';
import type { RequestStore } from './store/request-store.ts';

const PRESENTED = /^(?:Bearer|DPoP) ([\w-]{20,200})$/i;

/**
 * Reads the code or token that a program's request names before the library runs. It would be read anyway; but a request
 * that waits in the middle of the library keeps all that the library made so far, and what waits is collected at a far
 * higher price than what comes and goes within one turn of the event loop.
 */
export async function readNamed(ctx: Context, { reads }: RequestStore): Promise<void> {
  const value = await valueNamed(ctx);
  // Who asks for it later hears of a failure.
  if (value) await reads.bundleOf(value).catch(() => {});
}

async function valueNamed(ctx: Context): Promise<string | null> {
  switch (ctx.path) {
    case '/oidc/userinfo':
      return PRESENTED.exec(ctx.get('authorization'))?.[1] ?? null;
    case '/oidc/token': {
      const form = await peekForm(ctx);
      return (
        form?.get(form.get('grant_type') === 'refresh_token' ? 'refresh_token' : 'code') ?? null
      );
    }
    case '/oidc/introspection':
    case '/oidc/revocation':
      return (await peekForm(ctx))?.get('token') ?? null;
    default:
      return null;
  }
}

/** The form in the body, which stays there to be read. Null for what the library will refuse, or read in pieces. */
async function peekForm({ req, method, headers }: Context): Promise<URLSearchParams | null> {
  const length = Number(headers['content-length']);
  // No stream gathers more than its high-water mark: what is longer is no form of a program anyway.
  if (method !== 'POST' || !(length > 0 && length < req.readableHighWaterMark)) return null;
  // The sender went away in the middle.
  if (!(await hasArrived(req, length))) throw new Fault('bad_request');
  const bytes = req.read(length) as Buffer;
  req.unshift(bytes);
  return new URLSearchParams(bytes.toString('latin1'));
}

/** Whether `length` bytes of the body are here; false where it ends before. */
function hasArrived(req: IncomingMessage, length: number): Promise<boolean> {
  return new Promise((resolve) => {
    const look = () => {
      const isHere = req.readableLength >= length;
      if (!isHere && !req.destroyed && !req.readableEnded) return;
      req.off('readable', look).off('close', look);
      resolve(isHere);
    };
    req.on('readable', look).on('close', look);
    look();
  });
}
