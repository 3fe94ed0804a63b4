import { TRUST_FRAMEWORK } from '../assurance/trust-framework.ts';
import { taggedOf } from './claims.ts';
import { VERIFIABLE } from './verified-claims-request.ts';
import { DOCUMENT_CHECK_METHODS, REGISTER_RECORD } from './verification-evidence.ts';

/** What discovery says of `verified_claims` (OpenID Connect for Identity Assurance 1.0 §8). No attachments are given. */
export function verifiedClaimsMetadata(): Record<string, unknown> {
  return {
    verified_claims_supported: true,
    trust_frameworks_supported: [TRUST_FRAMEWORK],
    claims_in_verified_claims_supported: [...VERIFIABLE, ...taggedOf(VERIFIABLE)],
    evidence_supported: ['document', 'electronic_record'],
    documents_supported: ['passport'],
    documents_check_methods_supported: [...DOCUMENT_CHECK_METHODS],
    electronic_records_supported: [REGISTER_RECORD],
  };
}
