import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { AccountId, CaseId } from '../../src/lib/ids.ts';
import type { PersonId, RowId } from '../../src/lib/ids.ts';
import { applyProposal } from '../../src/registry/decide-proposal.ts';
import type { EnrolmentInput } from '../../src/registry/enrol-person.ts';
import { erasePerson } from '../../src/registry/erase-person.ts';
import { documentsOf } from '../../src/registry/person-file.ts';
import type { ProposedChange } from '../../src/registry/proposal.ts';
import { recordStay } from '../../src/registry/record-stay.ts';
import { markDormant, reactivateId, suspendId } from '../../src/registry/transition-id.ts';
import { anna, enrol, enrolmentOf, notYet, officer } from './enrolment.ts';
import { decide, later, merge, propose, unmerge } from './parties.ts';

/**
 * One life, and a second record that meets it: everything that can befall an ID, one act after the other. Each act says what it
 * starts from, so that whoever was killed in the middle of one may do it again: done already, it changes nothing.
 */
export interface Life {
  /** Nine digits of documents; ids that a second process can repeat. */
  serial: number;
  one: Ids;
  other: Ids;
  renewed: Ids;
  returned: Ids;
}
interface Ids {
  caseId: CaseId;
  accountId: AccountId;
}

export function newLife(app: App, serial: number): Life {
  const ids = () => ({ caseId: CaseId.make(app), accountId: AccountId.make(app) });
  return { serial, one: ids(), other: ids(), renewed: ids(), returned: ids() };
}

const passport = (letter: string, { serial }: Life) => ({
  ...anna,
  documentNumber: `${letter}${String(serial).padStart(8, '0')}`,
});
type Who = 'one' | 'other';

export async function personOf(app: App, life: Life, who: Who): Promise<PersonId> {
  const row = await app
    .db('identity_proofs')
    .where({ case_id: life[who].caseId })
    .first('person_id');
  return row.person_id as PersonId;
}

const enrolOne = (app: App, life: Life, who: Who, changes: Partial<EnrolmentInput> = {}) =>
  enrol(
    app,
    enrolmentOf(app, passport(who === 'one' ? 'P' : 'Q', life), { ...life[who], ...changes }),
  );

const lawful = {
  status: 'lawful_until',
  admittedUntil: '2027-11-30',
  basis: 'visa',
  asOf: '2026-11-21T00:00:00.000Z',
  source: 'immigration',
} as const;

const enter = async (app: App, life: Life, who: Who) => {
  const personId = await personOf(app, life, who);
  return transact(app.db, (tx) => recordStay(tx, app, { personId, stay: lawful, actor: officer }));
};

/** Proposed by one officer and approved by another; a second try finds the proposal of the first. */
async function agreed(app: App, change: ProposedChange): Promise<void> {
  const proposed = await propose(app, change);
  const id = proposed.ok ? proposed.id : await openOne(app, change.personId);
  if (id) await decide(app, id);
}

async function openOne(app: App, personId: PersonId): Promise<RowId | null> {
  const row = await app
    .db('registry_proposals')
    .where({ person_id: personId })
    .whereIn('state', ['proposed', 'approved'])
    .first('id');
  return row ? (row.id as RowId) : null;
}

/** What two officers agreed on and 72 hours have passed over. */
async function carryOut(app: App, personId: PersonId): Promise<void> {
  const id = await openOne(app, personId);
  if (id) await applyProposal({ proposalId: id }, later(app, 73));
}

const stateChange = async (
  app: App,
  life: Life,
  change: Pick<ProposedChange & { kind: 'state_change' }, 'to' | 'reason'>,
): Promise<ProposedChange> => ({
  kind: 'state_change',
  personId: await personOf(app, life, 'one'),
  ...change,
});

const leavingDocuments = async (app: App, life: Life): Promise<ProposedChange | null> => {
  const personId = await personOf(app, life, 'one');
  const renewed = passport('R', life).documentNumber;
  const ids = (await documentsOf(app.db, app, personId))
    .filter(({ facts }) => facts.documentNumber === renewed)
    .map(({ id }) => id);
  if (ids.length === 0) return null;
  return { kind: 'split', personId, documentIds: ids, reason: 'two_persons_found' };
};

type Act = (app: App, life: Life) => Promise<unknown>;

/** The acts of a life, in their order. */
export const ACTS: Readonly<Record<string, Act>> = {
  'issuing before arrival': (app, life) =>
    enrolOne(app, life, 'one', { stay: notYet, provisionalUntil: '2027-03-01' }),
  'activating on entry': (app, life) => enter(app, life, 'one'),
  issuing: (app, life) => enrolOne(app, life, 'other'),
  suspending: async (app, life) => {
    const personId = await personOf(app, life, 'one');
    return transact(app.db, (tx) =>
      suspendId(tx, app, { personId, reason: 'suspected_fraud', actor: officer }),
    );
  },
  reviving: async (app, life) => {
    const personId = await personOf(app, life, 'one');
    return transact(app.db, (tx) =>
      reactivateId(tx, app, { personId, reason: 'question_settled', actor: officer }),
    );
  },
  'going dormant': async (app, life) => {
    const personId = await personOf(app, life, 'one');
    return transact(app.db, (tx) => markDormant(tx, app, { personId, actor: officer }));
  },
  'activating a dormant one': (app, life) => enter(app, life, 'one'),
  revoking: async (app, life) =>
    agreed(app, await stateChange(app, life, { to: 'revoked', reason: 'fraud_established' })),
  'restoring on appeal': async (app, life) =>
    agreed(app, await stateChange(app, life, { to: 'active', reason: 'appeal_upheld' })),
  'renewing the passport': async (app, life) => {
    const personId = await personOf(app, life, 'one');
    const [held] = await documentsOf(app.db, app, personId);
    const resolution = {
      kind: 'renewal',
      replaces: held!.id,
      portraits: 'match',
      secondOfficer: null,
    } as const;
    const input = enrolmentOf(app, passport('R', life), {
      caseId: life.renewed.caseId,
      accountId: life.one.accountId,
      resolution,
    });
    return enrol(app, input);
  },
  'agreeing on a merge': async (app, life) =>
    agreed(app, merge(await personOf(app, life, 'one'), await personOf(app, life, 'other'))),
  merging: async (app, life) => carryOut(app, await personOf(app, life, 'one')),
  'agreeing on its undoing': async (app, life) =>
    agreed(app, unmerge(await personOf(app, life, 'one'), await personOf(app, life, 'other'))),
  'undoing the merge': async (app, life) => carryOut(app, await personOf(app, life, 'one')),
  'agreeing on a split': async (app, life) => {
    const change = await leavingDocuments(app, life);
    if (change) await agreed(app, change);
  },
  splitting: async (app, life) => carryOut(app, await personOf(app, life, 'one')),
  erasing: async (app, life) => {
    const personId = await personOf(app, life, 'other');
    return transact(app.db, (tx) =>
      erasePerson(tx, app, { personId, reason: 'holder_asked', actor: officer }),
    );
  },
  'returning after erasure': (app, life) =>
    enrol(app, enrolmentOf(app, passport('Q', life), life.returned)),
};

/** Where a life that was lived to its end leaves the two, and how often each ID changed its state. */
export const END = {
  one: { state: 'active', version: 8 },
  other: { state: 'active', version: 5 },
} as const;
