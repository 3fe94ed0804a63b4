import { beforeAll, describe, expect, it } from 'vitest';
import { findService } from '../../src/agencies/find-service.ts';
import { transact } from '../../src/lib/database.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { addressStatusEvent } from '../../src/exchange/address-status-event.ts';
import { listNotices } from '../../src/exchange/status-notice-store.ts';
import type { StatusNotice } from '../../src/exchange/status-notice-store.ts';
import { accountOfSubject } from '../../src/oidc/subject-aliases.ts';
import { suspendId } from '../../src/registry/transition-id.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { enrol } from '../oidc/enrolled.ts';
import { follow, authorizationRequest, relyingParty, signInAt } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { officer, somebody } from '../registry/enrolment.ts';
import { carriedOut, merge, unmerge } from '../registry/parties.ts';
import { signUp } from '../walk.ts';

let server: TestServer;
let lands: RelyingParty;
let tax: RelyingParty;
beforeAll(async () => {
  server = await startTestServer();
  lands = await relyingParty(server);
  tax = await relyingParty(server, {
    client_id: 'tax',
    agency: { code: 'revenue', name: 'Revenue', 'name#th': 'สรรพากร' },
  });
});

const agencyOf = async ({ clientId }: RelyingParty) =>
  (await findService(server.app.db, clientId))!.agency;

/** The notices that an agency has to be told about a person, once they are written. */
async function noticesFor(
  party: RelyingParty,
  personId: PersonId,
  kind: string,
): Promise<StatusNotice[]> {
  const agency = await agencyOf(party);
  for (const end = Date.now() + 10_000; ;) {
    const events: { id: string }[] = await server.app
      .db('status_events')
      .where({ person_id: personId, kind })
      .select('id');
    const ids = new Set(events.map(({ id }) => id));
    const found = (await listNotices(server.app.db, agency.id)).filter(({ eventId }) =>
      ids.has(eventId),
    );
    if (found.length > 0 || Date.now() > end) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function visitor(email: string) {
  const person = await signUp(server, { email });
  const { personId } = await enrol(server, person.accountId, somebody());
  const sub = (await signInAt(person.walker, lands, { scope: 'openid' })).claims.sub;
  return { ...person, personId, sub };
}

describe('a status event', () => {
  it('of a suspension goes to the agencies that hold a consent, by the sub that each knows', async () => {
    const { personId, sub } = await visitor('suspended@example.org');
    await transact(server.app.db, (tx) =>
      suspendId(tx, server.app, { personId, reason: 'suspected_fraud', actor: officer }),
    );
    const told = await noticesFor(lands, personId, 'id_state_changed');
    // Nobody listens there: nothing is to be sent any more.
    expect(told.at(-1)).toMatchObject({
      sub,
      newSub: null,
      sentAt: null,
      endedAt: expect.any(Date),
    });
    const elsewhere = (await listNotices(server.app.db, (await agencyOf(tax)).id)).map(
      (notice) => notice.sub,
    );
    expect(elsewhere).not.toContain(sub);
    // The job runs at least once.
    const [{ eventId }] = told as [StatusNotice];
    await addressStatusEvent({ eventId }, server.app);
    expect(await noticesFor(lands, personId, 'id_state_changed')).toEqual(told);
  });

  it('of a merge tells the sub that counts from now on; the former one stays a valid alias, until a split', async () => {
    const [one, other] = [await visitor('one@example.org'), await visitor('other@example.org')];
    await carriedOut(server.app, merge(one.personId, other.personId));
    expect(await noticesFor(lands, other.personId, 'identifier_changed')).toMatchObject([
      { sub: other.sub, newSub: one.sub },
    ]);
    const { id: agencyId } = await agencyOf(lands);
    const named = (sub: string) => accountOfSubject(server.app.db, { agencyId, sub });
    expect([await named(one.sub), await named(other.sub)]).toEqual([one.accountId, one.accountId]);
    // The survivor signs in as ever; the other account is shown why it cannot.
    expect((await signInAt(one.walker, lands, { scope: 'openid' })).claims.sub).toBe(one.sub);
    const refused = await follow(
      other.walker,
      (await authorizationRequest(lands, { scope: 'openid', prompt: 'login' })).path,
    );
    expect(refused.at).toBe('page');

    await carriedOut(server.app, unmerge(one.personId, other.personId));
    expect(await named(other.sub)).toBe(other.accountId);
    for (const { personId, sub } of [one, other]) {
      const [notice] = await noticesFor(lands, personId, 'identity_split');
      expect(notice).toMatchObject({ sub, newSub: null });
    }
    expect(await named('nobody')).toBeNull();
  });

  it('names one that is there', async () => {
    await expect(addressStatusEvent({ eventId: 'x' }, server.app)).rejects.toThrow(
      /no status event/,
    );
  });
});
