import { actingAssurance, actingRefusal } from '../assurance/acting-for.ts';
import type { ActingRefusal } from '../assurance/acting-for.ts';
import type { Levels } from '../assurance/acr.ts';
import { personAssurance } from '../assurance/person.ts';
import type { PersonAssurance } from '../assurance/person.ts';
import type { HeldFacts } from '../assurance/sign-in-decision.ts';
import { releasesNumber } from '../assurance/sign-in-policy.ts';
import type { App } from '../lib/app.ts';
import type { AccountId } from '../lib/ids.ts';
import { mayActFor } from '../proofing/acting-for.ts';
import type { PersonAttributes } from '../registry/person.ts';
import { standingOf } from '../registry/standing.ts';
import type { Standing } from '../registry/standing.ts';
import type { Service } from '../agencies/service.ts';
import type { Acting } from './acting/parties.ts';
import type { ClaimFacts } from './claims.ts';
import { knownDocuments } from './known-documents.ts';
import { requestStoreOf } from './store/request-store.ts';
import type { RequestStore } from './store/request-store.ts';

/** The holder of an account as the registers know them now. */
export interface Holder {
  accountId: AccountId;
  /** Null where the account has no person yet. */
  standing: Standing | null;
  /** Of this holder; where somebody acts for them, under the rules of that too. */
  assurance: PersonAssurance;
  /** Their guardian, where one signed in for them. */
  actedBy: AccountId | null;
  /** Why the guardian may not act for them now. */
  actingRefusal: ActingRefusal | null;
}

/** Reads the holder, in one query. Never remembered past a request: a suspension shows at the next token. */
export async function readHolder(app: App, accountId: AccountId): Promise<Holder> {
  return toHolder(app, accountId, await standingOf(app.db, app, accountId));
}

/**
 * The person that this request is about: the account's holder, or the ward for whom they act in it (`reads.acting`). Read once
 * a request; with no query where the request read the holder along with its token or session.
 */
export function holderOf(ctx: object, app: App, accountId: AccountId): Promise<Holder> {
  const store = requestStoreOf(ctx);
  if (!store) return readHolder(app, accountId);
  const { acting } = store.reads;
  return acting?.guardianId === accountId
    ? wardOf(store, app, acting)
    : ownHolderOf(store, app, accountId);
}

function ownHolderOf(store: RequestStore, app: App, accountId: AccountId): Promise<Holder> {
  const holder = store.holders.get(accountId) ?? readAlong(store, app, accountId);
  store.holders.set(accountId, holder);
  return holder;
}

async function readAlong(store: RequestStore, app: App, accountId: AccountId): Promise<Holder> {
  const standing = await store.reads.standing(accountId);
  return standing === undefined ? readHolder(app, accountId) : toHolder(app, accountId, standing);
}

function wardOf(store: RequestStore, app: App, acting: Acting): Promise<Holder> {
  const name = `${acting.guardianId} ${acting.wardId}`;
  const ward = store.wards.get(name) ?? readWard(store, app, acting);
  store.wards.set(name, ward);
  return ward;
}

/** The ward, with both people and what links them as they are at this moment. */
async function readWard(store: RequestStore, app: App, acting: Acting): Promise<Holder> {
  const { guardianId, wardId } = acting;
  const [guardian, ward, inForce] = await Promise.all([
    ownHolderOf(store, app, guardianId),
    ownHolderOf(store, app, wardId),
    mayActFor(app.db, app, { guardianAccountId: guardianId, childAccountId: wardId }),
  ]);
  const facts = {
    // Who was erased, or lost their record to somebody else, is nobody to act for.
    inForce: inForce && ward.standing !== null,
    guardian: guardian.assurance,
    ward: ward.assurance,
  };
  return {
    ...ward,
    assurance: actingAssurance(facts),
    actedBy: guardianId,
    actingRefusal: actingRefusal(facts),
  };
}

function toHolder(app: App, accountId: AccountId, standing: Standing | null): Holder {
  const assurance = personAssurance(standing, app.clock.now());
  return { accountId, standing, assurance, actedBy: null, actingRefusal: null };
}

/** What is held of levels and stay, at this AAL. */
export function heldFacts(holder: Holder, aal: Levels['aal']): HeldFacts {
  const { ial, identity, stay } = holder.assurance;
  return { levels: { ial, aal }, identity, stay };
}

/** What this service could be told of the holder. */
export function claimFacts(holder: Holder, service: Service): ClaimFacts {
  const { standing, assurance } = holder;
  const releases = standing !== null && releasesNumber(standing.idState, service);
  let attributes: PersonAttributes | null = null;
  return {
    // Opened once, however many claims are made from it.
    attributes: () => (attributes ??= standing?.attributes() ?? null),
    number: () => (releases ? standing.number() : null),
    documents: () => knownDocuments(standing),
    stay: standing?.stay ?? null,
    assurance,
  };
}
