import { beforeAll, describe, expect, it } from 'vitest';
import { paintCorner } from '../../src/dev/sandbox-matcher/magic-corner.ts';
import type { Magic } from '../../src/dev/sandbox-matcher/magic-corner.ts';
import type { DemoPersonKey } from '../../src/dev/demo-people.ts';
import { OfficerId } from '../../src/lib/ids.ts';
import { onFile } from '../../src/proofing/case.ts';
import { compareFaces } from '../../src/proofing/compare-faces.ts';
import { connectMatcher } from '../../src/proofing/connect-matcher.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import { readEvidence } from '../../src/proofing/evidence.ts';
import { listChecks } from '../../src/proofing/examination-store.ts';
import { judgeFaces } from '../../src/proofing/judge-faces.ts';
import type { FaceStatement } from '../../src/proofing/matcher-port.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { signUpOfficer } from '../walk.ts';
import { readChip } from './phone.ts';
import {
  caseOf,
  livePicture,
  passportOf,
  startCase,
  startScene,
  takePortrait,
  waitForStep,
} from './scene.ts';
import type { Applicant, Scene } from './scene.ts';

// A face is the one thing that a stolen passport lacks. What a matcher says counts only where it is signed, about these very
// pictures, by a version that was approved, and above our own thresholds; without that, nothing is approved by itself, and
// what it refuses nobody approves from afar.

let scene: Scene;
let officerId: OfficerId;

beforeAll(async () => {
  scene = await startScene({ MATCHER_URL: '' });
  // The same connection with less patience: a matcher that never answers must not hold the tests up.
  const matcher = await connectMatcher(scene.app, { attemptTimeoutMs: 1500, maxAttempts: 1 });
  Object.assign(scene.app, { matcher });
  const officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
  officerId = OfficerId.parse(officer.accountId)!;
});

let numbers = 0;

/** Somebody whose chip was read, and who has sent this picture. */
async function afterPicture(
  bytes: Buffer,
  given: { documentNumber?: string; person?: DemoPersonKey } = {},
): Promise<Applicant> {
  numbers += 1;
  const documentNumber = given.documentNumber ?? `M${String(numbers).padStart(8, '0')}`;
  const person = await startCase(scene);
  await readChip(scene, person, await passportOf(scene, { ...given, documentNumber }));
  const { status } = await takePortrait(person, bytes);
  expect(status).toBe(303);
  return person;
}

async function pictureChecks({ caseId }: Applicant) {
  const examinationId = onFile((await caseOf(scene, caseId)).state).portrait!.examinationId;
  const checks = await listChecks(scene.app.db, examinationId);
  return Object.fromEntries(checks.map(({ name, outcome, reason }) => [name, { outcome, reason }]));
}

/** Until the matcher's word, or that there is none, is on record. */
async function compared(person: Applicant) {
  for (let tries = 0; tries < 200; tries += 1) {
    const checks = await pictureChecks(person);
    if (checks.face_match?.reason !== 'matcher_waiting') return checks;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('The faces stay uncompared.');
}

async function approve(person: Applicant) {
  const { version } = await waitForStep(
    scene,
    person.caseId,
    ({ state }) => state.step === 'review',
  );
  return decideCase(scene.app, {
    caseId: person.caseId,
    officerId,
    expectedVersion: version,
    decision: 'approve',
    reasonCode: 'face_matches',
    note: null,
  });
}

const magic = async (name: Magic) => paintCorner(await livePicture(), name);

describe('a live picture of the passport’s holder', () => {
  it('matches; score, threshold and version are on record, and the policy approves by them', async () => {
    const person = await afterPicture(await livePicture(), { documentNumber: 'L898902C3' });
    const approved = await waitForStep(
      scene,
      person.caseId,
      ({ state }) => state.step === 'approved',
    );
    const checks = await pictureChecks(person);
    expect(checks.face_match).toMatchObject({ outcome: 'passed' });
    expect(checks.face_match!.reason).toMatch(/^0\.9\d* \(same from 0\.8\) sandbox\/1$/);
    expect(checks.attack_detection).toMatchObject({ outcome: 'passed' });
    const examinationId = onFile(approved.state).portrait!.examinationId;
    const kept = await readEvidence(scene.app.db, scene.app, { proofing: approved, examinationId });
    expect(JSON.parse(kept.get('face_comparison')!.toString('utf8'))).toMatchObject({
      kind: 'compared',
      terms: { similarityMin: 0.8, attackMin: 0.5 },
      matcher: { name: 'sandbox', version: '1' },
    });
    const standing = await standingOf(scene.app.db, scene.app, approved.accountId);
    expect(standing?.proofs[0]).toMatchObject({
      pathway: 'remote_matcher',
      matcher: 'match',
      attackDetection: 'passed',
      capture: 'capture_page',
    });
  });
});

it('approves nobody by itself whose visa is cancelled between the check and the issue', async () => {
  await scene.register.remember('CANCEL001', {});
  const { caseId } = await afterPicture(await livePicture(), { documentNumber: 'CANCEL001' });
  const left = async () => {
    const rows = await scene.app
      .db('audit_events')
      .where({ action: 'proofing.policy_left_case', subject_id: caseId })
      .select('details');
    return rows.some(({ details }) => JSON.stringify(details).includes('blocked'));
  };
  for (let tries = 0; tries < 400 && !(await left()); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 25));
  expect(await left()).toBe(true);
  const rechecks = scene.app.db('register_rechecks').where({ case_id: caseId });
  expect(await rechecks.orderBy('asked_at').select('outcome')).toEqual([
    { outcome: 'changed' },
    { outcome: 'stands' },
  ]);
  expect((await caseOf(scene, caseId)).state).toMatchObject({ step: 'review', hold: null });
  const issued = await scene.app.db('foreign_ids').where({ issue_key: caseId }).select('id');
  expect(issued).toEqual([]);
});

