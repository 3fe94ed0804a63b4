import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import { identityAssurance, reproofDueOn } from '../assurance/identity.ts';
import { IDENTITY_POLICY } from '../assurance/identity-evidence.ts';
import type { IdentityEvidence } from '../assurance/identity-evidence.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId, CaseId, PersonId } from '../lib/ids.ts';
import { insertProof } from './proof-store.ts';
import { recordStatusEvent } from './status-events.ts';

/** The checks of a proofing; dates and document state are ours to add. */
export type ProofFindings = Omit<
  IdentityEvidence,
  | 'proofId'
  | 'proofedAt'
  | 'reproofDueOn'
  | 'documentExpiresOn'
  | 'documentLostAt'
  | 'issuerCompromised'
> & {
  /** SHA-256 of the certificate that signed the chip, lower-case hex; null without a chip. */
  documentSigner: string | null;
  /** SHA-256 of the CSCA certificate it chains to, lower-case hex; null without a chip. */
  trustAnchor: string | null;
};

/** The evidence that the findings make, as of now. */
export function evidenceOf(
  app: App,
  given: {
    findings: ProofFindings;
    documentExpiresOn: string | null;
    documentLostAt: Date | null;
  },
): IdentityEvidence {
  const { documentSigner: _signer, trustAnchor: _anchor, ...findings } = given.findings;
  return {
    ...findings,
    proofId: RowId.make(app),
    proofedAt: app.clock.now(),
    reproofDueOn: null,
    documentExpiresOn: given.documentExpiresOn,
    documentLostAt: given.documentLostAt,
    issuerCompromised: false,
  };
}

/** Puts a proof on record with the re-proof date that policy sets today; a stricter policy applies to it later on. */
export async function recordProof(
  tx: Tx,
  app: App,
  given: {
    input: { caseId: CaseId; accountId: AccountId; findings: ProofFindings; actor: Actor };
    proof: IdentityEvidence;
    personId: PersonId;
    documentId: RowId;
    created: boolean;
  },
): Promise<void> {
  const { input, proof, personId, documentId } = given;
  await insertProof(tx, {
    id: proof.proofId as RowId,
    caseId: input.caseId,
    personId,
    documentId,
    evidence: proof,
    reproofDueOn: reproofDueOn(proof, IDENTITY_POLICY),
    documentSigner: fingerprint(input.findings.documentSigner),
    trustAnchor: fingerprint(input.findings.trustAnchor),
  });
  const { ial } = identityAssurance([proof], IDENTITY_POLICY, app.clock.now());
  await appendAudit(tx, app, {
    action: given.created ? 'registry.person_enrolled' : 'registry.person_reproofed',
    actor: input.actor,
    subject: { kind: 'person', id: personId },
    details: {
      caseId: input.caseId,
      accountId: input.accountId,
      documentId,
      proofId: proof.proofId,
      pathway: proof.pathway,
      ial,
    },
  });
  if (!given.created)
    await recordStatusEvent(tx, app, {
      kind: 'assurance_changed',
      personId,
      reason: 'proof_renewed',
      accountId: input.accountId,
    });
}

function fingerprint(hex: string | null): Buffer | null {
  return hex === null ? null : Buffer.from(hex, 'hex');
}
