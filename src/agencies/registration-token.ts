import { z } from 'zod';
import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import { digestToken } from '../lib/blind-index.ts';
import { addSeconds } from '../lib/clock.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { faultsOf } from './file-fault.ts';
import type { FileFault } from './file-fault.ts';
import { saveAgency } from './add-service.ts';
import { agencySchema, policyShape, purposeShape } from './registration.ts';
import { insertRegistrationToken } from './registration-token-store.ts';

/** What the holder of an initial access token may register; policy is set here, never by the program that registers. */
export const termsSchema = z.strictObject({
  agency: agencySchema,
  ...purposeShape,
  ...policyShape,
  services: z.int().min(1).max(10_000).default(100),
  valid_days: z.int().min(1).max(365).default(30),
});

export type RegistrationTerms = Omit<z.output<typeof termsSchema>, 'services' | 'valid_days'>;

export type TokenResult =
  /** `token` is told this once; we keep its keyed digest only. */
  { ok: true; token: string; expiresAt: Date } | { ok: false; faults: FileFault[] };

/** Issues an initial access token (RFC 7591 §3) for services of one agency, with the policy that each will have. */
export async function issueRegistrationToken(
  tx: Tx,
  app: App,
  input: { terms: unknown; actor: Actor },
): Promise<TokenResult> {
  const read = termsSchema.safeParse(input.terms);
  if (!read.success) return { ok: false, faults: faultsOf(read.error) };
  const { services, valid_days: days, ...terms } = read.data;
  const agency = await saveAgency(tx, app, { agency: terms.agency, actor: input.actor });
  const now = app.clock.now();
  const token = app.random.token();
  const id = RowId.make(app);
  const expiresAt = addSeconds(now, days * 86_400);
  await insertRegistrationToken(tx, {
    id,
    tokenDigest: digestToken(app.keys.tokenDigestKey, token),
    agencyId: agency.id,
    terms,
    servicesLeft: services,
    createdAt: now,
    expiresAt,
  });
  await appendAudit(tx, app, {
    action: 'agencies.registration_token_issued',
    actor: input.actor,
    subject: { kind: 'agency', id: agency.id },
    details: { tokenId: id, services, claims: terms.claims },
  });
  return { ok: true, token, expiresAt };
}
