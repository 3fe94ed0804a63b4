import { z } from 'zod';
import { counterStepsPage } from '../../views/admin/counter-steps.ts';
import type { CounterStepsModel } from '../../views/admin/counter-steps.ts';
import { consoleNav } from '../../views/admin/nav.ts';
import { appendAudit } from '../audit/append.ts';
import { toPlainDate } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { onFile } from '../proofing/case.ts';
import { isOpen } from '../proofing/case-state.ts';
import { findCase } from '../proofing/case-file.ts';
import {
  confirmFace,
  goBackAtCounter,
  inspectDocument,
  inspectSecondDocument,
  takeSample,
} from '../proofing/counter-case.ts';
import { counterMark } from '../proofing/counter-act.ts';
import type { CounterResult } from '../proofing/counter-act.ts';
import {
  DOCUMENT_KINDS,
  INSPECTED_FEATURES,
  documentRule,
} from '../proofing/documents-accepted.ts';
import { verifyGuardianship } from '../proofing/guardianship.ts';
import { readHandOff } from '../proofing/hand-off.ts';
import { renderLetter } from '../proofing/letter.ts';
import { startCounterReading } from '../proofing/counter-reading.ts';
import { stepsOf } from '../proofing/pathways.ts';
import type { ProofingApp } from '../proofing/proofing-app.ts';
import { readCaseForOfficer } from '../proofing/officer-view.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { officerIdOf } from './decide-case.ts';
import { caseIdOf } from './show-case.ts';

/** GET /console/cases/:id/counter: the step that the officer at the counter is at. */
export async function showCounterSteps(ctx: Context, app: ProofingApp): Promise<void> {
  await answer(ctx, app, { error: null, sent: {} });
}

const seen = z.string().max(64);
const features = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((found) => (found === undefined ? [] : [found].flat()));
const firstForm = z.object({
  seen,
  kind: z.enum(DOCUMENT_KINDS),
  zone: z.string().max(300),
  name_printed: z.string().trim().max(200).default(''),
  features,
});
const secondForm = z.object({
  seen,
  kind: z.enum(DOCUMENT_KINDS),
  issuing_state: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{1,3}$/),
  document_number: z.string().trim().min(1).max(40),
  expires_on: z.union([z.literal(''), z.iso.date()]).default(''),
  features,
});
const faceForm = z.object({ seen, same: z.literal('yes') });
const sampleForm = z.object({ seen });
const backForm = z.object({ seen, step: z.enum(['document', 'second_document', 'face']) });

/** POST /console/cases/:id/document: the first document, inspected by hand (multipart, `page` a photo of it). */
export async function postInspection(ctx: Context, app: ProofingApp): Promise<void> {
  const form = readForm(ctx, firstForm);
  if (!form.ok) return answer(ctx, app, { error: 'form', sent: form.input });
  const { value } = form;
  await finish(
    ctx,
    app,
    await inspectDocument(app, {
      ...actOf(ctx, value.seen),
      zone: value.zone,
      photo: ctx.state.body.files.page?.bytes ?? null,
      inspection: {
        kind: value.kind,
        features: value.features,
        namePrinted: value.name_printed || null,
      },
    }),
  );
}

/** POST /console/cases/:id/second-document. */
export async function postSecondDocument(ctx: Context, app: ProofingApp): Promise<void> {
  const form = readForm(ctx, secondForm);
  if (!form.ok) return answer(ctx, app, { error: 'form', sent: form.input });
  const { value } = form;
  await finish(
    ctx,
    app,
    await inspectSecondDocument(app, {
      ...actOf(ctx, value.seen),
      issuingState: value.issuing_state,
      documentNumber: value.document_number,
      expiresOn: value.expires_on || null,
      inspection: { kind: value.kind, features: value.features, namePrinted: null },
    }),
  );
}

/** POST /console/cases/:id/face: the person present is the one on the document. Another face is refused on the case's page. */
export async function postFace(ctx: Context, app: ProofingApp): Promise<void> {
  const form = readForm(ctx, faceForm);
  if (!form.ok) return answer(ctx, app, { error: 'form', sent: form.input });
  await finish(ctx, app, await confirmFace(app, actOf(ctx, form.value.seen)));
}

/** POST /console/cases/:id/sample: a biometric sample (multipart field `portrait`), with the holder's own consent. */
export async function postSample(ctx: Context, app: ProofingApp): Promise<void> {
  const form = readForm(ctx, sampleForm);
  if (!form.ok) throw new Fault('bad_request');
  const picture = ctx.state.body.files.portrait?.bytes ?? Buffer.alloc(0);
  await finish(ctx, app, await takeSample(app, { ...actOf(ctx, form.value.seen), picture }));
}

/** POST /console/cases/:id/reopenings: back to a step; what rested on it is wiped. */
export async function postReopening(ctx: Context, app: ProofingApp): Promise<void> {
  const form = readForm(ctx, backForm);
  if (!form.ok) throw new Fault('bad_request');
  const { step: to } = form.value;
  await finish(ctx, app, await goBackAtCounter(app, { ...actOf(ctx, form.value.seen), to }));
}

