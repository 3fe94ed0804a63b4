import type { Levels } from '../assurance/acr.ts';
import { personAssurance } from '../assurance/person.ts';
import type { PersonAssurance } from '../assurance/person.ts';
import type { HeldFacts } from '../assurance/sign-in-decision.ts';
import { releasesNumber } from '../assurance/sign-in-policy.ts';
import type { App } from '../lib/app.ts';
import type { AccountId } from '../lib/ids.ts';
import type { PersonAttributes } from '../registry/person.ts';
import { standingOf } from '../registry/standing.ts';
import type { Standing } from '../registry/standing.ts';
import type { Service } from '../agencies/service.ts';
import type { ClaimFacts } from './claims.ts';
import { knownDocuments } from './known-documents.ts';
import { requestStoreOf } from './store/request-store.ts';
import type { RequestStore } from './store/request-store.ts';

/** The holder of an account as the registers know them now. */
export interface Holder {
  accountId: AccountId;
  /** Null where the account has no person yet. */
  standing: Standing | null;
  assurance: PersonAssurance;
}

/** Reads the holder, in one query. Never remembered past a request: a suspension shows at the next token. */
export async function readHolder(app: App, accountId: AccountId): Promise<Holder> {
  return toHolder(app, accountId, await standingOf(app.db, app, accountId));
}

/** As `readHolder`, once a request; no query where the request read the holder along with its token or session. */
export function holderOf(ctx: object, app: App, accountId: AccountId): Promise<Holder> {
  const store = requestStoreOf(ctx);
  if (!store) return readHolder(app, accountId);
  const holder = store.holders.get(accountId) ?? readAlong(store, app, accountId);
  store.holders.set(accountId, holder);
  return holder;
}

async function readAlong(store: RequestStore, app: App, accountId: AccountId): Promise<Holder> {
  const standing = await store.reads.standing(accountId);
  return standing === undefined ? readHolder(app, accountId) : toHolder(app, accountId, standing);
}

function toHolder(app: App, accountId: AccountId, standing: Standing | null): Holder {
  return { accountId, standing, assurance: personAssurance(standing, app.clock.now()) };
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
