import type { Agency } from '../agencies/service.ts';
import { identityAssurance } from '../assurance/identity.ts';
import { IDENTITY_POLICY } from '../assurance/identity-evidence.ts';
import { cappedIal } from '../assurance/sign-in-policy.ts';
import type { App } from '../lib/app.ts';
import type { Standing } from '../registry/standing.ts';
import { documentDetails } from './known-documents.ts';
import type { DocumentDetails } from './known-documents.ts';
import { DOCUMENT_PARTS } from './verified-claims-request.ts';
import type { DocumentPart } from './verified-claims-request.ts';
import type { Verification } from './verification-evidence.ts';

/**
 * How the person's claims were verified, as of now; null where nothing on record carries them. The values of a person
 * are those of the document proven last: told is the best proof of that very document, with its own level, under
 * the ceiling of the ID's state.
 */
export function verificationOf(
  app: Pick<App, 'clock' | 'blindIndex'>,
  standing: Standing | null,
  agency: Agency,
): Verification | null {
  const last = standing?.proofs.at(-1);
  const document = last && standing?.documentOf(last.proofId);
  if (!standing || !document) return null;
  const ofDocument = standing.proofs.filter(({ proofId }) => {
    const other = standing.documentOf(proofId);
    return (
      other?.documentNumber === document.documentNumber &&
      other.issuingState === document.issuingState
    );
  });
  const identity = identityAssurance(ofDocument, IDENTITY_POLICY, app.clock.now());
  const ial = cappedIal(identity.ial, standing.idState);
  const proof = ofDocument.find(({ proofId }) => proofId === identity.proofId);
  if (!proof || ial === 0) return null;
  return {
    ial,
    identity,
    proof,
    document: documentDetails(document),
    registerSource: standing.stay?.source ?? null,
    // Keyed, so that nobody finds one agency's from another's; an auditor with the key finds the proof by trying it.
    reference: (what) =>
      app.blindIndex
        .of('verification reference', agency.id, proof.proofId, what)
        .toString('base64url')
        .slice(0, 22),
  };
}

/** The same with only those parts of the document that the person agreed to share. */
export function withAgreedParts(
  verification: Verification,
  agreed: readonly string[],
): Verification {
  const { type, ...parts } = verification.document;
  const kept = Object.entries(parts).filter(([part]) =>
    agreed.includes(DOCUMENT_PARTS[part as DocumentPart]),
  );
  const document = { type, ...(Object.fromEntries(kept) as Partial<DocumentDetails>) };
  return { ...verification, document };
}
