import { z } from 'zod';
import { visaPage } from '../../../views/proofing/visa.ts';
import { seeOther } from '../../accounts/see-other.ts';
import { mrzLinesOf } from '../../documents/mrz.ts';
import { MAX_SEAL_BYTES } from '../../documents/vds.ts';
import { readSealBarcode } from '../../trust/seal-barcode.ts';
import { readForm } from '../../web/body.ts';
import type { Context } from '../../web/context.ts';
import { page } from '../../web/page.ts';
import { countCall } from '../../web/rate-limit.ts';
import type { Limit } from '../../web/rate-limit.ts';
import { caseReference } from '../case-reference.ts';
import { onFile } from '../case.ts';
import { isOpen } from '../case-state.ts';
import { applicantOf, ownCase } from '../own-case.ts';
import type { ProofingApp } from '../proofing-app.ts';
import type { ProofingCase } from '../case-state.ts';
import { giveVisaSticker } from './visa-stickers.ts';

/** Each may cost a barcode reader's time. */
const VISA_LIMIT: Limit = { name: 'proofing-visa', calls: 20, windowSeconds: 3600 };

/** GET /cases/:id/visa: where an applicant may show the visa sticker in their passport. Nobody has to. */
export async function showVisa(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  if (!mayGive(proofing)) return ctx.redirect(`/cases/${proofing.id}`);
  const given = ctx.query.given === 'yes' || ctx.query.given === 'no' ? ctx.query.given : null;
  await answerVisa(ctx, app, proofing, { lines: '', problem: null, given });
}

const visaForm = z.object({
  lines: z.string().max(200).default(''),
  seal: z
    .string()
    .trim()
    .max(MAX_SEAL_BYTES * 3)
    .default(''),
});

/**
 * POST /cases/:id/visa: the two lines at the foot of the sticker, a photo of its barcode, or its octets in hex. Says whether it
 * could be read, and nothing of what it was held against.
 */
export async function submitVisa(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await ownCase(ctx, app);
  if (!mayGive(proofing)) return seeOther(ctx, `/cases/${proofing.id}`);
  await countCall(app, VISA_LIMIT, applicantOf(ctx));
  const sent = readForm(ctx, visaForm);
  const lines = sent.ok ? sent.value.lines : '';
  const refuse = (problem: 'nothing_given' | 'picture' | 'seal') =>
    answerVisa(ctx, app, proofing, { lines, problem, given: null });
  if (!sent.ok) return refuse('seal');
  const mrzLines = lines.trim() === '' ? null : mrzLinesOf(lines);
  const picture = ctx.state.body.files.picture?.bytes;
  const hex = sent.value.seal.replaceAll(/[\s:]/g, '');
  if (hex !== '' && !/^(?:[0-9a-f]{2})+$/i.test(hex)) return refuse('seal');
  const seal = hex === '' ? await fromPicture(picture) : Buffer.from(hex, 'hex');
  if (seal === 'unreadable') return refuse('picture');
  if (!mrzLines && !seal) return refuse('nothing_given');
  const given = await giveVisaSticker(app, proofing, { mrzLines, seal });
  if (!given.ok) return seeOther(ctx, `/cases/${proofing.id}`);
  seeOther(ctx, `/cases/${proofing.id}/visa?given=${given.read ? 'yes' : 'no'}`);
}

async function fromPicture(picture: Buffer | undefined): Promise<Buffer | null | 'unreadable'> {
  if (!picture?.length) return null;
  const read = await readSealBarcode(picture);
  return read.ok ? read.bytes : 'unreadable';
}

function mayGive({ state }: ProofingCase): boolean {
  return isOpen(state) && onFile(state).document !== null;
}

async function answerVisa(
  ctx: Context,
  app: ProofingApp,
  proofing: ProofingCase,
  sent: {
    lines: string;
    problem: 'nothing_given' | 'picture' | 'seal' | null;
    given: 'yes' | 'no' | null;
  },
): Promise<void> {
  await page(ctx, app, {
    view: visaPage,
    model: { caseId: proofing.id, reference: caseReference(proofing.id), ...sent },
    title: 'registers.visa.title',
    status: sent.problem ? 422 : 200,
  });
}
