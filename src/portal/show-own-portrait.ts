import { Fault } from '../lib/fault.ts';
import { latestCaseOf } from '../proofing/latest-case.ts';
import { readChipPortrait } from '../proofing/officer-view.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';

/**
 * GET /home/portrait: the holder's own portrait from the chip that they were proven by, for the card on their start
 * page; 404 once the evidence is gone. Never cached.
 */
export async function showOwnPortrait(ctx: Context, app: ProofingApp): Promise<void> {
  const latest = await latestCaseOf(app, sessionOf(ctx).accountId);
  const jpeg = latest?.step === 'approved' ? await readChipPortrait(app.db, app, latest.id) : null;
  if (!jpeg) throw new Fault('not_found');
  ctx.type = 'image/jpeg';
  ctx.set('cache-control', 'no-store');
  ctx.body = jpeg;
}
