import type { App } from '../lib/app.ts';
import { Fault } from '../lib/fault.ts';
import type { AccountId } from '../lib/ids.ts';
import type { Context, Guard } from '../web/context.ts';
import { requireSession, sessionOf } from '../web/guards.ts';
import { findActiveOfficer } from './officer-store.ts';
import type { OfficerRole } from './officer-store.ts';

export type { OfficerRole } from './officer-store.ts';

/** The officer behind a request, as the database has them right now. */
export interface Officer {
  id: AccountId;
  roles: readonly OfficerRole[];
}

const officers = new WeakMap<Context, Officer>();

/**
 * A signed-in officer, with one of `roles` where any are named. Roles are read at every request: what was
 * taken away is gone at once. A page without a session leads to the console's sign-in.
 */
export function officer(...roles: OfficerRole[]): Guard<App> {
  return {
    name: roles.length > 0 ? `officer:${roles.join('|')}` : 'officer',
    csrf: 'token',
    check: async (ctx, app) => {
      if (requireSession(ctx, 'officer', '/console/sign-in') === 'answered') return 'answered';
      const session = sessionOf(ctx, 'officer');
      const found = await findActiveOfficer(app.db, session.accountId);
      // AAL2 at least (DESIGN section 8).
      if (!found || session.aal < 2) throw new Fault('not_allowed');
      if (roles.length > 0 && !roles.some((role) => found.roles.includes(role)))
        throw new Fault('not_allowed');
      officers.set(ctx, { id: session.accountId, roles: found.roles });
    },
  };
}

/** The officer that the guard of this route has established. */
export function officerOf(ctx: Context): Officer {
  const found = officers.get(ctx);
  if (!found) throw new Error('This route is not guarded by officer().');
  return found;
}
