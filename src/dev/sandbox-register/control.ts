import type { Context } from 'koa';
import { z } from 'zod';
import { PLAYED_EVENTS } from './play-event.ts';
import { sendProblem } from './problem.ts';
import { readBody } from './read-body.ts';
import { sandboxRecord } from './sandbox-record.ts';
import type { SandboxState } from './sandbox-state.ts';

/**
 * The machine's way to play with the register, for tests and demos. Takes `application/json` only: a page of another
 * site cannot send that here without asking first, and is never allowed to.
 */
type Control = (body: unknown, state: SandboxState) => { status: number; body: unknown };

const outage = z.object({ down: z.boolean() });
const event = z.object({
  issuingState: z.string(),
  documentNumber: z.string(),
  event: z.enum(PLAYED_EVENTS),
});

const correction = z.object({
  requestId: z.string(),
  state: z.enum(['corrected', 'rejected']),
  value: z.string().max(200).default(''),
});

const accepted = { status: 200, body: { ok: true } };
const refused = (status: number, reason: string) => ({ status, body: { ok: false, reason } });

export const controls: Readonly<Record<string, Control>> = {
  outage(body, state) {
    const parsed = outage.safeParse(body);
    if (!parsed.success) return refused(422, 'malformed');
    state.setDown(parsed.data.down);
    return accepted;
  },
  events(body, state) {
    const parsed = event.safeParse(body);
    if (!parsed.success) return refused(422, 'malformed');
    const record = state.findByDocument(parsed.data.issuingState, parsed.data.documentNumber);
    const played = record && state.play(record.person.registerPersonId, parsed.data.event);
    if (!played) return refused(404, 'not_found');
    return played.ok ? accepted : refused(409, played.reason);
  },
  records(body, state) {
    const parsed = sandboxRecord.safeParse(body);
    if (!parsed.success) return refused(422, 'malformed');
    state.save(parsed.data);
    return accepted;
  },
  corrections(body, state) {
    const parsed = correction.safeParse(body);
    if (!parsed.success) return refused(422, 'malformed');
    const { requestId, state: settled, value } = parsed.data;
    return state.settleCorrection(requestId, settled, value) ? accepted : refused(404, 'not_found');
  },
  reset(_, state) {
    state.reset();
    return accepted;
  },
};

/** Runs the control that the address names. */
export async function runControl(ctx: Context, name: string, state: SandboxState): Promise<void> {
  const control = Object.hasOwn(controls, name) ? controls[name] : undefined;
  if (!control) return sendProblem(ctx, 404, 'There is no such control.');
  if (!ctx.is('application/json')) return sendProblem(ctx, 415, 'Send application/json.');
  const bytes = await readBody(ctx);
  if (!bytes) return sendProblem(ctx, 413, 'The body is too large.');
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch {
    return sendProblem(ctx, 400, 'The body is not JSON.');
  }
  const outcome = control(body, state);
  ctx.status = outcome.status;
  ctx.body = outcome.body;
}
