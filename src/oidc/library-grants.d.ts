/** What the library's guide lets grants of one's own use; its types leave it out. */
declare module 'oidc-provider/lib/helpers/grants.js' {
  import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

  interface DPoPProof {
    thumbprint: string;
    jti: string;
  }
  /** The proof that came along, verified; undefined where none did. */
  export function validateDpop(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    accessToken?: string,
  ): Promise<DPoPProof | undefined>;
  export function checkDpopRequired(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    proof: DPoPProof | undefined,
  ): void;
  export function checkDpopReplay(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    proof: DPoPProof | undefined,
    clientId: string,
    refusal?: new (message: string) => Error,
  ): Promise<void>;
  /** The certificate of a service whose tokens are bound to one; undefined for others. */
  export function checkMtlsCert(provider: Provider, ctx: KoaContextWithOIDC): string | undefined;
  export function buildTokenResponse(
    provider: Provider,
    response: {
      accessToken: string;
      expiresIn: number;
      issuedTokenType: string;
      scope: string;
      tokenType: string;
    },
  ): Record<string, unknown>;
}
