import { portalNav } from '../../views/portal/nav.ts';
import { homePage } from '../../views/portal/home.ts';
import type { HomeModel } from '../../views/portal/home.ts';
import { waitingChanges } from '../accounts/account-changes.ts';
import type { AccountsApp } from '../accounts/accounts-app.ts';
import { contactsOf } from '../accounts/contact-address.ts';
import { stayAt } from '../assurance/stay.ts';
import type { AuditAction } from '../audit/events.ts';
import { recentEvents } from '../audit/recent-events.ts';
import { waitingApprovals } from '../oidc/ciba/approval.ts';
import { latestCaseOf } from '../proofing/latest-case.ts';
import type { LatestCase } from '../proofing/latest-case.ts';
import { formatForeignId } from '../registry/foreign-id.ts';
import { standingOf } from '../registry/standing.ts';
import type { Standing } from '../registry/standing.ts';
import type { Context } from '../web/context.ts';
import { sessionOf } from '../web/guards.ts';
import { page } from '../web/page.ts';

const EVENTS_READ = 40;
const EVENTS_SHOWN = 8;

/** GET /home: the ID, the stay, the case, what happened lately. */
export async function showHome(ctx: Context, app: AccountsApp): Promise<void> {
  const { accountId } = sessionOf(ctx);
  const [standing, proofing, contacts, changes, events, approvals] = await Promise.all([
    standingOf(app.db, app, accountId),
    latestCaseOf(app, accountId),
    contactsOf(app.db, app, accountId),
    waitingChanges(app.db, app, accountId),
    recentEvents(app.db, { kind: 'account', id: accountId }, EVENTS_READ),
    waitingApprovals(app, accountId),
  ]);
  await page(ctx, app, {
    view: homePage,
    model: {
      card: standing ? cardOf(standing, proofing) : null,
      stay: standing ? stayOf(standing, app) : null,
      proofing: proofing ? caseOf(proofing) : null,
      proveHref: proofing?.open ? null : '/proofing',
      contacts: contacts.map(({ masked }) => masked),
      hasWaitingChange: changes.length > 0,
      approvals: approvals.map(({ row, service }) => ({
        href: `/approvals/${row.id}`,
        service: service.name[ctx.state.lang],
      })),
      events: events
        .filter(({ action }) => !UNTOLD.includes(action))
        .slice(0, EVENTS_SHOWN)
        .map(({ at, action, actor }) => ({
          at,
          action: wordOf(action),
          byOfficer: actor.kind === 'officer',
        })),
    },
    title: 'portal.home.title',
    nav: (ui) => portalNav(ui, 'home'),
  });
}

/** Told by mail, or on a page of its own; what a limit kept from the person stays unsaid. */
const UNTOLD: readonly string[] = ['accounts.notice_queued', 'oidc.approval_asked'];

/** Events that the pages have words for; others, of later domains, are told in general. */
function wordOf(action: string): string {
  const word = action.replace('.', '_');
  return TOLD.has(action) ? word : 'other';
}

const TOLD: ReadonlySet<string> = new Set<AuditAction>([
  'accounts.account_created',
  'accounts.passkey_added',
  'accounts.passkey_renamed',
  'accounts.passkey_removed',
  'accounts.passkey_removal_asked',
  'accounts.signed_in',
  'accounts.sign_in_refused',
  'accounts.signed_out',
  'accounts.sessions_ended',
  'accounts.recovery_code_made',
  'accounts.recovery_code_refused',
  'accounts.recovery_opened',
  'accounts.recovery_completed',
  'accounts.change_cancelled',
  'accounts.notice_failed',
  'portal.id_frozen',
]);

/** Null at IAL1, which has no number to show. */
function cardOf(standing: Standing, latest: LatestCase | null): HomeModel['card'] {
  const number = standing.number();
  if (number === null || standing.issuedAt === null) return null;
  const person = standing.attributes();
  return {
    number: formatForeignId(number),
    name:
      person.fullNamePrinted ??
      [person.primaryIdentifier, person.secondaryIdentifier].filter(Boolean).join(', '),
    nationality: person.nationality,
    state: standing.idState,
    issuedAt: standing.issuedAt,
    portraitUrl: latest?.step === 'approved' ? '/home/portrait' : null,
  };
}

/** An approved case is told by the ID itself; a withdrawn one is over. */
function caseOf(latest: LatestCase): HomeModel['proofing'] {
  if (latest.step === 'approved' || latest.step === 'withdrawn') return null;
  return {
    href: `/cases/${latest.id}`,
    step: latest.step,
    attention: latest.waitsForApplicant,
  };
}

function stayOf(standing: Standing, app: AccountsApp): HomeModel['stay'] {
  return {
    status: stayAt(standing.stay, app.clock.now()),
    until: standing.stay?.admittedUntil ?? null,
    asOf: standing.stay?.asOf ?? null,
  };
}
