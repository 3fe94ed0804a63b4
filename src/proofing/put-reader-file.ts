import { createHash } from 'node:crypto';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import type { RowId } from '../lib/ids.ts';
import { readBytes } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { countCall } from '../web/rate-limit.ts';
import { findCase } from './case-store.ts';
import { checkDigest } from './content-digest.ts';
import { listFiles, lockHandOff, upsertFile } from './hand-off-store.ts';
import { FILES_BYTES_MAX, FILE_BYTES_MAX, READER_FILE_LIMIT } from './limits.ts';
import type { ProofingApp } from './proofing-app.ts';
import { parseFileName } from './reader-answer.ts';
import type { ExpectedFile } from './reader-answer.ts';
import { answerProblem } from './reader-problem.ts';
import type { ReaderProblem } from './reader-problem.ts';
import { handOffOf } from './reader-session.ts';
import { stagedPlace } from './staged-files.ts';

/**
 * PUT /api/reader/files/:name: one file of the chip, its bytes as they are; in any order, and again until they are
 * submitted. A refused upload leaves what was sent before.
 */
export async function putReaderFile(ctx: Context, app: ProofingApp): Promise<void> {
  const handOff = handOffOf(ctx);
  await countCall(app, READER_FILE_LIMIT, handOff.id);
  const name = parseFileName(ctx.state.params.name);
  if (!name) return answerProblem(ctx, app, { code: 'file_unknown' });
  const body = await readFile(ctx);
  if (!body.ok) return answerProblem(ctx, app, { code: body.code });
  const { bytes } = body;
  const refusal = await stage(app, handOff.id, { name, bytes });
  if (refusal) return answerProblem(ctx, app, { code: refusal });
  ctx.body = {
    name,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** GET /api/reader/files: what has arrived, so that a phone that lost its connection sends only the rest. */
export async function listReaderFiles(ctx: Context, app: ProofingApp): Promise<void> {
  const files = await listFiles(app.db, handOffOf(ctx).id);
  ctx.set('cache-control', 'no-store');
  ctx.body = { files: files.map(({ name, sizeBytes }) => ({ name, sizeBytes })) };
}

type ReadFile = { ok: true; bytes: Buffer } | { ok: false; code: ReaderProblem };

async function readFile(ctx: Context): Promise<ReadFile> {
  let bytes: Buffer;
  try {
    bytes = await readBytes(ctx, FILE_BYTES_MAX);
  } catch (error) {
    if (error instanceof Fault) throw error;
    // The connection ended early: nobody may be listening, but the log must not tell of a fault of ours.
    return { ok: false, code: 'upload_truncated' };
  }
  const declared = ctx.get('content-length');
  if (declared !== '' && Number(declared) !== bytes.length)
    return { ok: false, code: 'upload_truncated' };
  const headers = { contentDigest: ctx.get('content-digest'), digest: ctx.get('digest') };
  const digest = checkDigest(headers, bytes);
  if (!digest.ok) return { ok: false, code: digest.reason };
  return bytes.length === 0 ? { ok: false, code: 'file_empty' } : { ok: true, bytes };
}

async function stage(
  app: ProofingApp,
  handOffId: RowId,
  file: { name: ExpectedFile; bytes: Buffer },
): Promise<ReaderProblem | null> {
  return transact(app.db, async (tx): Promise<ReaderProblem | null> => {
    const handOff = await lockHandOff(tx, handOffId);
    if (!handOff || handOff.endedAt) return 'hand_off_replaced';
    if (handOff.submittedAt) return 'already_submitted';
    if (await wouldExceed(tx, handOffId, file)) return 'files_too_large';
    const proofing = await findCase(tx, handOff.caseId);
    if (!proofing) throw new Error('A hand-off has no case.');
    const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
    const { name, bytes } = file;
    await upsertFile(tx, handOffId, {
      name,
      content: key.encrypt(stagedPlace(handOffId, name), bytes),
      sizeBytes: bytes.length,
    });
    return null;
  });
}

async function wouldExceed(
  tx: Tx,
  handOffId: RowId,
  file: { name: ExpectedFile; bytes: Buffer },
): Promise<boolean> {
  const others = (await listFiles(tx, handOffId)).filter(({ name }) => name !== file.name);
  const held = others.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return held + file.bytes.length > FILES_BYTES_MAX;
}
