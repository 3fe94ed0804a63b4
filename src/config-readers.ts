import { isIP } from 'node:net';
import { z } from 'zod';

/** How settings are read that several of them are of the same kind. */
export const seconds = (fallback: number) => z.coerce.number().int().positive().default(fallback);

export const port = z.coerce.number().int().min(1).max(65535);

export const url = z.url({ protocol: /^https?$/ });

/** 0 to 1. */
export const share = (fallback: number) => z.coerce.number().min(0).max(1).default(fallback);

/** Names, commas between. */
export const names = z.string().transform((text) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
);

export const headerName = z
  .string()
  .regex(/^[\w-]{1,60}$/, 'must be the name of a header')
  .transform((name) => name.toLowerCase());

/** Addresses and networks, commas between. */
export const networks = z.string().transform((text, ctx) => {
  const listed = text.split(',').map((one) => one.trim());
  for (const one of listed)
    if (!isNetwork(one))
      ctx.addIssue({ code: 'custom', message: `"${one}" is no address or network` });
  return listed;
});

/** An address, or one with the length of its network: `10.1.0.0/24`. */
function isNetwork(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (more.length > 0 || bits < 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits);
}
