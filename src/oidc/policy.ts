import { interactionPolicy } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { App } from '../lib/app.ts';
import { AccountId } from '../lib/ids.ts';
import { choiceOf } from './acting/choice.ts';
import { consentIsMissing } from './load-grant.ts';
import { checkRequest, unmetLevels } from './sign-in-check.ts';

const { Check, Prompt, base } = interactionPolicy;

/**
 * What stands between a request and its code, in this order: `select_account` (where asked), `login` (who is it,
 * may they, freshly enough), `subject` (for whom, where they may act for somebody), `level` (is it sure enough), `consent`. Each missing thing is one page (interaction.ts). The library's own acr
 * checks compare strings and would loop: ours compare both parts. Its consent checks would ask for ever for levels
 * that a request names as claims.
 */
export function createPolicy(app: App) {
  const policy = base();
  const login = policy.get('login')!;
  login.checks.remove('essential_acr');
  login.checks.remove('essential_acrs');
  login.checks.add(
    new Check(
      'account_refused',
      'the person may not sign in to services at present',
      'access_denied',
      // Without an account the library's later checks have no grant to look at, and would fail.
      (ctx) => ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined,
    ),
  );
  const consent = policy.get('consent')!;
  consent.checks.remove('op_scopes_missing');
  consent.checks.remove('op_claims_missing');
  consent.checks.add(
    new Check(
      'consent_missing',
      'the person has not agreed to share all of it',
      'consent_required',
      (ctx) => consentIsMissing(app, ctx),
    ),
  );
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0);
  policy.add(
    new Prompt(
      { name: 'subject', requestable: false },
      new Check(
        'subject_unchosen',
        'for whom the person signs in has to be chosen',
        'account_selection_required',
        (ctx) => subjectIsUnchosen(app, ctx),
      ),
    ),
    2,
  );
  policy.add(
    new Prompt(
      { name: 'level', requestable: false },
      new Check(
        'level_unmet',
        'a higher level of assurance is needed',
        'interaction_required',
        (ctx) => levelIsMissing(app, ctx),
      ),
    ),
    3,
  );
  return policy;
}

async function subjectIsUnchosen(app: App, ctx: KoaContextWithOIDC): Promise<boolean> {
  const accountId = AccountId.parse(ctx.oidc.session?.accountId);
  return accountId !== null && !(await choiceOf(app, ctx, accountId)).made;
}

async function levelIsMissing(app: App, ctx: KoaContextWithOIDC): Promise<boolean> {
  const checked = await checkRequest(app, ctx);
  if (!checked) return false;
  const { decision } = checked;
  switch (decision.outcome) {
    case 'proceed':
      return false;
    case 'step_up':
      return !(decision.mayContinue && continuesWithout(ctx.oidc.result));
    case 'refuse':
      // Levels are the request's business: it gets the error. The service's own demands have a page of their own.
      if (decision.reason === 'level_out_of_reach') throw unmetLevels();
      return true;
  }
}

/** The person chose to go on at the level they have (interaction-level.ts). */
function continuesWithout(result: unknown): boolean {
  const level = (result as { level?: { without?: unknown } } | undefined)?.level;
  return level?.without === true;
}