describe('no officer overrules from afar', () => {
  it('that the faces are two', async () => {
    const person = await afterPicture(await livePicture('tomas'));
    expect((await compared(person)).face_match).toMatchObject({ outcome: 'failed' });
    expect(await approve(person)).toMatchObject({
      ok: false,
      reason: 'not_decidable',
      blockers: ['faces_differ'],
    });
  });

  it('that the picture is of a picture', async () => {
    const person = await afterPicture(await magic('attack'));
    expect(await compared(person)).toMatchObject({
      attack_detection: { outcome: 'failed' },
      face_match: { outcome: 'passed' },
    });
    expect(await approve(person)).toMatchObject({ ok: false, blockers: ['attack_detected'] });
  });
});

describe('what is no word of an approved matcher', () => {
  it.each([
    ['garbage', 'matcher_unavailable.malformed', 'mai'],
    ['wrong_signature', 'matcher_unavailable.signature', 'sukarno'],
    ['timeout', 'matcher_unavailable.timeout', 'tomas'],
  ] as const)('leaves the case to officers: %s', async (name, reason, holder) => {
    const person = await afterPicture(await magic(name), { person: holder });
    expect(await approve(person)).toMatchObject({ ok: false, blockers: ['faces_being_compared'] });
    // The last of its tries, which are minutes apart.
    const { portrait } = onFile((await caseOf(scene, person.caseId)).state);
    const { examinationId } = portrait!;
    await compareFaces({ caseId: person.caseId, examinationId, tries: 5 }, scene.app);
    await compareFaces({ caseId: person.caseId, examinationId, tries: 5 }, scene.app);
    const checks = await pictureChecks(person);
    expect(checks.face_match).toEqual({ outcome: 'unknown', reason });
    expect(checks.attack_detection!.outcome).toBe('unknown');
    expect((await caseOf(scene, person.caseId)).state.step).toBe('review');
    expect(await approve(person)).toMatchObject({ ok: true, outcome: 'approved' });
    const { accountId } = await caseOf(scene, person.caseId);
    const standing = await standingOf(scene.app.db, scene.app, accountId);
    expect(standing?.proofs[0]).toMatchObject({ pathway: 'remote_officer', matcher: 'not_run' });
  });

  it('says no face, or several: an officer looks', async () => {
    for (const name of ['no_face', 'several_faces'] as const) {
      const person = await afterPicture(await magic(name));
      expect(await compared(person)).toMatchObject({
        face_present: { outcome: 'failed', reason: `live.${name} sandbox/1` },
        face_match: { outcome: 'unknown' },
      });
    }
  });

  it('comes from a version that nobody approved', async () => {
    const person = await afterPicture(await magic('other_version'));
    expect((await compared(person)).face_match).toEqual({
      outcome: 'unknown',
      reason: 'matcher_not_approved sandbox/0-test',
    });
  });
});

it('compares a picture from a file too, and leaves it to an officer whatever comes of it', async () => {
  const person = await startCase(scene);
  await readChip(scene, person, await passportOf(scene, { documentNumber: 'MUPLOAD01' }));
  await person.walker.get(`/cases/${person.caseId}/portrait`);
  await person.walker.postFiles(`/cases/${person.caseId}/portraits`, {
    picture: { name: 'me.jpg', type: 'image/jpeg', bytes: await livePicture() },
  });
  expect((await compared(person)).face_match).toMatchObject({ outcome: 'passed' });
  const { db } = scene.app;
  for (let tries = 0; tries < 200; tries += 1) {
    const row = await db('cases').where({ id: person.caseId }).first('review_reasons');
    if (row.review_reasons) return expect(row.review_reasons).toContain('picture_uploaded');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('The policy has not looked at the case.');
});

describe('the thresholds', () => {
  const terms = { similarityMin: 0.8, attackMin: 0.5, approved: ['acme/2'] };
  const matcher = { name: 'acme', version: '2' };
  const outcomes = (word: FaceStatement) =>
    judgeFaces(word, terms, 'chip').map(({ name, outcome }) => `${name} ${outcome}`);

  it.each([
    [0.8, 0.49, 'passed', 'passed'],
    [0.799, 0.1, 'passed', 'failed'],
    [1, 0.5, 'failed', 'passed'],
    [0, 1, 'failed', 'failed'],
  ])(
    'similarity %d, attack %d: attack detection %s, face %s',
    (similarity, attack, living, face) => {
      expect(outcomes({ kind: 'compared', similarity, attack, matcher })).toEqual([
        'face_present passed',
        `attack_detection ${living}`,
        `face_match ${face}`,
      ]);
    },
  );

  it('make a printed face that differs a warning, and an attack a refusal still', () => {
    const word = { kind: 'compared', similarity: 0.2, attack: 0.9, matcher } as const;
    expect(judgeFaces(word, terms, 'printed').map(({ name, outcome }) => [name, outcome])).toEqual([
      ['face_present', 'passed'],
      ['attack_detection', 'failed'],
      ['face_match_printed', 'warned'],
    ]);
  });

  it('are never met by a chip’s picture without a face', () => {
    const word = { kind: 'not_compared', reason: 'no_face', picture: 'document', matcher } as const;
    expect(new Set(outcomes(word).map((told) => told.split(' ')[1]))).toEqual(new Set(['unknown']));
  });
});
