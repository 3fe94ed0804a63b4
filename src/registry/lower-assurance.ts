import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import type { PersonId } from '../lib/ids.ts';
import { enqueueAll } from '../lib/outbox.ts';
import { recordStatusEvent } from './status-events.ts';
import { markConsentWithdrawn, markIssuerCompromised } from './proof-store.ts';

/**
 * The trust manager classified a key as compromised: every proof by a chip it signed, or that chains to it, carries
 * nothing from the next token on, and its holder is told and asked for a new proof by a job each (`tell_proof_withdrawn`). Gives whom it
 * touched.
 */
export async function recordIssuerCompromise(
  tx: Tx,
  app: App,
  input: {
    key: 'document_signer' | 'trust_anchor';
    /** SHA-256 of the certificate, lower-case hex. */
    fingerprint: string;
    actor: Actor;
  },
): Promise<PersonId[]> {
  const persons = await markIssuerCompromised(tx, {
    column: input.key,
    fingerprint: Buffer.from(input.fingerprint, 'hex'),
    at: app.clock.now(),
  });
  await enqueueAll(
    tx,
    'tell_proof_withdrawn',
    persons.map((personId) => ({ payload: { personId }, key: `tell_proof_withdrawn:${personId}` })),
  );
  await appendAudit(tx, app, {
    action: 'registry.issuer_compromised',
    actor: input.actor,
    subject: { kind: 'anchor', id: null },
    details: { fingerprint: input.fingerprint, persons: persons.length },
  });
  return persons;
}

/** The holder withdrew the consent to keep biometric samples: IAL3 becomes IAL2. Gives whether it changed anything. */
export async function withdrawBiometricConsent(
  tx: Tx,
  app: App,
  input: { personId: PersonId; actor: Actor },
): Promise<boolean> {
  const proofs = await markConsentWithdrawn(tx, input.personId);
  if (proofs === 0) return false;
  await appendAudit(tx, app, {
    action: 'registry.biometric_consent_withdrawn',
    actor: input.actor,
    subject: { kind: 'person', id: input.personId },
    details: { proofs },
  });
  await recordStatusEvent(tx, app, {
    kind: 'assurance_changed',
    personId: input.personId,
    reason: 'consent_withdrawn',
  });
  return true;
}
