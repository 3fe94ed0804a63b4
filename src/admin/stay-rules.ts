import { z } from 'zod';
import { consoleNav } from '../../views/admin/nav.ts';
import { stayRulesPage } from '../../views/admin/stay-rules.ts';
import type { StayRulesModel } from '../../views/admin/stay-rules.ts';
import { transact } from '../lib/database.ts';
import { Fault } from '../lib/fault.ts';
import { RowId } from '../lib/ids.ts';
import type { OfficerId } from '../lib/ids.ts';
import { compareRules } from '../visas/compare-rules.ts';
import {
  decideStayRules,
  openRuleProposal,
  proposeStayRules,
} from '../visas/propose-stay-rules.ts';
import type { RuleFileFault } from '../visas/read-rule-file.ts';
import { replayStays } from '../visas/replay-stays.ts';
import { readStayRules } from '../visas/stay-rule-sets.ts';
import { bangkokDate } from '../visas/stay.ts';
import { typicalStays } from '../visas/typical-stays.ts';
import { readForm } from '../web/body.ts';
import type { Context, WebApp } from '../web/context.ts';
import { page } from '../web/page.ts';
import { officerIdOf } from './decide-case.ts';

/** GET /console/stay-rules: the rules in force, the set that waits for a second officer and what it would change, and the form. */
export async function showStayRules(ctx: Context, app: WebApp): Promise<void> {
  await answerRules(ctx, app, { status: 200, error: null, faults: [] });
}

/** A set of every rule there is, ten times over. */
const MOST_BYTES = 2 * 1024 * 1024;

/** POST /console/stay-rules/proposals: proposes a whole set (field `rules`, a JSON file); a faulty one is told line by line. */
export async function postStayRules(ctx: Context, app: WebApp): Promise<void> {
  const { rules } = ctx.state.body.files;
  if (!rules?.bytes.length || rules.bytes.length > MOST_BYTES)
    return answerRules(ctx, app, { status: 422, error: 'no_file', faults: [] });
  const officerId = officerIdOf(ctx);
  const text = rules.bytes.toString('utf8');
  const proposed = await transact(app.db, (tx) => proposeStayRules(tx, app, { text, officerId }));
  if (proposed.ok) return ctx.redirect('/console/stay-rules');
  const faults = proposed.reason === 'faulty' ? proposed.faults : [];
  await answerRules(ctx, app, { status: 422, error: proposed.reason, faults });
}

const decisionForm = z.object({ decision: z.enum(['accept', 'reject']) });

/** POST /console/stay-rules/proposals/:id/decision: by another officer than the proposer, who may only take it back. */
export async function postStayRulesDecision(ctx: Context, app: WebApp): Promise<void> {
  const id = RowId.parse(ctx.state.params.id);
  const sent = readForm(ctx, decisionForm);
  if (!sent.ok) throw new Fault('bad_request');
  if (!id) throw new Fault('not_found');
  const given = { id, officerId: officerIdOf(ctx), decision: sent.value.decision };
  const decided = await transact(app.db, (tx) => decideStayRules(tx, app, given));
  if (decided.ok) return ctx.redirect('/console/stay-rules');
  if (decided.reason === 'not_found') throw new Fault('not_found');
  await answerRules(ctx, app, { status: 409, error: decided.reason, faults: [] });
}

async function answerRules(
  ctx: Context,
  app: WebApp,
  answer: { status: number; error: string | null; faults: readonly RuleFileFault[] },
): Promise<void> {
  const inForce = await readStayRules(app.db);
  const t = app.languages.translator(ctx.state.lang);
  const { error, faults, status } = answer;
  await page(ctx, app, {
    view: stayRulesPage,
    model: {
      version: inForce.version,
      setTitle: inForce.title,
      rules: inForce.rules,
      proposal: await proposalModel(app, { me: officerIdOf(ctx), inForce }),
      errors:
        error === null
          ? []
          : [
              {
                field: error === 'no_file' || error === 'faulty' ? 'rules' : null,
                message: t(`registers.stay_rules.error_${error}`),
              },
            ],
      faults,
    },
    title: 'registers.stay_rules.title',
    area: 'console',
    nav: (ui) => consoleNav(ui, 'stay-rules'),
    status,
  });
}

async function proposalModel(
  app: WebApp,
  given: { me: OfficerId; inForce: Awaited<ReturnType<typeof readStayRules>> },
): Promise<StayRulesModel['proposal']> {
  const proposal = await openRuleProposal(app.db);
  if (!proposal) return null;
  const before = given.inForce.rules;
  const after = proposal.rules;
  const today = bangkokDate(app.clock.now());
  const stays = typicalStays([...before, ...after], today);
  const { changed, rows } = replayStays(stays, { before, after }, today);
  return {
    id: proposal.id,
    title: proposal.title,
    mine: proposal.proposedBy === given.me,
    proposedAt: proposal.proposedAt,
    superseded: proposal.basedOn !== given.inForce.version,
    rules: after.length,
    changes: compareRules(before, after),
    replay: {
      stays: stays.length,
      changed,
      rows: rows.slice(0, MOST_ROWS).map((row) => ({
        ...row,
        stay: stays.find(({ id }) => id === row.id)!,
      })),
    },
  };
}

/** Of a replay on the page; `stay replay` prints all. */
const MOST_ROWS = 50;
