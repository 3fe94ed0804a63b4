import { join, relative } from 'node:path';
import QRCode from 'qrcode';
import { chipPage } from '../../views/proofing/chip.ts';
import type { ChipModel } from '../../views/proofing/chip.ts';
import { seeOther } from '../accounts/see-other.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';
import { liveState, readChipProgress } from './case-progress.ts';
import type { ProofingCase } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { makeHandOff } from './hand-off.ts';
import { HAND_OFF_LIMIT, chipAttempts } from './limits.ts';
import { applicantOf, ownCase } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';

/** GET /cases/:id/chip: the code that leads the phone here, and what became of the last reading. */
export async function showChip(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  const { step } = proofing.state;
  if (proofing.pathway !== 'chip') return ctx.redirect(`/cases/${proofing.id}`);
  if (step !== 'document' || app.clock.now() >= proofing.expiresAt)
    return ctx.redirect(`/cases/${proofing.id}${step === 'portrait' ? '/portrait' : ''}`);
  const model = await chipModel(app, proofing);
  await page(ctx, app, { view: chipPage, model, title: 'proofing.chip.title' });
}

/** POST /cases/:id/hand-offs: a new code; the one before is void. */
export async function submitHandOff(ctx: Context, app: ProofingApp): Promise<void> {
  const { id } = await ownCase(ctx, app);
  await countCall(app, HAND_OFF_LIMIT, applicantOf(ctx));
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    if (!proofing) throw new Fault('not_found');
    const now = app.clock.now();
    if (proofing.pathway !== 'chip' || proofing.state.step !== 'document') return;
    if (now >= proofing.expiresAt) return;
    // The page says when it may be tried again, and what else there is.
    if ((await chipAttempts(tx, proofing.accountId, now)).left === 0) return;
    await makeHandOff(tx, app, proofing);
  });
  seeOther(ctx, `/cases/${id}/chip`);
}

async function chipModel(app: ProofingApp, proofing: ProofingCase): Promise<ChipModel> {
  const progress = await readChipProgress(app.db, app, proofing);
  const { handOff, refusal, attempts } = progress;
  return {
    caseId: proofing.id,
    asked: proofing.state.step === 'document' ? proofing.state.asked : null,
    handOff:
      handOff.phase === 'shown'
        ? { ...handOff, qrSvg: await drawQr(handOff.link), command: commandOf(app, handOff.link) }
        : handOff,
    refusal,
    attemptsLeft: attempts.left,
    nextAttemptAt: attempts.nextAt,
    liveState: liveState(proofing, progress),
  };
}

/** Plain SVG paths: no script, no style, nothing to load. */
function drawQr(link: string): Promise<string> {
  return QRCode.toString(link, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
}

/** What plays the phone where there is none, with a passport that the seed made: outside production only. */
function commandOf(app: ProofingApp, link: string): string | null {
  if (!app.config.sandbox) return null;
  const passport = relative(process.cwd(), join(app.config.DATA_DIR, 'passports', 'anna'));
  return `npx tangchat reader submit --passport ${passport} --link ${link}`;
}
