import { z } from 'zod';
import { anchorsPage } from '../../views/admin/anchors.ts';
import type { AnchorsModel } from '../../views/admin/anchors.ts';
import { consoleNav } from '../../views/admin/nav.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import { REJECT_REASONS, WITHDRAWAL_REASONS } from '../trust/anchor-reasons.ts';
import { confirmAnchor, rejectAnchor } from '../trust/decide-anchor-proposal.ts';
import { confirmWithdrawal, rejectWithdrawal } from '../trust/decide-withdrawal.ts';
import { listOpenProposals, proposeAnchor } from '../trust/propose-anchor.ts';
import { listOpenWithdrawals, proposeWithdrawal } from '../trust/propose-withdrawal.ts';
import { readForm } from '../web/body.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';
import { officerIdOf } from './decide-case.ts';

/** What the page says of a refused act: a code of `trust.anchors.error_*`, and the field that it is about. */
interface Refusal {
  code: string;
  field: string | null;
  status: 409 | 422;
}

/** GET /console/anchors: CSCA certificates that wait for a second officer, to be trusted or no longer; and the forms to ask for it. */
export async function showAnchors(ctx: Context, app: WebApp): Promise<void> {
  await answerAnchors(ctx, app, null);
}

const proposal = z.object({ source: z.string().max(1000).default('') });

/** POST /console/anchors: proposes a certificate (field `certificate`, DER or PEM) that no master list brought. */
export async function postAnchor(ctx: Context, app: WebApp): Promise<void> {
  const sent = readForm(ctx, proposal);
  if (!sent.ok) throw new Fault('bad_request');
  const { certificate } = ctx.state.body.files;
  if (!certificate?.bytes.length)
    return answerAnchors(
      ctx,
      app,
      { code: 'no_file', field: 'certificate', status: 422 },
      sent.value,
    );
  const proposed = await proposeAnchor(app, {
    officerId: officerIdOf(ctx),
    certificate: certificate.bytes,
    source: sent.value.source,
  });
  if (proposed.ok) return ctx.redirect('/console/anchors');
  const field = proposed.reason.startsWith('source') ? 'source' : 'certificate';
  await answerAnchors(ctx, app, { code: proposed.reason, field, status: 422 }, sent.value);
}

const decision = z.object({ decision: z.enum(['confirm', ...REJECT_REASONS]) });

/** POST /console/anchors/:id/decision: another officer confirms; anybody, the proposer too, says no and why. */
export async function postAnchorDecision(ctx: Context, app: WebApp): Promise<void> {
  const sent = readForm(ctx, decision);
  if (!sent.ok) throw new Fault('bad_request');
  const given = { proposalId: idOf(ctx), officerId: officerIdOf(ctx) };
  const { decision: chosen } = sent.value;
  const decided =
    chosen === 'confirm'
      ? await confirmAnchor(app, given)
      : await rejectAnchor(app, { ...given, reason: chosen });
  await answerDecision(ctx, app, decided);
}

const withdrawal = z.object({
  sha256: z.string().max(200).default(''),
  reason: z.enum(WITHDRAWAL_REASONS).optional().catch(undefined),
});

/** POST /console/anchor-withdrawals: proposes that an anchor, by its SHA-256, is believed no more. */
export async function postAnchorWithdrawal(ctx: Context, app: WebApp): Promise<void> {
  const sent = readForm(ctx, withdrawal);
  if (!sent.ok) throw new Fault('bad_request');
  const { reason } = sent.value;
  const sha256 = sent.value.sha256.toLowerCase().replaceAll(/[\s:]/g, '');
  const typed = { sha256: sent.value.sha256, ...(reason ? { reason } : {}) };
  if (!/^[0-9a-f]{64}$/.test(sha256))
    return answerAnchors(ctx, app, { code: 'no_fingerprint', field: 'sha256', status: 422 }, typed);
  if (!reason)
    return answerAnchors(ctx, app, { code: 'no_reason', field: 'reason', status: 422 }, typed);
  const proposed = await proposeWithdrawal(app, { officerId: officerIdOf(ctx), sha256, reason });
  if (proposed.ok) return ctx.redirect('/console/anchors');
  await answerAnchors(ctx, app, { code: proposed.reason, field: 'sha256', status: 422 }, typed);
}

const withdrawalDecision = z.object({ decision: z.enum(['confirm', 'reject']) });

/** POST /console/anchor-withdrawals/:id/decision: as of a proposal. */
export async function postWithdrawalDecision(ctx: Context, app: WebApp): Promise<void> {
  const sent = readForm(ctx, withdrawalDecision);
  if (!sent.ok) throw new Fault('bad_request');
  const given = { withdrawalId: idOf(ctx), officerId: officerIdOf(ctx) };
  const decided =
    sent.value.decision === 'confirm'
      ? await confirmWithdrawal(app, given)
      : await rejectWithdrawal(app, given);
  await answerDecision(ctx, app, decided);
}

function idOf(ctx: Context): RowId {
  const id = RowId.parse(ctx.state.params.id);
  if (!id) throw new Fault('not_found');
  return id;
}

async function answerDecision(
  ctx: Context,
  app: WebApp,
  decided: { ok: true } | { ok: false; reason: string },
): Promise<void> {
  if (decided.ok) return ctx.redirect('/console/anchors');
  if (decided.reason.startsWith('no_such')) throw new Fault('not_found');
  await answerAnchors(ctx, app, { code: decided.reason, field: null, status: 409 });
}

async function answerAnchors(
  ctx: Context,
  app: WebApp,
  refusal: Refusal | null,
  typed: AnchorsModel['typed'] = {},
): Promise<void> {
  const me = officerIdOf(ctx);
  const [proposals, withdrawals] = [
    await listOpenProposals(app.db, app),
    await listOpenWithdrawals(app.db),
  ];
  const t = app.languages.translator(ctx.state.lang);
  await page(ctx, app, {
    view: anchorsPage,
    model: {
      proposals: proposals.map(({ proposalId, becomes, source, proposedBy, proposedAt }) => ({
        id: proposalId,
        mine: proposedBy === me,
        source,
        proposedAt,
        certificate: 'ok' in becomes ? null : becomes,
      })),
      withdrawals: withdrawals.map(
        ({ withdrawalId, sha256, certificate, reason, proposedBy, proposedAt, would }) => ({
          id: withdrawalId,
          mine: proposedBy === me,
          sha256,
          certificate,
          reason,
          proposedAt,
          withdrawn: would?.withdrawn.length ?? 0,
          orphaned: would?.orphaned.length ?? 0,
        }),
      ),
      typed,
      errors: refusal
        ? [{ field: refusal.field, message: t(`trust.anchors.error_${refusal.code}`) }]
        : [],
    },
    title: 'trust.anchors.title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'anchors'),
    status: refusal?.status ?? 200,
  });
}
