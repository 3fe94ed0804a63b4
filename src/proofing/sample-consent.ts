import { z } from 'zod';
import { seeOther } from '../accounts/see-other.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { withdrawBiometricConsent } from '../registry/lower-assurance.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { onFile } from './case.ts';
import { dropSample } from './pathway-acts.ts';
import { isOpen } from './case-state.ts';
import { lockCase, setSampleConsent } from './case-store.ts';
import { wipeExaminations } from './examination-store.ts';
import { actorOf, ownCase } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';
import { saveChange } from './save-case.ts';

const form = z.object({ agree: z.enum(['yes', 'no']) });

/**
 * POST /cases/:id/sample-consent: the separate consent to keep a biometric sample, given on the person's own device, and
 * taken back there at any time. Taking it back destroys the sample; where it had carried IAL3, that becomes IAL2.
 */
export async function submitSampleConsent(ctx: Context, app: ProofingApp): Promise<void> {
  const { id } = await ownCase(ctx, app);
  const sent = readForm(ctx, form);
  if (!sent.ok) throw new Fault('bad_request');
  if (sent.value.agree === 'yes') await agree(app, id);
  else await withdraw(app, id);
  seeOther(ctx, `/cases/${id}`);
}

type Id = Awaited<ReturnType<typeof ownCase>>['id'];

async function agree(app: ProofingApp, id: Id): Promise<void> {
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    const now = app.clock.now();
    if (proofing?.pathway !== 'counter' || !isOpen(proofing.state) || now >= proofing.expiresAt)
      return;
    if (proofing.sampleConsent && !proofing.sampleConsent.withdrawnAt) return;
    await setSampleConsent(tx, id, { at: now, withdrawnAt: null });
    await appendAudit(tx, app, {
      action: 'proofing.sample_consented',
      actor: { kind: 'account', id: actorOf(proofing) },
      subject: { kind: 'case', id },
      details: {},
    });
  });
}

async function withdraw(app: ProofingApp, id: Id): Promise<void> {
  await transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    const consent = proofing?.sampleConsent;
    if (!proofing || !consent || consent.withdrawnAt) return;
    const now = app.clock.now();
    const { sample } = onFile(proofing.state);
    const taken = { ...consent, withdrawnAt: now };
    const dropped = dropSample(proofing, now);
    if (dropped.ok) await saveChange(tx, app, proofing, dropped.change, { sampleConsent: taken });
    else {
      await setSampleConsent(tx, id, taken);
      if (sample) await wipeExaminations(tx, [sample.examinationId], now);
    }
    const actor = { kind: 'account', id: actorOf(proofing) } as const;
    if (proofing.state.step === 'approved')
      await withdrawBiometricConsent(tx, app, { personId: proofing.state.personId, actor });
    await appendAudit(tx, app, {
      action: 'proofing.sample_consent_withdrawn',
      actor,
      subject: { kind: 'case', id },
      details: { wiped: sample !== null },
    });
  });
}
