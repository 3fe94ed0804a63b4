import { findService } from '../../agencies/find-service.ts';
import type { Service } from '../../agencies/service.ts';
import type { App } from '../../lib/app.ts';
import { addSeconds } from '../../lib/clock.ts';
import type { AccountId, RowId } from '../../lib/ids.ts';
import { findApprovalRow, listAdmitted } from '../store/backchannel-store.ts';
import type { ApprovalRow } from '../store/backchannel-store.ts';
import { createPayloadSeal } from '../store/payload-seal.ts';
import { PLACES } from '../store/request-scope.ts';

/** A request of a service that waits for this person. */
export interface Approval {
  row: ApprovalRow;
  service: Service;
  /** What the library keeps of the request; `parameters` is what the service sent. */
  payload: Record<string, unknown>;
  parameters: Record<string, unknown>;
  bindingMessage: string | null;
}

const LONGEST_SECONDS = 3600;

/** A request by its name, where it is this person's and was shown; `over` where it can be answered no more. */
export async function findApproval(
  app: App,
  by: { id: RowId; accountId: AccountId },
): Promise<{ approval: Approval; over: boolean } | null> {
  const row = await findApprovalRow(app.db, by.id);
  if (row?.accountId !== by.accountId || row.admittedAt === null) return null;
  const approval = await toApproval(app, row);
  if (!approval) return null;
  const over = row.answer !== null || row.expiresAt <= app.clock.now();
  return { approval, over: over || approval.service.state !== 'active' };
}

/** All that wait for this person now, the latest first. */
export async function waitingApprovals(app: App, accountId: AccountId): Promise<Approval[]> {
  const now = app.clock.now();
  const rows = await listAdmitted(app.db, { accountId, since: addSeconds(now, -LONGEST_SECONDS) });
  const open = rows.filter(({ answer, expiresAt }) => answer === null && expiresAt > now);
  const approvals = await Promise.all(open.map((row) => toApproval(app, row)));
  return approvals.filter((one) => one !== null && one.service.state === 'active') as Approval[];
}

async function toApproval(app: App, row: ApprovalRow): Promise<Approval | null> {
  const service = await findService(app.db, row.serviceId);
  const payload = openPayload(app, row);
  if (!service || !payload) return null;
  const parameters = (payload.params ?? {}) as Record<string, unknown>;
  const message = parameters.binding_message;
  return {
    row,
    service,
    payload,
    parameters,
    bindingMessage: typeof message === 'string' ? message : null,
  };
}

const TABLE = 'oidc_backchannel_requests';

export function openPayload(app: App, row: ApprovalRow): Record<string, unknown> | null {
  return createPayloadSeal(app).open(PLACES.polled(TABLE, row.idDigest), row.payload);
}

export function sealPayload(app: App, row: ApprovalRow, payload: object): Buffer {
  return createPayloadSeal(app).seal(PLACES.polled(TABLE, row.idDigest), payload);
}
