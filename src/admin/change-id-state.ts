import { z } from 'zod';
import { sendNotice } from '../accounts/send-notice.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import type { PersonId } from '../lib/ids.ts';
import { findAccountOfPerson } from '../registry/find-persons.ts';
import { takesTwoOfficers } from '../registry/id-lifecycle.ts';
import type { ForeignIdState } from '../registry/id-lifecycle.ts';
import { proposeChange } from '../registry/propose-change.ts';
import { reactivateId, transitionId } from '../registry/transition-id.ts';
import { readForm } from '../web/body.ts';
import type { Context, WebApp } from '../web/context.ts';
import { officerIdOf } from './decide-case.ts';
import { OFFICER_CHANGES, TARGETS } from './person-model.ts';
import type { Target } from './person-model.ts';
import { personOf, refuse } from './show-person.ts';

const changeForm = z.object({
  version: z.coerce.number().int().min(0),
  to: z.enum(TARGETS as [Target, ...Target[]]),
  reason: z.string(),
  note: z.string().trim().max(2000).default(''),
});

/**
 * POST /console/people/:id/id-state: state, history, audit and the holder's notice in one transaction. What takes an ID
 * away, ends it or undoes that is only proposed: another officer approves it.
 */
export async function postIdState(ctx: Context, app: WebApp): Promise<void> {
  const found = await personOf(ctx, app);
  const sent = readForm(ctx, changeForm);
  if (!sent.ok) throw new Fault('bad_request');
  const { to, version, note } = sent.value;
  const reason = OFFICER_CHANGES[to].find((known) => known === sent.value.reason);
  if (!reason || found.idState === 'none') throw new Fault('bad_request');
  const { personId } = found;
  const officerId = officerIdOf(ctx);
  if (version !== found.idVersion)
    return refuse(ctx, app, { field: null, key: 'admin.person.error_stale_version', status: 409 });
  if (takesTwoOfficers(found.idState, to)) {
    const change = { kind: 'state_change', personId, to, reason } as const;
    const proposed = await transact(app.db, (tx) =>
      proposeChange(tx, app, { change, officerId, note: note || null }),
    );
    if (proposed.ok) return ctx.redirect(`/console/people/${personId}?proposed=1`);
    const key = `admin.proposal.error_${proposed.reason}`;
    return refuse(ctx, app, { field: null, key, status: 409 });
  }
  const actor = { kind: 'officer', id: officerId } as const;
  const change = { personId, reason, actor, expectedVersion: version };
  const outcome = await transact(app.db, async (tx) => {
    const done =
      to === 'active'
        ? await reactivateId(tx, app, change)
        : await transitionId(tx, app, { ...change, to });
    if (done.ok) await tellHolder(tx, app, personId, to);
    return done;
  });
  if (outcome.ok) return ctx.redirect(`/console/people/${personId}?changed=1`);
  const key = `admin.person.error_${outcome.reason}`;
  await refuse(ctx, app, { field: null, key, status: 409 });
}

/** The holder hears of every change of their ID by an officer; of a death nobody is told. */
export async function tellHolder(
  tx: Tx,
  app: WebApp,
  personId: PersonId,
  to: ForeignIdState,
): Promise<void> {
  const accountId = await findAccountOfPerson(tx, personId);
  if (!accountId || to === 'deceased') return;
  if (to === 'active')
    await sendNotice(tx, app, { accountId, template: 'id_reactivated', params: {} });
  else
    await sendNotice(tx, app, { accountId, template: 'id_suspended', params: { byHolder: false } });
}
