import type { App } from '../lib/app.ts';
import type { AccountId } from '../lib/ids.ts';
import { findConsent } from './consents.ts';
import type { Consent } from './consents.ts';
import { requestStoreOf } from './store/request-store.ts';

/** The consent in force, read along with the request's other things where they were. */
export async function consentInForce(
  ctx: object,
  app: Pick<App, 'db'>,
  by: { accountId: AccountId; serviceId: string },
): Promise<Consent | null> {
  const read = await requestStoreOf(ctx)?.reads.consent(by);
  return read === undefined ? findConsent(app.db, by) : read;
}
