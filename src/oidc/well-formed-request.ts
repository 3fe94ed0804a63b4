import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Context, WebApp } from '../web/context.ts';
import { showError } from './show-error.ts';

/** RFC 8707 §2: a request may name several. Everything else is given once (RFC 6749 §3.1). */
const MAY_REPEAT = new Set(['resource']);
const PROTOTYPE = /^(?:__proto__|constructor|prototype)\b/;
/** Tabs and line ends may stand in `claims`; nothing else below a space stands in any parameter. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

/** What is wrong with the form of a request, before what it says is looked at; null where nothing is. */
export function malformation(
  parameters: Iterable<readonly [name: string, value: string]>,
): { parameter: string; fault: string } | null {
  const seen = new Set<string>();
  for (const [name, value] of parameters) {
    const parameter = name.replaceAll(/[^\w.-]/g, '').slice(0, 40);
    if (/[[\]]/.test(name) || PROTOTYPE.test(name))
      return { parameter, fault: 'parameters are plain names with one text each' };
    if (CONTROL.test(name) || CONTROL.test(value))
      return { parameter, fault: `${parameter} must not hold control characters` };
    if (seen.has(name) && !MAY_REPEAT.has(name))
      return { parameter, fault: `${parameter} parameter must not be provided twice` };
    seen.add(name);
  }
  return null;
}

/** Answers a malformed request of a browser with a page, and sends nothing to the address that it names. */
export async function refuseMalformed(
  app: WebApp,
  ctx: Context,
  parameters: Iterable<readonly [string, string]>,
): Promise<boolean> {
  const found = malformation(parameters);
  if (found) await refuseRequest(app, ctx, found.fault);
  return found !== null;
}

/** The page of a request that is refused before the library sees it. */
export async function refuseRequest(app: WebApp, ctx: Context, fault: string): Promise<void> {
  ctx.status = 400;
  await showError(app, ctx as unknown as KoaContextWithOIDC, {
    out: { error: 'invalid_request', error_description: fault },
    error: new Error(fault),
  });
}
