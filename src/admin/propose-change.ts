import { z } from 'zod';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { PersonId, RowId } from '../lib/ids.ts';
import { subjectsOfAccount } from '../oidc/subject-aliases.ts';
import { findAccountOfPerson, findPersonByNumber } from '../registry/find-persons.ts';
import { MERGE_REASONS, SPLIT_REASONS } from '../registry/proposal.ts';
import type { ProposedChange } from '../registry/proposal.ts';
import { proposeChange } from '../registry/propose-change.ts';
import { readForm } from '../web/body.ts';
import type { Context, WebApp } from '../web/context.ts';
import { countCall } from '../web/rate-limit.ts';
import { officerIdOf } from './decide-case.ts';
import { LOOK_UPS } from './find-person.ts';
import { personOf, refuse } from './show-person.ts';

const note = z.string().trim().max(2000, 'admin.case.error_note').default('');
const mergeForm = z.object({
  number: z.string().trim().min(1, 'admin.people.not_found').max(40, 'admin.people.not_found'),
  survivor: z.enum(['more_consents', 'this', 'other']),
  reason: z.enum(MERGE_REASONS),
  note,
});
const splitForm = z.object({
  merged: z.string().optional(),
  document: z.union([z.string(), z.array(z.string())]).optional(),
  reason: z.enum(SPLIT_REASONS),
  note,
});

/**
 * POST /console/people/:id/merge-proposals: the other one is named by number, as at any look-up. The survivor is by default
 * whoever has more consents in force (DESIGN section 4): fewer services must learn another identifier.
 */
export async function postMergeProposal(ctx: Context, app: WebApp): Promise<void> {
  const found = await personOf(ctx, app);
  const officerId = officerIdOf(ctx);
  await countCall(app, LOOK_UPS, officerId);
  const sent = readForm(ctx, mergeForm);
  if (!sent.ok) {
    const { number: key, note: tooLong } = sent.errors;
    if (!key && !tooLong) throw new Fault('bad_request');
    const field = key ? 'number' : null;
    return refuse(ctx, app, { field, key: key ?? tooLong!, sent: sent.input });
  }
  const { number, survivor, reason } = sent.value;
  const other = await findPersonByNumber(app.db, app, number);
  if (!other)
    return refuse(ctx, app, {
      field: 'number',
      key: 'admin.people.not_found',
      sent: { number, note: sent.value.note },
    });
  const stays =
    survivor === 'this' ||
    (survivor === 'more_consents' &&
      (await consentsOf(app, found.personId)) >= (await consentsOf(app, other.personId)));
  const [personId, mergedId] = stays
    ? [found.personId, other.personId]
    : [other.personId, found.personId];
  await propose(ctx, app, {
    change: { kind: 'merge', personId, mergedId, reason },
    note: sent.value.note,
    backTo: found.personId,
  });
}

/** POST /console/people/:id/split-proposals: takes a merge back (`merged`), or splits documents off (`document`). */
export async function postSplitProposal(ctx: Context, app: WebApp): Promise<void> {
  const found = await personOf(ctx, app);
  const sent = readForm(ctx, splitForm);
  if (!sent.ok) throw new Fault('bad_request');
  const { reason, merged, document = [] } = sent.value;
  const { personId } = found;
  const mergedId = PersonId.parse(merged);
  const documentIds = [document].flat().flatMap((id) => RowId.parse(id) ?? []);
  const change: ProposedChange = mergedId
    ? { kind: 'split', personId, mergedId, reason }
    : { kind: 'split', personId, documentIds, reason };
  await propose(ctx, app, { change, note: sent.value.note, backTo: personId });
}

async function propose(
  ctx: Context,
  app: WebApp,
  given: { change: ProposedChange; note: string; backTo: PersonId },
): Promise<void> {
  const { change, backTo } = given;
  const officerId = officerIdOf(ctx);
  const outcome = await transact(app.db, (tx) =>
    proposeChange(tx, app, { change, officerId, note: given.note || null }),
  );
  if (outcome.ok) return ctx.redirect(`/console/people/${backTo}?proposed=1`);
  await refuse(ctx, app, {
    field: null,
    key: `admin.proposal.error_${outcome.reason}`,
    sent: { note: given.note },
    status: outcome.reason === 'open_proposal' ? 409 : 422,
  });
}

async function consentsOf(app: WebApp, personId: PersonId): Promise<number> {
  const accountId = await findAccountOfPerson(app.db, personId);
  if (!accountId) return 0;
  const subjects = await subjectsOfAccount(app.db, accountId);
  return subjects.filter(({ consented }) => consented).length;
}
