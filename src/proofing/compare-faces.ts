import { appendAudit, SYSTEM } from '../audit/append.ts';
import { readPortrait } from '../documents/lds-portrait.ts';
import { addSeconds } from '../lib/clock.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { CaseId, RowId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import { toDisplayJpeg } from '../lib/portrait-image.ts';
import type { Unavailable } from '../visas/register-port.ts';
import { onFile } from './case.ts';
import { isOpen } from './case-state.ts';
import type { DocumentOnFile, ProofingCase } from './case-state.ts';
import { findCase, lockCase } from './case-store.ts';
import { cutPrintedPortrait } from './cut-printed-portrait.ts';
import { PAGE_PHOTO } from './document-record.ts';
import { addEvidence, readEvidence } from './evidence.ts';
import { replaceChecks } from './examination-store.ts';
import { judgeFaces, unknownChecks } from './judge-faces.ts';
import { PORTRAIT_LIMITS } from './limits.ts';
import type { FaceStatement, MatcherTerms } from './matcher-port.ts';
import { PRINTED_FACE_MATCH } from './portrait-checks.ts';
import type { ComparedPortrait } from './portrait-checks.ts';
import type { ProofingApp } from './proofing-app.ts';

/** Each try waits twice as long as the one before; after the last, an officer compares alone. */
const TRIES = 6;
const FIRST_PAUSE_SECONDS = 5;
const COMPARISON = 'face_comparison';

/** The portrait that a live picture can be held against: the chip's, or the one in the photo of a page; null at a counter. */
export function comparedPortrait(document: DocumentOnFile | null): ComparedPortrait | null {
  if (document?.check === 'chip') return 'chip';
  return document?.check === 'data_page' ? 'printed' : null;
}

/** Asks the matcher about a picture in the transaction that took it. */
export async function compareFacesSoon(
  tx: Tx,
  asked: { caseId: CaseId; examinationId: RowId; tries: number },
  runAt?: Date,
): Promise<void> {
  const key = `compare_faces:${asked.examinationId}`;
  await enqueue(tx, 'compare_faces', { ...asked }, { key, ...(runAt ? { runAt } : {}) });
}

/**
 * Job `compare_faces`: has the matcher compare the live picture of one case with the document's. Runs at least once. Its word, our
 * thresholds and its version go on record with the picture; without a word the picture stays uncompared, which approves
 * nothing by itself. A picture that is not on file any more is left alone.
 */
export async function compareFaces(
  payload: Record<string, unknown>,
  app: ProofingApp,
): Promise<void> {
  const caseId = CaseId.parse(payload.caseId);
  const examinationId = RowId.parse(payload.examinationId);
  if (!caseId || !examinationId) throw new Error('The job names no picture.');
  const proofing = await findCase(app.db, caseId);
  if (!proofing || !isOnFile(proofing, examinationId) || !app.matcher) return;
  const pair = await readPair(app, proofing, examinationId);
  if (!pair) return;
  const { against, document, live } = pair;
  // A page without a face to be found leaves nothing to ask.
  const word =
    document && (await app.matcher.compare({ requestId: examinationId, document, live }));
  const tries = Number(payload.tries ?? 0) + 1;
  const { terms } = app.matcher;
  await transact(app.db, async (tx) => {
    const now = await lockCase(tx, caseId);
    if (!now || !isOnFile(now, examinationId)) return;
    if (word?.kind === 'unavailable' && tries < TRIES)
      return compareFacesSoon(
        tx,
        { caseId, examinationId, tries },
        addSeconds(app.clock.now(), FIRST_PAUSE_SECONDS * 2 ** (tries - 1)),
      );
    await settle(tx, app, { proofing: now, examinationId, against, word, terms });
  });
}

function isOnFile({ state }: ProofingCase, examinationId: RowId): boolean {
  return isOpen(state) && onFile(state).portrait?.examinationId === examinationId;
}

/** The document's portrait and the live picture; null where either is gone, a portrait of null where the page shows none. */
async function readPair(
  app: ProofingApp,
  proofing: ProofingCase,
  examinationId: RowId,
): Promise<{ against: ComparedPortrait; document: Buffer | null; live: Buffer } | null> {
  const { document } = onFile(proofing.state);
  const against = comparedPortrait(document);
  if (!document || !against) return null;
  const kind = against === 'chip' ? 'DG2' : PAGE_PHOTO;
  const held = { proofing, examinationId: document.examinationId, kinds: [kind] };
  const bytes = (await readEvidence(app.db, app, held)).get(kind);
  const pictures = await readEvidence(app.db, app, {
    proofing,
    examinationId,
    kinds: ['live_portrait'],
  });
  const live = pictures.get('live_portrait');
  if (!bytes || !live) return null;
  if (against === 'printed') return { against, document: await cutPrintedPortrait(bytes), live };
  const shown = await toDisplayJpeg(readPortrait(bytes).bytes, PORTRAIT_LIMITS);
  return shown.ok ? { against, document: shown.jpeg, live } : null;
}

async function settle(
  tx: Tx,
  app: ProofingApp,
  given: {
    proofing: ProofingCase;
    examinationId: RowId;
    against: ComparedPortrait;
    /** Null: there was no portrait to ask about. */
    word: FaceStatement | Unavailable | null;
    terms: MatcherTerms;
  },
): Promise<void> {
  const { proofing, examinationId, against, word, terms } = given;
  const known = await readEvidence(tx, app, { proofing, examinationId, kinds: [COMPARISON] });
  if (known.size > 0) return;
  const checks = word
    ? judgeFaces(word, terms, against)
    : unknownChecks(PRINTED_FACE_MATCH, 'printed_portrait_not_found');
  await replaceChecks(tx, examinationId, checks);
  const record = {
    ...(word ?? { kind: 'not_asked' }),
    against,
    terms,
    at: app.clock.now().toISOString(),
  };
  await addEvidence(tx, app, {
    proofing,
    examinationId,
    evidence: new Map([[COMPARISON, Buffer.from(JSON.stringify(record))]]),
  });
  // The policy may have looked at the case without it.
  if (proofing.state.step === 'review')
    await enqueue(tx, 'judge_case', { caseId: proofing.id }, { key: `judge_case:${proofing.id}` });
  await appendAudit(tx, app, {
    action: 'proofing.faces_compared',
    actor: SYSTEM,
    subject: { kind: 'case', id: proofing.id },
    details: {
      examinationId,
      outcomes: checks.map(({ name, outcome }) => `${name}:${outcome}`),
      matcher:
        !word || word.kind === 'unavailable'
          ? null
          : `${word.matcher.name}/${word.matcher.version}`,
    },
  });
}
