import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';
import { enqueue } from '../lib/outbox.ts';
import { proofSigners } from '../registry/proof-signers.ts';
import type { ProofSigner } from '../registry/proof-signers.ts';
import { keepChipSigner } from '../trust/keep-chip-signer.ts';
import { unkeptSigners } from '../trust/unkept-signers.ts';
import type { ProofingCase } from './case-state.ts';
import { findCase } from './case-store.ts';
import { readEvidence } from './evidence.ts';
import { listExaminations } from './examination-store.ts';

/**
 * Keeps the certificate that signed an approved chip, in the deciding transaction, and has it looked at once that has committed: a
 * revocation list that came in meanwhile did not see this proof.
 */
export async function keepSigner(
  tx: Tx,
  app: App,
  given: { proofing: ProofingCase; examinationId: RowId; fingerprint: string },
): Promise<void> {
  await keepFrom(tx, app, given);
  const { fingerprint: signer } = given;
  await enqueue(
    tx,
    'notice_revoked_signers',
    { signer },
    { key: `notice_revoked_signers:${signer}` },
  );
}

/**
 * Job `keep_proof_signers`, daily: keeps the signers of proofs from before they were kept, out of the chip files that are still there.
 * Afterwards lists are held against all that are kept.
 */
export async function keepProofSigners(_payload: Record<string, unknown>, app: App): Promise<void> {
  const signers = await proofSigners(app.db);
  const unkept = await unkeptSigners(
    app.db,
    signers.map(({ fingerprint }) => fingerprint),
  );
  for (const signer of signers)
    if (unkept.has(signer.fingerprint)) await keepFromCases(app, signer);
  await enqueue(app.db, 'notice_revoked_signers', {}, { key: 'notice_revoked_signers' });
}

async function keepFromCases(app: App, { fingerprint, caseIds }: ProofSigner): Promise<void> {
  for (const caseId of caseIds) {
    const proofing = await findCase(app.db, caseId);
    if (!proofing) continue;
    for (const { id: examinationId } of await listExaminations(app.db, caseId)) {
      const asked = { proofing, examinationId, fingerprint };
      if (await transact(app.db, (tx) => keepFrom(tx, app, asked))) return;
    }
  }
}

async function keepFrom(
  tx: Tx,
  app: App,
  given: { proofing: ProofingCase; examinationId: RowId; fingerprint: string },
): Promise<boolean> {
  const sod = (await readEvidence(tx, app, { ...given, kinds: ['EF_SOD'] })).get('EF_SOD');
  return sod !== undefined && keepChipSigner(tx, app, { sod, fingerprint: given.fingerprint });
}
