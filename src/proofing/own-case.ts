import { Fault } from '../lib/fault.ts';
import { CaseId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import type { ProofingCase } from './case-state.ts';
import { findCase } from './case-store.ts';
import type { ProofingApp } from './proofing-app.ts';

/** The account of the signed-in applicant. */
export function applicantOf(ctx: Context): AccountId {
  return sessionOf(ctx, 'subscriber').accountId;
}

/** The id in the path. Throws `not_found` where it is none. */
export function caseIdOf(ctx: Context): CaseId {
  const id = CaseId.parse(ctx.state.params.id);
  if (!id) throw new Fault('not_found');
  return id;
}

/** The case that the path names, if it is the applicant's own or that of their child: anybody else's is not there. */
export async function ownCase(ctx: Context, app: ProofingApp): Promise<ProofingCase> {
  const proofing = await findCase(app.db, caseIdOf(ctx));
  if (!proofing || actorOf(proofing) !== applicantOf(ctx)) throw new Fault('not_found');
  return proofing;
}

/** The account that acts in a case: its holder, or the guardian who opened it. */
export function actorOf(proofing: ProofingCase): AccountId {
  return proofing.openedBy ?? proofing.accountId;
}
