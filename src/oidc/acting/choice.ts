import type { KoaContextWithOIDC } from 'oidc-provider';
import { z } from 'zod';
import type { Service } from '../../agencies/service.ts';
import { actingRefusal } from '../../assurance/acting-for.ts';
import { personAssurance } from '../../assurance/person.ts';
import type { App } from '../../lib/app.ts';
import { AccountId } from '../../lib/ids.ts';
import { findWards } from '../../proofing/acting-for.ts';
import type { Ward } from '../../proofing/acting-for.ts';
import { readHolder } from '../holder.ts';
import { namedSubject } from '../named-subject.ts';
import { serviceOf } from '../services.ts';
import { requestStoreOf } from '../store/request-store.ts';
import { accountOfSubject } from '../subject-aliases.ts';

/** For whom somebody signs in: a ward, themselves (null), or not known yet. */
export type Choice = { made: true; wardId: AccountId | null } | { made: false };

const SELF: Choice = { made: true, wardId: null };

/** What the page that asks hands to the library, which keeps it until the sign-in is through. */
const answered = z.looseObject({
  subject: z.looseObject({ by: z.string(), ward: z.string().nullable() }),
});

/** As the page's answer: who chose, and whom. */
export function chosen(by: AccountId, wardId: AccountId | null) {
  return { subject: { by, ward: wardId } };
}

/** What was chosen in this sign-in by this very account; undefined where nothing was. */
export function choiceIn(result: unknown, by: AccountId): Choice | undefined {
  const read = answered.safeParse(result);
  if (!read.success || read.data.subject.by !== by) return undefined;
  const { ward } = read.data.subject;
  if (ward === null) return SELF;
  const wardId = AccountId.parse(ward);
  return wardId ? { made: true, wardId } : undefined;
}

const choices = new WeakMap<object, Promise<Choice>>();

/**
 * For whom the person of an authorization request signs in, found once, and told to all that reads of this request
 * (`reads.acting`). Nothing is asked of the database where the service takes no guardians, or its user has no wards.
 */
export function choiceOf(app: App, ctx: KoaContextWithOIDC, accountId: AccountId): Promise<Choice> {
  const known = choices.get(ctx);
  if (known) return known;
  const found = findChoice(app, ctx, accountId).then((choice) => {
    const wardId = choice.made ? choice.wardId : null;
    requestStoreOf(ctx)?.reads.actFor(wardId === null ? null : { guardianId: accountId, wardId });
    return choice;
  });
  choices.set(ctx, found);
  return found;
}

async function findChoice(
  app: App,
  ctx: KoaContextWithOIDC,
  accountId: AccountId,
): Promise<Choice> {
  const service = serviceOf(ctx.oidc.client);
  if (!service.representation) return SELF;
  const made = choiceIn(ctx.oidc.result, accountId);
  if (made) return made;
  if ((await requestStoreOf(ctx)?.reads.hasWards(accountId)) === false) return SELF;
  const wards = await wardsToChoose(app, accountId);
  if (wards.length === 0) return SELF;
  const named = await namedIn(app, {
    service,
    parameters: ctx.oidc.params ?? {},
    accountId,
    wards,
  });
  if (named) return named;
  // No page may be shown: it stays as it was in this browser.
  if (ctx.oidc.promptPending('none')) return before(ctx);
  return { made: false };
}

/** The same on a page of ours in the midst of a sign-in: what it shows and records is about the person who was chosen. */
export async function recallChoice(
  app: App,
  ctx: object,
  interaction: {
    service: Service;
    parameters: Record<string, unknown>;
    lastSubmission: unknown;
    accountId: AccountId;
  },
): Promise<void> {
  const { service, parameters, lastSubmission, accountId } = interaction;
  const named = async () =>
    namedIn(app, { service, parameters, accountId, wards: await wardsToChoose(app, accountId) });
  const choice = choiceIn(lastSubmission, accountId) ?? (await named());
  if (!choice?.made || choice.wardId === null) return;
  const { reads } = requestStoreOf(ctx)!;
  reads.actFor({ guardianId: accountId, wardId: choice.wardId });
}

/** Those for whom this person could sign in now. */
export async function wardsToChoose(app: App, guardianId: AccountId): Promise<Ward[]> {
  const wards = await findWards(app.db, app, guardianId);
  if (wards.length === 0) return [];
  const { assurance: guardian } = await readHolder(app, guardianId);
  const now = app.clock.now();
  return wards.filter(({ standing }) => {
    const ward = personAssurance(standing, now);
    return actingRefusal({ inForce: true, guardian, ward }) === null;
  });
}

/** Whom the service names: the answer would be about that person or none, so there is nothing to ask. */
export async function namedIn(
  app: App,
  given: {
    service: Service;
    parameters: Record<string, unknown>;
    accountId: AccountId;
    wards: readonly Ward[];
  },
): Promise<Choice | null> {
  const { service, parameters, accountId, wards } = given;
  const sub = namedSubject(parameters);
  if (sub === null) return null;
  const named = await accountOfSubject(app.db, { agencyId: service.agency.id, sub });
  const isWard = wards.some(({ link }) => link.child.accountId === named);
  // Whoever is named otherwise is compared with the account as ever.
  return isWard ? { made: true, wardId: named } : named === accountId ? SELF : null;
}

async function before(ctx: KoaContextWithOIDC): Promise<Choice> {
  const { session, client } = ctx.oidc;
  const grantId = client && session?.grantIdFor(client.clientId);
  const wardId = grantId ? await requestStoreOf(ctx)?.reads.wardOfGrant(grantId) : undefined;
  return wardId === undefined ? { made: false } : { made: true, wardId };
}
