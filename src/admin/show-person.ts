import { z } from 'zod';
import { consoleNav } from '../../views/admin/nav.ts';
import { personPage } from '../../views/admin/people.ts';
import type { PersonModel } from '../../views/admin/people.ts';
import { sendNotice } from '../accounts/send-notice.ts';
import { personAssurance } from '../assurance/person.ts';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../lib/database.ts';
import type { Tx } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { PersonId } from '../lib/ids.ts';
import { findAccountOfPerson, idHistory } from '../registry/find-persons.ts';
import { formatForeignId } from '../registry/foreign-id.ts';
import { TRANSITIONS } from '../registry/id-lifecycle.ts';
import type { ForeignIdState, TransitionReason } from '../registry/id-lifecycle.ts';
import { standingOfPerson } from '../registry/standing.ts';
import type { Standing } from '../registry/standing.ts';
import { reactivateId, transitionId } from '../registry/transition-id.ts';
import { readForm } from '../web/body.ts';
import type { Context, WebApp } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';
import { officerIdOf } from './decide-case.ts';

/** What an officer may do to an ID, and for which reasons; the rest befalls it by a register or a job. */
const OFFICER_CHANGES = {
  suspended: ['suspected_fraud', 'document_reported_lost', 'register_contradiction'],
  active: ['question_settled', 'appeal_upheld'],
  revoked: ['fraud_established', 'issued_in_error'],
} as const satisfies Partial<Record<ForeignIdState, readonly TransitionReason[]>>;
type Target = keyof typeof OFFICER_CHANGES;
const TARGETS = Object.keys(OFFICER_CHANGES) as Target[];

const changeForm = z.object({
  version: z.coerce.number().int().min(0),
  to: z.enum(TARGETS as [Target, ...Target[]]),
  reason: z.string(),
});

async function standing(ctx: Context, app: WebApp): Promise<Standing> {
  const id = PersonId.parse(ctx.state.params.id);
  const found = id && (await standingOfPerson(app.db, app, id));
  if (!found) throw new Fault('not_found');
  return found;
}

/** GET /console/people/:id. */
export async function showPerson(ctx: Context, app: WebApp): Promise<void> {
  const found = await standing(ctx, app);
  await renderPerson(ctx, app, found, { errors: [], changed: ctx.query.changed === '1' });
}

/** POST /console/people/:id/id-state: state, history, audit and the holder's notice in one transaction. */
export async function postIdState(ctx: Context, app: WebApp): Promise<void> {
  const found = await standing(ctx, app);
  const sent = readForm(ctx, changeForm);
  if (!sent.ok) throw new Fault('bad_request');
  const { to, version } = sent.value;
  const reason = OFFICER_CHANGES[to].find((known) => known === sent.value.reason);
  if (!reason) throw new Fault('bad_request');
  const change = {
    personId: found.personId,
    reason,
    actor: { kind: 'officer', id: officerIdOf(ctx) } as const,
    expectedVersion: version,
  };
  const outcome = await transact(app.db, async (tx) => {
    const done =
      to === 'active'
        ? await reactivateId(tx, app, change)
        : await transitionId(tx, app, { ...change, to });
    if (done.ok) await tellHolder(tx, app, found.personId, to);
    return done;
  });
  if (outcome.ok) return ctx.redirect(`/console/people/${found.personId}?changed=1`);
  const message = app.languages.translator(ctx.state.lang)(`admin.person.error_${outcome.reason}`);
  const errors = [{ field: null, message }];
  await renderPerson(ctx, app, await standing(ctx, app), { errors, changed: false, status: 409 });
}

async function tellHolder(tx: Tx, app: WebApp, personId: PersonId, to: Target): Promise<void> {
  const accountId = await findAccountOfPerson(tx, personId);
  if (!accountId) return;
  if (to === 'active')
    await sendNotice(tx, app, { accountId, template: 'id_reactivated', params: {} });
  else
    await sendNotice(tx, app, { accountId, template: 'id_suspended', params: { byHolder: false } });
}

/** The page of a person. Every look is on the audit trail, one that a refused change ends in too. */
async function renderPerson(
  ctx: Context,
  app: WebApp,
  found: Standing,
  result: { errors: PersonModel['errors']; changed: boolean; status?: number },
): Promise<void> {
  await transact(app.db, (tx) =>
    appendAudit(tx, app, {
      action: 'admin.person_opened',
      actor: { kind: 'officer', id: sessionOf(ctx, 'officer').accountId },
      subject: { kind: 'person', id: found.personId },
      details: {},
    }),
  );
  const attributes = found.attributes();
  const number = found.number();
  const history = await idHistory(app.db, found.personId);
  await page(ctx, app, {
    view: personPage,
    model: {
      id: found.personId,
      number: number === null ? '—' : formatForeignId(number),
      name: [attributes.primaryIdentifier, attributes.secondaryIdentifier]
        .filter(Boolean)
        .join(' '),
      state: found.idState,
      version: found.idVersion,
      facts: personFacts(app, found),
      changes: changesFrom(found.idState),
      history: history.map((row) => ({
        at: row.at,
        from: row.from,
        to: row.to,
        reason: row.reason,
        by: row.actor.kind,
      })),
      ...result,
    },
    title: 'admin.person.title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'people'),
    status: result.status ?? 200,
  });
}

function changesFrom(state: Standing['idState']): PersonModel['changes'] {
  if (state === 'none') return [];
  return TARGETS.flatMap((to) => {
    const possible: readonly TransitionReason[] = TRANSITIONS[state][to] ?? [];
    const reasons = OFFICER_CHANGES[to].filter((reason) => possible.includes(reason));
    return reasons.length > 0 ? [{ to, reasons }] : [];
  });
}

function personFacts(app: WebApp, found: Standing): PersonModel['facts'] {
  const attributes = found.attributes();
  const assurance = personAssurance(found, app.clock.now());
  const rows: { field: string; value: string | null | undefined }[] = [
    { field: 'name_printed', value: attributes.fullNamePrinted },
    { field: 'date_of_birth', value: attributes.dateOfBirth },
    { field: 'sex', value: attributes.sex },
    { field: 'nationality', value: attributes.nationality },
    { field: 'ial', value: `IAL${assurance.ial}` },
    { field: 'pathway', value: assurance.identity.pathway },
    { field: 'stay', value: found.stay?.status },
    { field: 'admitted_until', value: found.stay?.admittedUntil },
  ];
  return rows.flatMap(({ field, value }) => (value ? [{ field, value }] : []));
}
