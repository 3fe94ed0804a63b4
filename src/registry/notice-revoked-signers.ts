import { z } from 'zod';
import { SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { revokedSigners } from '../trust/revoked-signers.ts';
import { recordIssuerCompromise } from './lower-assurance.ts';
import { restsOnSigner } from './proof-store.ts';

const jobPayload = z.object({
  /** SHA-256 of the one to look at, lower-case hex; all that lists in force name where it is left out. */
  signer: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

/**
 * Job `notice_revoked_signers`: a state's revocation list names a document signer; no proof may rest on it. It runs when a list comes in, after
 * each approval for its own signer (a list may have come while it was being decided), and by the clock. Who is touched is told
 * by `recordIssuerCompromise`; run again it changes nothing.
 */
export async function noticeRevokedSigners(
  payload: Record<string, unknown>,
  app: App,
): Promise<void> {
  const { signer } = jobPayload.parse(payload);
  for (const fingerprint of await revokedSigners(app.db, app, signer ? { signer } : 'all')) {
    await transact(app.db, async (tx) => {
      if (!(await restsOnSigner(tx, Buffer.from(fingerprint, 'hex')))) return;
      await recordIssuerCompromise(tx, app, { key: 'document_signer', fingerprint, actor: SYSTEM });
    });
  }
}
