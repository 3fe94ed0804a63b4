import { findService } from '../../agencies/find-service.ts';
import type { App } from '../../lib/app.ts';
import { RowId } from '../../lib/ids.ts';
import { fetchFromServices } from '../fetch-from-services.ts';
import { findApprovalRow } from '../store/backchannel-store.ts';
import { openPayload } from './approval.ts';

/**
 * The job: tells a service that an answer is there (CIBA Core §10.2), with the token that it gave for this. Tried again while
 * its server is down, until the request is over; a service that polls loses nothing. Never an address that is not public.
 */
export async function pingService(payload: Record<string, unknown>, app: App): Promise<void> {
  const id = RowId.parse(payload.approvalId);
  const row = id && (await findApprovalRow(app.db, id));
  if (!row || row.answer === null || row.expiresAt <= app.clock.now()) return;
  const service = await findService(app.db, row.serviceId);
  const request = openPayload(app, row);
  const endpoint = service?.protocol.backchannel_client_notification_endpoint;
  const parameters = request?.params as { client_notification_token?: string } | undefined;
  const token = parameters?.client_notification_token;
  if (service?.state !== 'active' || !request || !endpoint || !token) return;
  const { status } = await fetchFromServices(app)(endpoint, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ auth_req_id: request.jti }),
  });
  // A service that refuses will refuse again; its server in trouble may not.
  if (status >= 500 || status === 429) throw new Error(`The service answered ${status}.`);
}
