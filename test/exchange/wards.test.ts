import { expect, it } from 'vitest';
import { EVENT_TYPES } from '../../src/exchange/event-types.ts';
import { transact } from '../../src/lib/database.ts';
import { findPersonOfAccount } from '../../src/registry/find-persons.ts';
import { suspendId } from '../../src/registry/transition-id.ts';
import { startTestServer } from '../harness.ts';
import { enrol } from '../oidc/enrolled.ts';
import { childOf, jun, signInFor } from '../oidc/guardian.ts';
import { relyingParty } from '../oidc/relying-party.ts';
import { anna, officer } from '../registry/enrolment.ts';
import { signUp, signUpOfficer } from '../walk.ts';
import { apiToken, call, startReceiver, until, verifySet } from './receiver.ts';

it('what befalls a child is told to the service that a guardian signed in to for them, by the child’s sub', async () => {
  const server = await startTestServer({ OUTBOUND_LOOPBACK: 'yes' });
  const { accountId: officerId } = await signUpOfficer(server, {
    name: 'Malee',
    roles: ['officer'],
  });
  const guardian = await signUp(server, { email: 'anna@example.org' });
  await enrol(server, guardian.accountId, anna);
  const child = await childOf(server, guardian.accountId, { person: jun, officerId });
  const school = await relyingParty(server, {
    client_id: 'school',
    representation: true,
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  });
  const receiver = await startReceiver();
  await call(server, await apiToken(server, school), {
    method: 'POST',
    path: '/ssf/streams',
    body: { delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: receiver.url } },
  });
  const { claims } = await signInFor(guardian.walker, child, school);
  const personId = (await findPersonOfAccount(server.app.db, child))!;
  await transact(server.app.db, (tx) =>
    suspendId(tx, server.app, { personId, reason: 'suspected_fraud', actor: officer }),
  );
  await until(() => receiver.accepted.length === 1);
  expect(await verifySet(server, receiver.accepted[0]!, 'school')).toMatchObject({
    sub_id: { format: 'iss_sub', sub: claims.sub },
    events: { [EVENT_TYPES.account_disabled]: {} },
  });
});
