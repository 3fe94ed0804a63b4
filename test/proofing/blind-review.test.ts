import { beforeAll, describe, expect, it } from 'vitest';
import { inviteOfficer } from '../../src/accounts/invite-officer.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { drawPortrait } from '../../src/dev/passport-maker/draw-portrait.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import { loadOrMakeSandboxPki } from '../../src/dev/passport-maker/sandbox-pki-file.ts';
import { trustSandboxPki } from '../../src/dev/passport-maker/trust-sandbox-pki.ts';
import { transact } from '../../src/lib/database.ts';
import { CaseId, OfficerId } from '../../src/lib/ids.ts';
import type { RowId } from '../../src/lib/ids.ts';
import { assignByChance } from '../../src/proofing/assign-case.ts';
import {
  disagreements,
  readCaseForReview,
  recordReview,
  reviewsFor,
} from '../../src/proofing/blind-review.ts';
import type { ProofingCase } from '../../src/proofing/case-state.ts';
import { findCase } from '../../src/proofing/case-store.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import type { DecisionInput } from '../../src/proofing/decide-case.ts';
import { plantCase, plantedResults } from '../../src/proofing/planted-cases.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { countOf } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import { caseInReview } from './case-in-review.ts';
import { asksNobody } from './register-of-nobody.ts';
import { openCase } from './scene.ts';

let server: TestServer;
let app: TestServer['app'];
let portrait: Buffer;
const officers: OfficerId[] = [];
beforeAll(async () => {
  server = await startTestServer();
  app = asksNobody(server.app);
  portrait = await drawPortrait(demoPeople.anna.look);
  await transact(app.db, async (tx) => {
    await trustSandboxPki(tx, app, loadOrMakeSandboxPki(app.config.KEYS_DIR, app));
    for (const name of ['Malee', 'Prasert', 'Somchai']) {
      const { accountId } = await inviteOfficer(tx, app, { name, roles: ['officer'] });
      officers.push(OfficerId.parse(accountId)!);
    }
    await inviteOfficer(tx, app, { name: 'Client manager', roles: ['client_manager'] });
  });
});

let people = 0;
async function waiting(): Promise<ProofingCase> {
  people += 1;
  const letter = String.fromCharCode(64 + people);
  const person = {
    ...demoPeople.anna,
    primaryIdentifier: `REVIEWED${letter}`,
    printedPrimary: `Reviewed${letter}`,
    dateOfBirth: `19${60 + people}-02-03`,
  };
  const documentNumber = `R${String(people).padStart(8, '0')}`;
  const pki = loadOrMakeSandboxPki(app.config.KEYS_DIR, app);
  const now = app.clock.now();
  const passport = await makePassport(pki, { person, now, documentNumber, portrait });
  return caseInReview(app, { passport, picture: portrait });
}

/** Chance that always draws: the first of every list, and every decision for a second look. */
const drawing = () => ({ ...app, random: { ...app.random, integer: () => 0 } });

const decide = (proofing: ProofingCase, given: Partial<DecisionInput> = {}, by = app) =>
  decideCase(by, {
    caseId: proofing.id,
    officerId: officers[0]!,
    expectedVersion: proofing.version,
    decision: 'approve',
    reasonCode: 'face_matches',
    note: 'Ears and chin agree.',
    ...given,
  });

/** A number of its own each time, though chance always draws the same. */
let numbers = 4_000_000_000;
const drawingNumbers = () => ({
  ...app,
  random: { ...app.random, integer: (max: number) => (max > 1_000 ? (numbers += 1) : 0) },
});

const review = (reviewId: RowId, officerId: OfficerId, reason: DecisionInput['reasonCode']) =>
  transact(app.db, (tx) => recordReview(tx, app, { reviewId, officerId, reason }));

