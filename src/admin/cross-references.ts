import { z } from 'zod';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import { TYPED_KINDS } from '../registry/cross-reference.ts';
import { endCrossReferenceOf, recordCrossReference } from '../registry/record-cross-reference.ts';
import { readForm } from '../web/body.ts';
import type { Context, WebApp } from '../web/context.ts';
import { officerIdOf } from './decide-case.ts';
import { personOf, refuse } from './show-person.ts';

const plainDate = z.union([z.literal(''), z.iso.date('admin.reference.error_date')]).default('');
const referenceForm = z
  .object({
    kind: z.enum(TYPED_KINDS as [string, ...string[]]),
    number: z.string().trim().min(1, 'admin.reference.error_malformed').max(60),
    valid_from: plainDate,
    valid_until: plainDate,
  })
  .refine(({ valid_from: from, valid_until: until }) => !from || !until || from <= until, {
    error: 'admin.reference.error_date',
    path: ['valid_until'],
  });

/** POST /console/people/:id/cross-references: a number that an officer read off a card; its register did not confirm it. */
export async function postCrossReference(ctx: Context, app: WebApp): Promise<void> {
  const found = await personOf(ctx, app);
  const sent = readForm(ctx, referenceForm);
  if (!sent.ok) {
    const typed = ['number', 'valid_from', 'valid_until'] as const;
    const field = typed.find((name) => sent.errors[name]);
    // A kind that the form does not offer was not chosen in it.
    if (!field || sent.errors.kind) throw new Fault('bad_request');
    const key = sent.errors[field]!;
    return refuse(ctx, app, { field, key, sent: sent.input });
  }
  const { number, valid_from: from, valid_until: until } = sent.value;
  const kind = TYPED_KINDS.find((known) => known === sent.value.kind)!;
  const outcome = await transact(app.db, (tx) =>
    recordCrossReference(tx, app, {
      personId: found.personId,
      kind,
      number,
      source: 'officer',
      verified: false,
      validFrom: from || null,
      validUntil: until || null,
      actor: { kind: 'officer', id: officerIdOf(ctx) },
    }),
  );
  if (outcome.ok) return ctx.redirect(`/console/people/${found.personId}?changed=1`);
  const key = `admin.reference.error_${outcome.reason}`;
  await refuse(ctx, app, { field: 'number', key, sent: { number } });
}

/** POST /console/people/:id/cross-references/:reference/ending: it was another's, or counts no more. */
export async function postCrossReferenceEnding(ctx: Context, app: WebApp): Promise<void> {
  const { personId } = await personOf(ctx, app);
  const id = RowId.parse(ctx.state.params.reference);
  if (!id) throw new Fault('not_found');
  const actor = { kind: 'officer', id: officerIdOf(ctx) } as const;
  const ended = await transact(app.db, (tx) =>
    endCrossReferenceOf(tx, app, { personId, id, actor }),
  );
  if (!ended) throw new Fault('not_found');
  ctx.redirect(`/console/people/${personId}?changed=1`);
}
