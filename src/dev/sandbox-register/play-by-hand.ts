import type { Context } from 'koa';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import { PLAYED_EVENTS } from './play-event.ts';
import { renderPage } from './page.ts';
import { sendProblem } from './problem.ts';
import { readBody } from './read-body.ts';
import type { SandboxState } from './sandbox-state.ts';
import { WORDS } from './words.ts';
import type { Lang, Words } from './words.ts';

/** Shows the page, with what was just refused if anything was. */
export function showPage(
  ctx: Context,
  state: SandboxState,
  source: { clock: Clock; random: Random },
): void {
  const nonce = source.random.token(16);
  const lang = languageOf(ctx);
  ctx.set(
    'content-security-policy',
    `default-src 'none'; style-src 'nonce-${nonce}'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  ctx.set('cache-control', 'no-store');
  ctx.set('vary', 'accept-language');
  ctx.set('referrer-policy', 'no-referrer');
  ctx.type = 'html';
  ctx.body = renderPage({
    lang,
    nonce,
    now: source.clock.now(),
    down: state.isDown(),
    records: state.records(),
    corrections: state.corrections(),
    refused: refusedOf(ctx, WORDS[lang]),
  });
}

/** Takes a form of the page and shows the page again. */
export async function playByHand(ctx: Context, state: SandboxState): Promise<void> {
  // The forms change only make-believe records and carry no session; a page of another site still has no business here.
  const site = ctx.get('sec-fetch-site');
  if (site !== '' && site !== 'same-origin' && site !== 'none')
    return sendProblem(ctx, 403, 'Forms are taken from this page only.');
  const bytes = await readBody(ctx);
  if (!bytes) return sendProblem(ctx, 413, 'The form is too large.');
  const form = new URLSearchParams(bytes.toString('utf8'));
  const lang = languageOf(ctx);

  if (ctx.path === '/outage') state.setDown(form.get('down') === 'true');
  else if (ctx.path === '/reset') state.reset();
  else if (ctx.path.startsWith('/corrections/')) {
    const settled = (['corrected', 'rejected'] as const).find((one) => one === form.get('state'));
    const id = ctx.path.slice('/corrections/'.length);
    if (!settled) return sendProblem(ctx, 422, 'There is no such state.');
    if (!state.settleCorrection(id, settled, form.get('value')?.trim() ?? ''))
      return sendProblem(
        ctx,
        422,
        'There is no such request, or the value does not fit the entry.',
      );
    return seeOther(ctx, `/?lang=${lang}#correction-${encodeURIComponent(id)}`);
  } else {
    const id = /^\/records\/([^/]+)\/events$/.exec(ctx.path)?.[1] ?? '';
    const event = PLAYED_EVENTS.find((known) => known === form.get('event'));
    if (!event) return sendProblem(ctx, 422, 'There is no such event.');
    const played = state.play(id, event);
    if (!played) return sendProblem(ctx, 404, 'There is no such record.');
    const refusal = played.ok ? '' : `&refused=${played.reason}&for=${encodeURIComponent(id)}`;
    return seeOther(ctx, `/?lang=${lang}${refusal}#${encodeURIComponent(id)}`);
  }
  seeOther(ctx, `/?lang=${lang}`);
}

function seeOther(ctx: Context, location: string): void {
  ctx.status = 303;
  ctx.set('location', location);
  ctx.body = '';
}

function languageOf(ctx: Context): Lang {
  const asked = ctx.query.lang;
  if (asked === 'th' || asked === 'en') return asked;
  return ctx.acceptsLanguages('en', 'th') === 'th' ? 'th' : 'en';
}

function refusedOf(ctx: Context, words: Words) {
  const { refused, for: id } = ctx.query;
  if (typeof refused !== 'string' || typeof id !== 'string') return null;
  if (!Object.hasOwn(words.refusals, refused)) return null;
  return { id, reason: refused as keyof Words['refusals'] };
}