describe('a blind second look', () => {
  it('is drawn with the decision, is nobody’s who decided, and does not tell what was decided', async () => {
    const proofing = await waiting();
    await decide(proofing, {}, drawingNumbers());
    expect(await reviewsFor(app.db, officers[0]!)).toEqual([]);
    const [open] = await reviewsFor(app.db, officers[1]!);
    expect(open).toMatchObject({ caseId: proofing.id });
    const asked = { reviewId: open!.id, officerId: officers[1]! };
    const view = (await readCaseForReview(app.db, app, asked))!;
    expect(view).toMatchObject({
      decisions: [],
      hasLivePortrait: true,
      proofing: { state: { step: 'review' }, officerId: null },
    });
    expect(view.document?.documentNumber).toMatch(/^R0/);
    expect(JSON.stringify(view)).not.toMatch(/approved|Ears and chin|personId/);
    // Who decided sees it as the case that it is, never as a review.
    const self = { reviewId: open!.id, officerId: officers[0]! };
    expect(await readCaseForReview(app.db, app, self)).toBeNull();
    expect(await review(open!.id, officers[0]!, 'face_matches')).toEqual({
      ok: false,
      reason: 'not_theirs',
    });
    expect(await review(open!.id, officers[1]!, 'face_matches')).toEqual({
      ok: true,
      finding: 'agrees',
    });
  });

  it('that comes to another decision is on record and on the trail, and changes no case', async () => {
    const proofing = await waiting();
    await decide(proofing, {}, drawingNumbers());
    const [open] = await reviewsFor(app.db, officers[2]!);
    const results = await Promise.all(
      officers.slice(1).map((officer) => review(open!.id, officer, 'face_differs')),
    );
    expect(results.filter(({ ok }) => ok)).toEqual([{ ok: true, finding: 'differs' }]);
    expect(await disagreements(app.db)).toMatchObject([
      { caseId: proofing.id, decidedBy: officers[0], decided: 'approve', reason: 'face_differs' },
    ]);
    const trail = await app
      .db('audit_events')
      .where({ action: 'proofing.case_reviewed', subject_id: proofing.id })
      .select('actor_kind', 'details');
    expect(trail).toHaveLength(1);
    expect(trail[0].details).toContain('"finding":"differs"');
    expect((await findCase(app.db, proofing.id))!.state.step).toBe('approved');
    expect(await reviewsFor(app.db, officers[1]!)).toEqual([]);
  });

  it('is not drawn of what is not final', async () => {
    const proofing = await waiting();
    const again = { decision: 'ask_again', reasonCode: 'portrait_unclear' } as const;
    expect(await decide(proofing, again, drawing())).toMatchObject({ outcome: 'asked_again' });
    expect(await reviewsFor(app.db, officers[1]!)).toEqual([]);
  });
});

/** What an approval would add to. */
const bound = () =>
  Promise.all(
    ['persons', 'foreign_ids', 'messages', 'status_events', 'case_reviews'].map((table) =>
      countOf(app, table),
    ),
  );

describe('a planted case', () => {
  const plant = (proofing: Pick<ProofingCase, 'id'>, expected: 'approve' | 'refuse' = 'refuse') =>
    transact(app.db, (tx) =>
      plantCase(tx, app, { caseId: proofing.id, expected, plantedBy: officers[2]! }),
    );

  it.each([
    ['approve', 'face_matches', false],
    ['refuse', 'face_differs', true],
    ['ask_again', 'portrait_unclear', false],
  ] as const)('ends by %s and never issues', async (decision, reasonCode, right) => {
    const proofing = await waiting();
    expect(await plant(proofing)).toEqual({ ok: true });
    const before = await bound();
    const ended = await decide(proofing, { decision, reasonCode }, drawing());
    expect(ended).toEqual({ ok: true, outcome: 'planted' });
    expect(await bound()).toEqual(before);
    expect((await plantedResults(app.db))[0]).toMatchObject({
      caseId: proofing.id,
      officerId: officers[0],
      expected: 'refuse',
      decided: decision,
      right,
    });
    // Once: the case is over.
    const { version } = (await findCase(app.db, proofing.id))!;
    expect(await decide({ ...proofing, version })).toMatchObject({ reason: 'not_decidable' });
  });

  it('is not decided by whoever planted it, nor made of a decided one or planted twice', async () => {
    const proofing = await waiting();
    await plant(proofing, 'approve');
    expect(await plant(proofing)).toEqual({ ok: false, reason: 'too_late' });
    expect(await decide(proofing, { officerId: officers[2]! })).toEqual({
      ok: false,
      reason: 'own_case',
    });
    const other = await waiting();
    await decide(other);
    expect(await plant(other)).toEqual({ ok: false, reason: 'too_late' });
    expect(await plant({ id: CaseId.make(app) })).toEqual({ ok: false, reason: 'not_found' });
  });

  it('is never made of the case of somebody who waits for it', async () => {
    const person = await signUp(server, { email: 'waits@example.org' });
    const id = await openCase(person);
    expect(await plant({ id })).toEqual({ ok: false, reason: 'real_applicant' });
  });
});

describe('an officer drawn by chance', () => {
  it('is any but who asks, who decided before, and whose own case it is', async () => {
    const proofing = await waiting();
    const asked = {
      caseId: proofing.id,
      officerId: officers[0]!,
      expectedVersion: proofing.version,
    };
    expect(await assignByChance(app, { ...asked, expectedVersion: 0 })).toMatchObject({
      reason: 'stale_version',
    });
    const drawn = new Set<string>();
    let { version } = proofing;
    for (let draws = 0; draws < 24; draws += 1) {
      const result = await assignByChance(app, { ...asked, expectedVersion: version });
      if (!result.ok) throw new Error(result.reason);
      ({ version } = result);
      drawn.add((await findCase(app.db, proofing.id))!.officerId!);
    }
    // Twenty-four draws of two: both, but once in eight millions.
    expect(drawn).toEqual(new Set(officers.slice(1)));
    await app.db('officer_roles').whereIn('account_id', officers.slice(1)).delete();
    expect(await assignByChance(app, { ...asked, expectedVersion: version })).toEqual({
      ok: false,
      reason: 'nobody',
    });
  });
});
