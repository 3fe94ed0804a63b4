import type { AccountId } from '../../lib/ids.ts';

/** A person who signed in, and whom they act for. */
export interface Acting {
  guardianId: AccountId;
  wardId: AccountId;
}

/** Who agreed to share whose claims with a service: their own, or those of `wardId`. */
export interface ConsentParties {
  /** Who agreed. */
  accountId: AccountId;
  serviceId: string;
  /** Whose claims; absent where they are their own. */
  wardId?: AccountId;
}

/** The parties of a consent about a person that a request is about. */
export function partiesOf(
  holder: { accountId: AccountId; actedBy: AccountId | null },
  serviceId: string,
): ConsentParties {
  return holder.actedBy === null
    ? { accountId: holder.accountId, serviceId }
    : { accountId: holder.actedBy, wardId: holder.accountId, serviceId };
}
