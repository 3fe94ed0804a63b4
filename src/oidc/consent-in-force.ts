import type { App } from '../lib/app.ts';
import type { ConsentParties } from './acting/parties.ts';
import { findConsent } from './consents.ts';
import type { Consent } from './consents.ts';
import { requestStoreOf } from './store/request-store.ts';

/** The consent in force, read along with the request's other things where they were. */
export async function consentInForce(
  ctx: object,
  app: Pick<App, 'db'>,
  by: ConsentParties,
): Promise<Consent | null> {
  const read = await requestStoreOf(ctx)?.reads.consent(by);
  return read === undefined ? findConsent(app.db, by) : read;
}
