import { linkPage } from '../../views/proofing/link.ts';
import type { LinkModel } from '../../views/proofing/link.ts';
import { digestToken } from '../lib/blind-index.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { countCaller } from '../web/rate-limit.ts';
import { findCase } from './case-store.ts';
import { refusalOf } from './hand-off.ts';
import { findHandOffByToken } from './hand-off-store.ts';
import { LINK_LIMIT } from './limits.ts';
import type { ProofingApp } from './proofing-app.ts';
import { accountHint } from './reader-session.ts';

/**
 * GET /h/:token: where the code leads a phone that has no reader app. It says what to do and whose case it is, so that a
 * forwarded link is noticed; looking at it opens nothing.
 */
export async function showLink(ctx: Context, app: ProofingApp): Promise<void> {
  await countCaller(ctx, app, LINK_LIMIT);
  const model = await linkModel(app, ctx.state.params.token ?? '');
  await page(ctx, app, {
    view: linkPage,
    model,
    title: 'proofing.link.title',
    area: 'plain',
    status: model.state === 'unknown' ? 404 : model.state === 'void' ? 410 : 200,
  });
}

async function linkModel(app: ProofingApp, token: string): Promise<LinkModel> {
  const handOff = await findHandOffByToken(app.db, digestToken(app.keys.tokenDigestKey, token));
  if (!handOff) return { state: 'unknown' };
  const proofing = await findCase(app.db, handOff.caseId);
  if (!proofing || refusalOf(handOff, app.clock.now())) return { state: 'void' };
  return {
    state: 'live',
    matchNumber: handOff.matchNumber,
    accountHint: await accountHint(app, proofing),
    appLink: `tangchat://read?token=${token}&issuer=${encodeURIComponent(app.config.ISSUER)}`,
    expiresAt: handOff.expiresAt,
  };
}
