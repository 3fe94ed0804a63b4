import { setTimeout as sleep } from 'node:timers/promises';
import { NUMBER_SCOPES, numberLookUps } from '../../agencies/number-look-ups.ts';
import type { Agreement } from '../../agencies/agreement.ts';
import { Fault } from '../../lib/fault.ts';
import type { Tx } from '../../lib/database.ts';
import { AccountId } from '../../lib/ids.ts';
import { lookUpNumber } from '../../registry/number-look-up.ts';
import { parseBody, readJson } from '../../web/body.ts';
import type { Context } from '../../web/context.ts';
import { countCall, countCaller } from '../../web/rate-limit.ts';
import { findConsent } from '../consents.ts';
import type { OidcApp } from '../create-oidc.ts';
import { refuseScope, requireServiceToken } from '../service-token.ts';
import { agreementFor, agreementsOf } from './agreed-scopes.ts';
import { lookUpRequest } from './look-up-api.ts';

/** Calls from one network, with or without a token. */
const OF_NETWORK = { name: 'number-look-up-network', calls: 120, windowSeconds: 60 };
const OF_SERVICE = { name: 'number-look-up-service', calls: 60, windowSeconds: 60 };
/** No answer leaves earlier, whatever it is: what little the cases still differ by drowns in it. */
const LEAST_MS = 40;
/** Nobody's: consents are looked for all the same where a number is nobody's. */
const NOBODY = AccountId.parse('00000000-0000-7000-8000-000000000000')!;

/**
 * POST /api/numbers/look-ups: a service asks about a foreign-national ID by an agreement with the register
 * (docs/foreign-id.md). The number comes in the body alone: addresses are logged along the way.
 */
export async function submitNumberLookUp(ctx: Context, app: OidcApp): Promise<void> {
  const startedAt = performance.now();
  await countCaller(ctx, app, OF_NETWORK);
  const { service, scopes } = await requireServiceToken(ctx, app, numberLookUps(app));
  await countCall(app, OF_SERVICE, service.clientId);
  const by = agreementFor(await agreementsOf(app, service.clientId), scopes);
  if (!by) refuseScope(ctx, NUMBER_SCOPES, 'No agreement in force covers this token.');
  ctx.state.body = await parseBody(ctx);
  const { number } = readJson(ctx, lookUpRequest);
  const outcome = await lookUpNumber(app, {
    serviceId: service.clientId,
    agreementId: by.agreement.id,
    number,
    tellsState: by.tellsState,
    preArrival: service.preArrival,
    reaches: (tx, accountId) =>
      reaches(tx, by.agreement, { serviceId: service.clientId, accountId }),
  });
  await sleep(Math.max(0, LEAST_MS - (performance.now() - startedAt)));
  if (!outcome.ok) {
    const { retryAfterSeconds } = outcome;
    const detail = 'Too many numbers without an answer; the register was told.';
    throw new Fault('too_many_requests', { retryAfterSeconds, detail });
  }
  const { result, state, currentNumber } = outcome.answer;
  ctx.body = { result, state, current_number: currentNumber };
}

/** By law every holder; by consent those who share their number with the service now. */
async function reaches(
  tx: Tx,
  { legalBasis }: Agreement,
  by: { serviceId: string; accountId: AccountId | null },
): Promise<boolean> {
  const consent = await findConsent(tx, { ...by, accountId: by.accountId ?? NOBODY });
  return legalBasis === 'law' || consent?.claims.includes('foreign_national_id') === true;
}
