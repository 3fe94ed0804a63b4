import type { Aal, Ial } from './acr.ts';

/** The states of a foreign-national ID (DESIGN section 4); `none` is a person or account without one. */
export const ID_STATES = [
  'none',
  'reserved',
  'provisional',
  'active',
  'dormant',
  'suspended',
  'revoked',
  'naturalised',
  'deceased',
  'superseded',
] as const;
export type IdState = (typeof ID_STATES)[number];

/** One row: what a holder in this ID state may do at a relying agency. */
export interface SignInPolicy {
  maySignIn: boolean;
  /** The ceiling on the IAL, whatever the evidence says. */
  highestIal: Ial;
  /** Who may be given the number, where the person granted it. */
  numberReleased: 'no' | 'pre_arrival_services' | 'yes';
  /** Why, in one line: printed in docs/assurance.md. */
  because: string;
}

const nothing = { maySignIn: false, highestIal: 0, numberReleased: 'no' } as const;

/** The one table: ID state × may sign in × highest IAL × number released. */
export const SIGN_IN_POLICY: Readonly<Record<IdState, SignInPolicy>> = {
  none: {
    maySignIn: true,
    highestIal: 1,
    numberReleased: 'no',
    because: 'an account may sign in before its holder has an ID; IAL2 and above always bind one',
  },
  reserved: {
    maySignIn: true,
    highestIal: 1,
    numberReleased: 'no',
    because: 'a number was set aside and is not bound yet',
  },
  provisional: {
    maySignIn: true,
    highestIal: 2,
    numberReleased: 'pre_arrival_services',
    because: 'issued before arrival; the counter proof of IAL3 takes place after it',
  },
  active: { maySignIn: true, highestIal: 3, numberReleased: 'yes', because: 'the ordinary state' },
  dormant: {
    maySignIn: true,
    highestIal: 3,
    numberReleased: 'yes',
    because: 'twelve months abroad without a sign-in; signing in stays possible',
  },
  suspended: { ...nothing, because: 'held until a question is settled; no token leaves' },
  revoked: { ...nothing, because: 'taken away by decision; an appeal may restore it' },
  naturalised: { ...nothing, because: 'a citizen now: services use the Thai identity' },
  deceased: { ...nothing, because: 'the holder has died' },
  superseded: { ...nothing, because: "merged into another ID: the survivor's account signs in" },
};

/** The row of `idState`: runs before any other sign-in check, and shows a page where it refuses. */
export function signInPolicy(idState: IdState): SignInPolicy {
  return SIGN_IN_POLICY[idState];
}

/** Whether the number may go to a service that the person granted it to. */
export function releasesNumber(idState: IdState, service: { preArrival: boolean }): boolean {
  const { numberReleased } = signInPolicy(idState);
  return (
    numberReleased === 'yes' || (numberReleased === 'pre_arrival_services' && service.preArrival)
  );
}

/** The IAL that counts: what the evidence carries, under the ceiling of the ID's state. */
export function cappedIal(ial: Ial, idState: IdState): Ial {
  return Math.min(ial, signInPolicy(idState).highestIal) as Ial;
}

/** Below AAL2 no personal claim leaves, whatever was granted. */
export function releasesPersonalClaims(aal: Aal): boolean {
  return aal >= 2;
}
