import { z } from 'zod';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import { setVisaStickerAside } from '../proofing/registers/visa-stickers.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { officerIdOf } from './decide-case.ts';
import { caseIdOf, renderCase } from './show-case.ts';

const asideForm = z.object({
  sticker: z.string(),
  note: z.string().trim().min(1).max(2000),
});

/** POST /console/cases/:id/stickers: the difference between visa sticker and passport is explained, in the officer's words. */
export async function postStickerAside(ctx: Context, app: ProofingApp): Promise<void> {
  const caseId = caseIdOf(ctx);
  const sent = readForm(ctx, asideForm);
  const stickerId = sent.ok ? RowId.parse(sent.value.sticker) : null;
  if (!sent.ok || !stickerId) {
    const message = app.languages.translator(ctx.state.lang)('registers.sticker.error_note');
    const errors = [{ field: null, message }];
    return renderCase(ctx, app, caseId, { reason: null, note: '', errors, status: 422 });
  }
  const officerId = officerIdOf(ctx);
  const { note } = sent.value;
  const result = await setVisaStickerAside(app, { caseId, stickerId, officerId, note });
  if (result.ok) return ctx.redirect(`/console/cases/${caseId}`);
  throw new Fault(result.reason === 'own_case' ? 'not_allowed' : 'not_found');
}
