import type { Db, Tx } from '../lib/database.ts';
import type { CaseId } from '../lib/ids.ts';
import { listProofSigners } from './proof-store.ts';

/** Far more than are ever without their evidence while a younger one has it. */
const CASES_A_SIGNER = 20;

export interface ProofSigner {
  /** SHA-256 of the certificate, lower-case hex. */
  fingerprint: string;
  /** Cases that were proven by chips of it, the latest first (at most 20). */
  caseIds: CaseId[];
}

/** Whoever signed a chip on which a proof that still counts rests. */
export async function proofSigners(db: Db | Tx): Promise<ProofSigner[]> {
  const found = await listProofSigners(db, CASES_A_SIGNER);
  return found.map(({ signer, caseIds }) => ({ fingerprint: signer.toString('hex'), caseIds }));
}
