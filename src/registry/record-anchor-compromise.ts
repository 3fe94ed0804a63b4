import { z } from 'zod';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { OfficerId } from '../lib/ids.ts';
import { recordIssuerCompromise } from './lower-assurance.ts';

const jobPayload = z.object({
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  officerId: z.string(),
});

/** Job `record_anchor_compromise`: two officers withdrew a CSCA whose key was compromised; no proof may rest on it. */
export async function recordAnchorCompromise(
  payload: Record<string, unknown>,
  app: App,
): Promise<void> {
  const { fingerprint, officerId } = jobPayload.parse(payload);
  const id = OfficerId.parse(officerId);
  if (id === null) throw new Error('no officer id');
  await transact(app.db, (tx) =>
    recordIssuerCompromise(tx, app, {
      key: 'trust_anchor',
      fingerprint,
      actor: { kind: 'officer', id },
    }),
  );
}
