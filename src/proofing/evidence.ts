import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { DataKey } from '../lib/field-encryption.ts';
import { EvidenceId, RowId } from '../lib/ids.ts';
import type { ProofingCase } from './case-state.ts';
import { insertEvidence, insertExamination, listEvidence } from './examination-store.ts';
import type { CheckRow, ExaminationKind } from './examination-store.ts';

const placeOf = (id: string) => ({ table: 'case_evidence', column: 'content', row: id });

/** Puts one examination on record: its outcome, its checks, and the bytes that it rests on, encrypted. */
export async function recordExamination(
  tx: Tx,
  app: App,
  input: {
    proofing: ProofingCase;
    kind: ExaminationKind;
    outcome: string;
    checks: readonly CheckRow[];
    /** Plain bytes by kind: `DG1`, `register_answer`, `live_portrait` … */
    evidence: ReadonlyMap<string, Buffer>;
  },
): Promise<RowId> {
  const { proofing, kind, outcome, checks } = input;
  const id = RowId.make(app);
  const at = app.clock.now();
  await insertExamination(tx, { id, caseId: proofing.id, kind, outcome, at }, checks);
  await addEvidence(tx, app, { proofing, examinationId: id, evidence: input.evidence });
  return id;
}

/** Puts more bytes, encrypted, to an examination that is on record; each kind once. */
export async function addEvidence(
  tx: Tx,
  app: App,
  input: {
    proofing: ProofingCase;
    examinationId: RowId;
    evidence: ReadonlyMap<string, Buffer>;
  },
): Promise<void> {
  const { proofing, examinationId } = input;
  const key = await app.cipher.openDataKey(tx, proofing.dataKeyId);
  const rows = [...input.evidence].map(([name, bytes]) => {
    const evidenceId = EvidenceId.make(app);
    return {
      id: evidenceId,
      examinationId,
      kind: name,
      content: key.encrypt(placeOf(evidenceId), bytes),
      sizeBytes: bytes.length,
      digest: evidenceDigest(app, bytes),
    };
  });
  await insertEvidence(tx, rows, app.clock.now());
}

/** Recognises the same bytes again without holding them: keyed, for a zone or a name could be guessed. */
export function evidenceDigest(app: Pick<App, 'blindIndex'>, bytes: Buffer): Buffer {
  return app.blindIndex.of('case-evidence', bytes.toString('latin1'));
}

/** The plain bytes of an examination by kind: all, or those asked for. Empty where they were wiped or the holder erased. */
export async function readEvidence(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  input: {
    proofing: Pick<ProofingCase, 'dataKeyId'>;
    examinationId: RowId;
    kinds?: readonly string[];
  },
): Promise<Map<string, Buffer>> {
  // One after the other: `db` may be a transaction, which has one connection.
  const rows = await listEvidence(db, input.examinationId, input.kinds);
  const key = await app.cipher.findDataKey(db, input.proofing.dataKeyId);
  return new Map(key ? rows.map((row) => [row.kind, open(key, row)] as const) : []);
}

function open(key: DataKey, row: { id: EvidenceId; content: Buffer }): Buffer {
  return key.decrypt(placeOf(row.id), row.content);
}
