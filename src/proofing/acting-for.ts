import { findAccount } from '../accounts/find-account.ts';
import { civilDate } from '../assurance/civil-date.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { AccountId, PersonId, RowId } from '../lib/ids.ts';
import { standingOf } from '../registry/standing.ts';
import type { Standing } from '../registry/standing.ts';
import { findGuardianship, hasWardsSql, listGuardianships } from './guardianship-store.ts';
import type { Guardianship, GuardianBasis } from './guardianship-store.ts';

/** Somebody who acts, or is acted for. */
export interface GuardianLink {
  guardianshipId: RowId;
  guardian: { accountId: AccountId; personId: PersonId };
  child: { accountId: AccountId; personId: PersonId };
  basis: GuardianBasis;
  /** The first day on which it no longer holds, `YYYY-MM-DD`. */
  endsOn: string;
}

/** A child that somebody may act for, with what the register knows of it now. */
export interface Ward {
  link: GuardianLink;
  standing: Standing;
}

/**
 * The children that an account may act for now: verified, proven themselves, not of age, not ended. Whether either ID lets
 * its holder sign in is asked elsewhere (assurance/acting-for.ts).
 */
export async function findWards(
  db: Db | Tx,
  app: Pick<App, 'cipher' | 'clock'>,
  guardianAccountId: AccountId,
): Promise<Ward[]> {
  return standingWards(db, app, await listGuardianships(db, { guardianAccountId }));
}

/** As `findWards`, the links alone. */
export async function wardsOf(
  db: Db | Tx,
  app: Pick<App, 'cipher' | 'clock'>,
  guardianAccountId: AccountId,
): Promise<GuardianLink[]> {
  return (await findWards(db, app, guardianAccountId)).map(({ link }) => link);
}

/** Who may act for the holder of this account now; empty for everybody of age. */
export async function guardiansOf(
  db: Db | Tx,
  app: Pick<App, 'cipher' | 'clock'>,
  childAccountId: AccountId,
): Promise<GuardianLink[]> {
  const rows = await listGuardianships(db, { childAccountId });
  return (await standingWards(db, app, rows)).map(({ link }) => link);
}

/** Whether an account may act for another at this moment. Ask at every act, and remember it no longer than that. */
export async function mayActFor(
  db: Db | Tx,
  app: Pick<App, 'clock'>,
  by: { guardianAccountId: AccountId; childAccountId: AccountId },
): Promise<boolean> {
  const [found, child] = await Promise.all([
    findGuardianship(db, by),
    findAccount(db, by.childAccountId),
  ]);
  return found !== null && holdsOn(found, civilDate(app.clock.now())) && child?.state === 'active';
}

/**
 * Whether an account has anybody to act for, as a part of a larger statement: most have nobody, and learn so at no round trip.
 * It may say yes where `findWards` gives none.
 */
export function hasWardsWithin(account: string, at: string): string {
  return hasWardsSql(account, at);
}

async function standingWards(
  db: Db | Tx,
  app: Pick<App, 'cipher' | 'clock'>,
  rows: readonly Guardianship[],
): Promise<Ward[]> {
  const today = civilDate(app.clock.now());
  const wards: Ward[] = [];
  for (const row of rows) {
    if (!holdsOn(row, today)) continue;
    const standing = await standingOf(db, app, row.childAccountId);
    if (!standing) continue;
    wards.push({
      standing,
      link: {
        guardianshipId: row.id,
        guardian: { accountId: row.guardianAccountId, personId: row.guardianPersonId },
        child: { accountId: row.childAccountId, personId: standing.personId },
        basis: row.basis,
        endsOn: row.endsOn,
      },
    });
  }
  return wards;
}

function holdsOn(row: Guardianship, today: string): row is Guardianship & { endsOn: string } {
  return row.verified !== null && row.endedAt === null && row.endsOn !== null && today < row.endsOn;
}
