import type { Agency } from '../../agencies/service.ts';
import type { App } from '../../lib/app.ts';
import type { AccountId } from '../../lib/ids.ts';
import { requestStoreOf } from '../store/request-store.ts';
import { subjectOf } from '../subject.ts';

/**
 * Who acts for the person of a token (RFC 8693 §4.1): a service that exchanged it, those that it was called by within, and
 * innermost the guardian who signed in.
 */
export interface Actor {
  sub: string;
  /** Of a person; a service has none. */
  capacity?: 'guardian';
  act?: Actor;
}

/** Whose a token of this account is in this request: the ward's where its holder acts for one. */
export function personOf(ctx: object, accountId: AccountId): AccountId {
  const acting = requestStoreOf(ctx)?.reads.acting;
  return acting?.guardianId === accountId ? acting.wardId : accountId;
}

/** The guardian who acts in this request, by the `sub` that the agency knows them by; null where nobody does. */
export async function guardianTold(app: App, ctx: object, agency: Agency): Promise<Actor | null> {
  const acting = requestStoreOf(ctx)?.reads.acting;
  if (!acting) return null;
  return { sub: await subjectOf(app, agency, acting.guardianId), capacity: 'guardian' };
}

/** The chain of services with the guardian innermost: who began it all. */
export function withGuardian(chain: Actor | undefined, guardian: Actor | null): { act?: Actor } {
  if (!guardian) return chain ? { act: chain } : {};
  if (!chain) return { act: guardian };
  return { act: { ...chain, ...withGuardian(chain.act, guardian) } };
}
