import { z } from 'zod';
import { registerCodePage } from '../../views/proofing/register-code.ts';
import { findAccount } from '../accounts/find-account.ts';
import { mailAddress } from '../accounts/send-notice.ts';
import { seeOther } from '../accounts/see-other.ts';
import { hashTyped, verifyTyped } from '../accounts/typed-secret.ts';
import { appendAudit } from '../audit/append.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Db } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';
import { confirmCode } from './pathway-acts.ts';
import type { ProofingCase } from './case-state.ts';
import { lockCase } from './case-store.ts';
import { readDocumentFacts } from './document-record.ts';
import { recordExamination } from './evidence.ts';
import { REGISTER_ADDRESS_LIMIT, REGISTER_CODE_LIMIT, mayCall } from './limits.ts';
import { actorOf, ownCase } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';
import { countTry, endCodes, findLiveCode, insertRegisterCode } from './register-code-store.ts';
import { readRegisterRecord } from './register-record.ts';
import { saveChange } from './save-case.ts';

/** DESIGN section 8. */
const CODE_SECONDS = 600;
const MOST_TRIES = 5;

/** GET /cases/:id/register-code: ask for a code, or type it. */
export async function showRegisterCode(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await codeCase(ctx, app);
  if (!proofing) return;
  await answer(ctx, app, proofing, null);
}

/**
 * POST /cases/:id/register-codes: sends a code to the address that the visa or arrival-card register holds, if it knows this
 * person and this document and holds one. The page answers the same whatever the register said, or whether it has
 * answered at all: who has only somebody's passport learns nothing (DESIGN section 9).
 */
export async function submitRegisterCodeRequest(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await codeCase(ctx, app);
  if (!proofing) return;
  await countCall(app, REGISTER_CODE_LIMIT, actorOf(proofing));
  const digits = String(app.random.integer(1_000_000)).padStart(6, '0');
  // Hashed before anything is known, so that the answer takes as long either way.
  const hash = await hashTyped(app, digits);
  const address = await registerAddress(app.db, app, proofing);
  const sends = address !== null && (await mayCall(app, REGISTER_ADDRESS_LIMIT, address));
  await transact(app.db, async (tx) => {
    const locked = await lockCase(tx, proofing.id);
    if (locked?.state.step !== 'portrait') return;
    const now = app.clock.now();
    await endCodes(tx, proofing.id, now);
    const id = RowId.make(app);
    const expiresAt = addSeconds(now, CODE_SECONDS);
    const code = { id, caseId: proofing.id, createdAt: now, expiresAt };
    await insertRegisterCode(tx, { ...code, hash: sends ? hash : null });
    if (sends) await send(tx, app, { proofing, address, digits });
    await appendAudit(tx, app, {
      action: 'proofing.register_code_asked',
      actor: { kind: 'account', id: actorOf(proofing) },
      subject: { kind: 'case', id: proofing.id },
      details: {},
    });
  });
  seeOther(ctx, `/cases/${proofing.id}/register-code`);
}

const form = z.object({ code: z.string().trim().max(20).default('') });

/** POST /cases/:id/register-code: the code that came back. Every refusal is the same. */
export async function submitRegisterCode(ctx: Context, app: ProofingApp): Promise<void> {
  const proofing = await codeCase(ctx, app);
  if (!proofing) return;
  const sent = readForm(ctx, form);
  const digits = sent.ok ? sent.value.code.replace(/\D/g, '') : '';
  const confirmed = await tryCode(app, proofing, digits);
  if (confirmed) return seeOther(ctx, `/cases/${proofing.id}`);
  await answer(ctx, app, proofing, 'proofing.register_code.wrong');
}

