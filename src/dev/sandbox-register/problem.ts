import { STATUS_CODES } from 'node:http';
import type { Context } from 'koa';

/** Answers with a problem document (RFC 9457). */
export function sendProblem(ctx: Context, status: number, detail: string): void {
  ctx.status = status;
  ctx.set('content-type', 'application/problem+json');
  ctx.body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail });
}
