import { z } from 'zod';
import { childrenPage } from '../../views/proofing/children.ts';
import type { ChildrenModel } from '../../views/proofing/children.ts';
import { seeOther } from '../accounts/see-other.ts';
import { personAssurance } from '../assurance/person.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { AccountId } from '../lib/ids.ts';
import { standingOf } from '../registry/standing.ts';
import { readForm } from '../web/body.ts';
import type { Context } from '../web/context.ts';
import { page } from '../web/page.ts';
import { countCall } from '../web/rate-limit.ts';
import { findLatestCase } from './case-store.ts';
import { GUARDIAN_BASES, declareGuardianship, withdrawGuardianship } from './guardianship.ts';
import { listGuardianships } from './guardianship-store.ts';
import { START_LIMIT } from './limits.ts';
import { applicantOf } from './own-case.ts';
import type { ProofingApp } from './proofing-app.ts';

/** GET /children: for whom the signed-in person acts, and how each child's proof stands. */
export async function showChildren(ctx: Context, app: ProofingApp): Promise<void> {
  await answer(ctx, app, null);
}

const form = z.object({ basis: z.enum(GUARDIAN_BASES) });

/** POST /children: says by what right one acts for a child; the child's own proof begins from there. */
export async function submitChild(ctx: Context, app: ProofingApp): Promise<void> {
  const guardianAccountId = applicantOf(ctx);
  await countCall(app, START_LIMIT, guardianAccountId);
  const sent = readForm(ctx, form);
  if (!sent.ok) return answer(ctx, app, 'proofing.children.basis_missing');
  const { basis } = sent.value;
  const declared = await transact(app.db, (tx) =>
    declareGuardianship(tx, app, { guardianAccountId, basis }),
  );
  if (!declared.ok) return answer(ctx, app, 'proofing.children.not_proven');
  seeOther(ctx, `/proofing?child=${declared.childAccountId}`);
}

/** POST /children/:id/end: acts for the child no longer. */
export async function submitChildEnd(ctx: Context, app: ProofingApp): Promise<void> {
  const childAccountId = AccountId.parse(ctx.state.params.id);
  if (!childAccountId) throw new Fault('not_found');
  const ended = await withdrawGuardianship(app, {
    guardianAccountId: applicantOf(ctx),
    childAccountId,
  });
  if (!ended) throw new Fault('not_found');
  seeOther(ctx, '/children');
}

async function answer(ctx: Context, app: ProofingApp, error: string | null): Promise<void> {
  const guardianAccountId = applicantOf(ctx);
  const standing = await standingOf(app.db, app, guardianAccountId);
  const mayDeclare = standing !== null && personAssurance(standing, app.clock.now()).ial >= 2;
  const rows = await listGuardianships(app.db, { guardianAccountId });
  const children = await Promise.all(
    rows.map(async (row): Promise<ChildrenModel['children'][number]> => {
      const [latest, child] = await Promise.all([
        findLatestCase(app.db, row.childAccountId),
        standingOf(app.db, app, row.childAccountId),
      ]);
      const names = child?.attributes();
      return {
        accountId: row.childAccountId,
        name: names ? `${names.primaryIdentifier} ${names.secondaryIdentifier}`.trim() : null,
        basis: row.basis,
        verified: row.verified !== null,
        endsOn: row.endsOn,
        caseId: latest?.id ?? null,
        step: latest?.state.step ?? null,
      };
    }),
  );
  await page(ctx, app, {
    view: childrenPage,
    model: { children, mayDeclare, bases: GUARDIAN_BASES, error },
    title: 'proofing.children.title',
    status: error ? 422 : 200,
  });
}