/** POST /console/cases/:id/readings: a code for the counter's reader; the one before is void. */
export async function postReading(ctx: Context, app: ProofingApp): Promise<void> {
  const started = await startCounterReading(app, {
    caseId: caseIdOf(ctx),
    officerId: officerIdOf(ctx),
  });
  if (!started.ok && started.reason === 'own_case') throw new Fault('not_allowed');
  if (!started.ok && started.reason === 'not_found') throw new Fault('not_found');
  ctx.redirect(`/console/cases/${caseIdOf(ctx)}/counter`);
}

const guardianForm = z.object({
  how: z.enum(['birth_certificate', 'adoption_order', 'court_order', 'civil_registration']),
  document_number: z.string().trim().min(1).max(60),
});

/** POST /console/cases/:id/guardianship: the officer saw the paper that the guardian's right rests on. */
export async function postGuardianship(ctx: Context, app: ProofingApp): Promise<void> {
  const form = readForm(ctx, guardianForm);
  if (!form.ok) throw new Fault('bad_request');
  const caseId = caseIdOf(ctx);
  const { how, document_number: documentNumber } = form.value;
  const officerId = officerIdOf(ctx);
  const verified = await verifyGuardianship(app, { caseId, officerId, how, documentNumber });
  if (!verified.ok && verified.reason === 'own_case') throw new Fault('not_allowed');
  if (!verified.ok && verified.reason !== 'done') throw new Fault('bad_request');
  ctx.redirect(`/console/cases/${caseId}`);
}

/** GET /console/cases/:id/letter: the written refusal, to print and hand over. */
export async function showCaseLetter(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await findCase(app.db, caseIdOf(ctx));
  if (!proofing) throw new Fault('not_found');
  await renderLetter(ctx, app, proofing, { kind: 'officer', id: officerIdOf(ctx) });
}

function actOf(ctx: Context, shown: string) {
  return { caseId: caseIdOf(ctx), officerId: officerIdOf(ctx), seen: shown };
}

async function finish(ctx: Context, app: ProofingApp, result: CounterResult): Promise<void> {
  if (result.ok) return ctx.redirect(`/console/cases/${caseIdOf(ctx)}/counter`);
  if (result.reason === 'not_found') throw new Fault('not_found');
  if (result.reason === 'own_case') throw new Fault('not_allowed');
  const { fields } = ctx.state.body;
  const sent = Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, values[0] ?? '']),
  );
  await answer(ctx, app, { error: result.reason, sent });
}

async function answer(
  ctx: Context,
  app: ProofingApp,
  given: Pick<CounterStepsModel, 'error' | 'sent'>,
): Promise<void> {
  const id = caseIdOf(ctx);
  const view = await readCaseForOfficer(app.db, app, id);
  if (!view || view.proofing.pathway !== 'counter') throw new Fault('not_found');
  const { proofing } = view;
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'admin.case_opened',
      actor: { kind: 'officer', id: officerIdOf(ctx) },
      subject: { kind: 'case', id },
      details: {},
    }),
  );
  const { state, sampleConsent } = proofing;
  if (!isOpen(state)) return ctx.redirect(`/console/cases/${id}`);
  const file = onFile(state);
  const today = toPlainDate(app.clock.now());
  const rules = DOCUMENT_KINDS.map((kind) => ({ kind, rule: documentRule(kind, null, today) }));
  const handOff = state.step === 'document' ? await readHandOff(app.db, app, proofing) : null;
  await page(ctx, app, {
    view: counterStepsPage,
    model: {
      ...given,
      id,
      reference: view.reference,
      seen: counterMark(proofing),
      step: state.step,
      steps: stepsOf('counter', file).map(({ step }) => step),
      firstKinds: rules
        .filter(({ rule }) => rule?.routes.includes('counter') && rule.highestIal >= 2)
        .map(({ kind }) => kind),
      secondKinds: rules.filter(({ rule }) => rule?.second).map(({ kind }) => kind),
      features: INSPECTED_FEATURES,
      reader:
        handOff?.phase === 'shown'
          ? { link: handOff.link, matchNumber: handOff.matchNumber }
          : handOff?.phase === 'opened'
            ? { link: null, matchNumber: handOff.matchNumber }
            : null,
      holder: view.document
        ? {
            name: `${view.document.primaryIdentifier} ${view.document.secondaryIdentifier}`.trim(),
            dateOfBirth: view.document.dateOfBirth,
          }
        : null,
      portraitUrl: view.hasChipPortrait
        ? `/console/cases/${id}/portraits/chip`
        : view.hasPagePhoto
          ? `/console/cases/${id}/portraits/page`
          : null,
      done: (['document', 'second_document', 'face'] as const).filter((step) =>
        step === 'second_document' ? file.secondDocument !== null : file[step] !== null,
      ),
      sample: file.sample
        ? 'kept'
        : sampleConsent && !sampleConsent.withdrawnAt
          ? 'agreed'
          : 'not_agreed',
    },
    title: 'admin.counter.steps_title',
    titleParams: { reference: view.reference },
    area: 'console',
    nav: (ui) => consoleNav(ui, 'counter'),
    status: given.error === null ? 200 : given.error === 'stale_version' ? 409 : 422,
  });
}