async function tryCode(app: ProofingApp, { id }: ProofingCase, digits: string): Promise<boolean> {
  const known = await findLiveCode(app.db, id);
  const now = app.clock.now();
  const alive = known !== null && now < known.expiresAt;
  // A hash that fits nothing stands in for the missing one, so that trying takes as long.
  const hash = known?.hash ?? (await decoyHash(app));
  const fits = await verifyTyped(app, hash, digits || '-');
  if (!alive) return false;
  return transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, id);
    const live = await findLiveCode(tx, id);
    if (proofing?.state.step !== 'portrait' || live?.id !== known.id) return false;
    const { register } = proofing.state;
    if (!fits || live.hash === null || register?.status !== 'answered') {
      const tries = await countTry(tx, { id: live.id, most: MOST_TRIES, at: now });
      await appendAudit(tx, app, {
        action: 'proofing.register_code_refused',
        actor: { kind: 'account', id: actorOf(proofing) },
        subject: { kind: 'case', id },
        details: { tries },
      });
      return false;
    }
    await endCodes(tx, id, now);
    const examinationId = await recordExamination(tx, app, {
      proofing,
      kind: 'code',
      outcome: 'confirmed',
      checks: [{ name: 'register_code', outcome: 'passed', reason: null, clause: null }],
      evidence: new Map(),
    });
    const confirmed = confirmCode(proofing, { code: { examinationId, at: now }, now });
    if (!confirmed.ok) throw new Fault('bad_request');
    await saveChange(tx, app, proofing, confirmed.change);
    await appendAudit(tx, app, {
      action: 'proofing.register_code_confirmed',
      actor: { kind: 'account', id: actorOf(proofing) },
      subject: { kind: 'case', id },
      details: { examinationId },
    });
    return true;
  });
}

let decoy: Promise<string> | null = null;
function decoyHash(app: ProofingApp): Promise<string> {
  return (decoy ??= hashTyped(app, app.random.token()));
}

/** The e-mail address that a register which agrees holds; null where there is none to use. */
async function registerAddress(
  db: Db,
  app: ProofingApp,
  proofing: ProofingCase,
): Promise<string | null> {
  const { state } = proofing;
  if (state.step !== 'portrait' || !state.document) return null;
  const { document, register } = state;
  if (register?.status !== 'answered' || register.finding !== 'agrees') return null;
  const facts = await readDocumentFacts(db, app, {
    proofing,
    examinationId: document.examinationId,
  });
  if (!facts) return null;
  const { examinationId } = register;
  const record = await readRegisterRecord(db, app, { proofing, examinationId, document: facts });
  if (record?.word.kind !== 'found') return null;
  return record.word.contacts.find(({ kind }) => kind === 'email')?.address ?? null;
}

async function send(
  tx: Parameters<typeof mailAddress>[0],
  app: ProofingApp,
  given: { proofing: ProofingCase; address: string; digits: string },
): Promise<void> {
  const { proofing, address, digits } = given;
  const account = await findAccount(tx, proofing.accountId);
  await mailAddress(tx, app, {
    key: await app.cipher.openDataKey(tx, proofing.dataKeyId),
    address,
    lang: account?.lang ?? 'en',
    template: 'register_code',
    params: { code: `${digits.slice(0, 3)} ${digits.slice(3)}`, minutes: CODE_SECONDS / 60 },
  });
}

/** The applicant's case while its holder is to be verified on the data page's pathway; else they are led to where it is. */
async function codeCase(ctx: Context, app: ProofingApp): Promise<ProofingCase | null> {
  const proofing = await ownCase(ctx, app);
  const now = app.clock.now();
  const fits = proofing.pathway === 'data_page' && proofing.state.step === 'portrait';
  if (fits && now < proofing.expiresAt) return proofing;
  seeOther(ctx, `/cases/${proofing.id}`);
  return null;
}

async function answer(
  ctx: Context,
  app: ProofingApp,
  proofing: ProofingCase,
  error: string | null,
): Promise<void> {
  const live = await findLiveCode(app.db, proofing.id);
  const asked = live !== null && app.clock.now() < live.expiresAt;
  await page(ctx, app, {
    view: registerCodePage,
    model: { caseId: proofing.id, asked, minutes: CODE_SECONDS / 60, error },
    title: 'proofing.register_code.title',
    status: error ? 422 : 200,
  });
}
