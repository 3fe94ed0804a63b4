import type { ServiceDemands } from '../assurance/sign-in-decision.ts';
import type { AgencyId } from '../lib/ids.ts';
import type { ClaimName } from './claim-names.ts';
import type { AuthMethod, GrantType, Profile, SigningAlg } from './client-choices.ts';
import type { ProtocolMetadata } from './protocol-metadata.ts';

/** A text in each language of the pages. */
export interface BothLanguages {
  en: string;
  th: string;
}

/** A relying agency: one sector, so all its services see the same `sub` of a person. */
export interface Agency {
  id: AgencyId;
  code: string;
  name: BothLanguages;
}

/** A service of an agency: an OIDC client, and what was agreed about it. */
export interface Service {
  clientId: string;
  agency: Agency;
  state: 'active' | 'suspended' | 'removed';
  name: BothLanguages;
  /** Why it asks: shown at consent. */
  purpose: BothLanguages;
  applicationType: 'web' | 'native';
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  /** OIDC Core §4: where a sign-in can be started anew; null where the service has no such address. */
  initiateLoginUri: string | null;
  authMethod: AuthMethod;
  /** Keyed digest of the secret, of confidential services with a secret. */
  secretDigest: Buffer | null;
  /** Public keys, of services that sign or want answers encrypted. */
  jwks: { keys: Record<string, unknown>[] } | null;
  idTokenAlg: SigningAlg;
  grantTypes: GrantType[];
  requirePar: boolean;
  /** False only for confidential services of older stacks: they must send a nonce (RFC 9700 §2.1.1). */
  pkceRequired: boolean;
  profile: Profile;
  /** Further client metadata, its profile expanded. */
  protocol: ProtocolMetadata;
  demands: ServiceDemands;
  /** The claims that it may ask. */
  claims: ClaimName[];
  /** Serves people before they arrive: may see a provisional ID. */
  preArrival: boolean;
  /** A guardian may sign in here for a ward. */
  representation: boolean;
}
