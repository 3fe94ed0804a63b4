import { z } from 'zod';
import { findService } from '../agencies/find-service.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { AccountId, SessionId } from '../lib/ids.ts';
import type { AgencyId } from '../lib/ids.ts';
import { sharedAbout } from '../oidc/consents.ts';
import { servicesOfSession } from '../oidc/sign-out-notices/tell-services.ts';
import { subjectsOfAccount } from '../oidc/subject-aliases.ts';
import { subjectId } from './address-status-event.ts';
import { EVENT_TYPES } from './event-types.ts';
import type { EventName, SubjectId } from './event-types.ts';
import { handToStream } from './hand-to-stream.ts';
import { eventsDelivered, takesEvents } from './stream.ts';
import { findStreamOf, listStreamsOf } from './stream-store.ts';

/**
 * Job `address_session_end`: a session ended by something else than its holder signing out (CAEP §3.1). Told to those services that were
 * signed in to from it, each with the `sid` of its own ID tokens.
 */
export async function addressSessionEnd(payload: Record<string, unknown>, app: App): Promise<void> {
  const sessionId = SessionId.parse(payload.sessionId);
  if (!sessionId) throw new Error('The job names no session.');
  for (const { serviceId, accountId, sid } of await servicesOfSession(app, sessionId)) {
    const service = await findService(app.db, serviceId);
    const subjects = service ? await subjectsOfAccount(app.db, accountId) : [];
    const sub = subjects.find(({ agencyId }) => agencyId === service?.agency.id)?.sub;
    if (!service || sub === undefined) continue;
    await tell(app, {
      serviceId,
      sub,
      source: `session:${sid}`,
      name: 'session_revoked',
      details: {},
      subject: {
        format: 'complex',
        user: subjectId(app, sub),
        session: { format: 'opaque', id: sid },
      },
    });
  }
}

const credentialChange = z.object({
  accountId: z.string(),
  passkeyId: z.string(),
  change: z.enum(['create', 'revoke']),
});

/**
 * Job `address_credential_change`: a passkey was added or taken away (CAEP §3.4.3). Told to services that hold a consent; neither its name
 * nor its make.
 */
export async function addressCredentialChange(
  payload: Record<string, unknown>,
  app: App,
): Promise<void> {
  const { passkeyId, change, accountId: text } = credentialChange.parse(payload);
  const accountId = AccountId.parse(text);
  if (!accountId) throw new Error('The job names no account.');
  for (const { agencyId, sub } of await subjectsOfAccount(app.db, accountId))
    for (const serviceId of await listeningServices(app, agencyId)) {
      if (!(await sharedAbout(app.db, { accountId, serviceId }))) continue;
      await tell(app, {
        serviceId,
        sub,
        source: `passkey:${change}:${passkeyId}`,
        name: 'credential_change',
        details: { credential_type: 'passkey', change_type: change },
        subject: subjectId(app, sub),
      });
    }
}

async function listeningServices(app: App, agencyId: AgencyId): Promise<string[]> {
  const streams = await listStreamsOf(app.db, { agencyId, at: app.clock.now() });
  return streams.map(({ serviceId }) => serviceId);
}

async function tell(
  app: App,
  given: {
    serviceId: string;
    sub: string;
    source: string;
    name: EventName;
    details: Record<string, unknown>;
    subject: SubjectId;
  },
): Promise<void> {
  const type = EVENT_TYPES[given.name];
  await transact(app.db, async (tx) => {
    const stream = await findStreamOf(tx, given.serviceId);
    if (!stream || !takesEvents(stream) || !eventsDelivered(stream).includes(type)) return;
    const at = Math.floor(app.clock.now().getTime() / 1000);
    await handToStream(tx, app, {
      stream,
      subject: given.sub,
      source: given.source,
      body: {
        sub_id: given.subject,
        events: { [type]: { event_timestamp: at, ...given.details } },
      },
    });
  });
}
