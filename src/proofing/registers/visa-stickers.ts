import { appendAudit } from '../../audit/append.ts';
import type { App } from '../../lib/app.ts';
import { transact } from '../../lib/database.ts';
import type { Db } from '../../lib/database.ts';
import { RowId } from '../../lib/ids.ts';
import type { CaseId, OfficerId } from '../../lib/ids.ts';
import { readSealSigners } from '../../trust/seal-signers.ts';
import type { SealTrust } from '../../documents/seal-verdict.ts';
import { onFile } from '../case.ts';
import { isOpen } from '../case-state.ts';
import type { ProofingCase } from '../case-state.ts';
import { lockCase } from '../case-store.ts';
import { isOwnCase } from '../decision.ts';
import { readDocumentFacts } from '../document-record.ts';
import { checkVisaSticker, stickerContent } from './check-visa-sticker.ts';
import type { GivenSticker, StickerFinding } from './check-visa-sticker.ts';
import { insertSticker, listStickers, setStickerAside } from './visa-sticker-store.ts';

const placeOf = (id: RowId, column: 'content' | 'note') => ({
  table: 'visa_stickers',
  column,
  row: id,
});

const NOBODY: SealTrust = { signers: [], anchors: [], crls: [] };

/** Whom a visa's seal may be signed by: the folder of the configuration, read when a seal comes. */
async function sealTrust({ config, log }: App): Promise<SealTrust> {
  if (!config.SEAL_SIGNERS_DIR) return NOBODY;
  const read = await readSealSigners(config.SEAL_SIGNERS_DIR);
  if (read.ok) return read.trust;
  log.error({ reason: read.reason }, 'SEAL_SIGNERS_DIR cannot be used: seals are read, not proven');
  return NOBODY;
}

export type StickerResult =
  | { ok: true; read: boolean }
  | { ok: false; reason: 'no_document' | 'closed' };

/**
 * Holds a visa sticker against the passport of a case and puts it on record. What it says against the papers holds the
 * case for an officer and is not told; whether it could be read is.
 */
export async function giveVisaSticker(
  app: App,
  { id }: Pick<ProofingCase, 'id'>,
  given: GivenSticker,
): Promise<StickerResult> {
  const trust = given.seal ? await sealTrust(app) : NOBODY;
  return transact(app.db, async (tx): Promise<StickerResult> => {
    const proofing = await lockCase(tx, id);
    if (!proofing || !isOpen(proofing.state) || app.clock.now() >= proofing.expiresAt)
      return { ok: false, reason: 'closed' };
    const { document } = onFile(proofing.state);
    const facts = document
      ? await readDocumentFacts(tx, app, { proofing, examinationId: document.examinationId })
      : null;
    if (!document || !facts) return { ok: false, reason: 'no_document' };
    const now = app.clock.now();
    const checked = checkVisaSticker(given, facts, {
      trust,
      now,
      specimenStates: app.config.sandbox,
    });
    const stickerId = RowId.make(app);
    const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
    const { outcome, findings, zoneNumber, sealOutcome } = checked;
    const content = stickerContent.parse({
      mrzLines: given.mrzLines,
      sealHex: given.seal?.toString('hex') ?? null,
      findings,
      zoneNumber,
      sealOutcome,
    });
    await insertSticker(tx, {
      id: stickerId,
      caseId: id,
      documentExaminationId: document.examinationId,
      outcome,
      content: key.encrypt(placeOf(stickerId, 'content'), JSON.stringify(content)),
      givenAt: now,
    });
    await appendAudit(tx, app, {
      action: 'proofing.visa_sticker_given',
      actor: { kind: 'account', id: proofing.accountId },
      subject: { kind: 'case', id },
      details: { stickerId, outcome: outcome === 'unread' ? 'unread' : 'read' },
    });
    return { ok: true, read: outcome !== 'unread' };
  });
}

/** A sticker as an officer sees it. */
export interface ShownSticker {
  id: RowId;
  outcome: 'agrees' | 'differs' | 'unread';
  findings: readonly StickerFinding[];
  mrzLines: readonly string[] | null;
  /** The number of the zone; the register's visa has it, the passport, or neither. */
  zoneNumber: string | null;
  sealOutcome: 'genuine' | 'refer' | 'rejected' | null;
  givenAt: Date;
  setAside: boolean;
}

/** The stickers given to a case for the document on file, oldest first. */
export async function readVisaStickers(
  db: Db,
  app: App,
  proofing: ProofingCase,
): Promise<ShownSticker[]> {
  const { state } = proofing;
  const document = isOpen(state) ? onFile(state).document : state.file.document;
  if (!document) return [];
  const documentExaminationId = document.examinationId;
  const [rows, key] = await Promise.all([
    listStickers(db, { caseId: proofing.id, documentExaminationId }),
    app.cipher.findDataKey(db, proofing.dataKeyId),
  ]);
  if (!key) return [];
  return rows.map(({ id, outcome, content, givenAt, setAsideAt }) => {
    const text = key.decryptText(placeOf(id, 'content'), content);
    const { findings, mrzLines, zoneNumber, sealOutcome } = stickerContent.parse(JSON.parse(text));
    const setAside = setAsideAt !== null;
    return { id, outcome, findings, mrzLines, zoneNumber, sealOutcome, givenAt, setAside };
  });
}

/** An officer finds the difference explained: the sticker no longer holds the case. Their words are for the record. */
export function setVisaStickerAside(
  app: App,
  input: { caseId: CaseId; stickerId: RowId; officerId: OfficerId; note: string },
): Promise<{ ok: true } | { ok: false; reason: 'not_found' | 'own_case' }> {
  const { caseId, stickerId, officerId, note } = input;
  return transact(app.db, async (tx) => {
    const proofing = await lockCase(tx, caseId);
    if (!proofing) return { ok: false, reason: 'not_found' } as const;
    if (isOwnCase(proofing, officerId)) return { ok: false, reason: 'own_case' } as const;
    const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
    const done = await setStickerAside(tx, {
      id: stickerId,
      caseId,
      officerId,
      note: key.encrypt(placeOf(stickerId, 'note'), note),
      at: app.clock.now(),
    });
    if (!done) return { ok: false, reason: 'not_found' } as const;
    await appendAudit(tx, app, {
      action: 'proofing.visa_sticker_set_aside',
      actor: { kind: 'officer', id: officerId },
      subject: { kind: 'case', id: caseId },
      details: { stickerId },
    });
    return { ok: true } as const;
  });
}
