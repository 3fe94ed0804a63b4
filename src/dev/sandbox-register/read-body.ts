import type { Context } from 'koa';

const MAX_BYTES = 16 * 1024;

/** The request's body, or null where it is larger than anything this register is sent. */
export async function readBody(ctx: Context, maxBytes = MAX_BYTES): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
