import { beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import { RowId } from '../../src/lib/ids.ts';
import { raiseAlerts } from '../../src/proofing/registers/watch-alerts.ts';
import type { CaseId } from '../../src/lib/ids.ts';
import { newWalker } from '../walk.ts';
import { caseOf } from './scene.ts';
import { registersScene } from './registers-scene.ts';
import type { Staff } from './registers-scene.ts';
import type { Applicant, Scene } from './scene.ts';

/** Several registers and watch lists around one case, over real HTTP. */
const around = registersScene();
let scene: Scene;
let officer: Staff;
let security: Staff;

beforeAll(async () => {
  ({ scene, officer, security } = await around.begin());
});

const { review, consolePage, tryToApprove, isBlocked } = around;

describe('several registers', () => {
  it('are shown side by side, each with its as-of, and who is entitled to the fact', async () => {
    const { caseId } = await review('Q00000001');
    await scene.register.remember('Q00000001', {});
    const { text } = await consolePage(caseId);
    expect(text).toContain('labour: no record of this passport.');

    const known = await review('LABOLD001');
    const page = (await consolePage(known.caseId)).text;
    expect(page).toContain('What each register says');
    expect(page).toContain('WP-SBX-9008');
    expect(page).toContain('data behind');
    expect((await tryToApprove(known.caseId)).status).toBe(302);
  });

  it('that disagree about who it is hold the case for a decision, and the applicant sees nothing of it', async () => {
    const person = await review('LABDIFF01');
    const { text } = await consolePage(person.caseId);
    expect(text).toContain('they disagree');
    expect(text).toContain('XXB');
    expect((await tryToApprove(person.caseId)).status).toBe(422);
    const own = await person.walker.get(`/cases/${person.caseId}`);
    expect(own.text).not.toMatch(/XXB|labour|disagree/i);
  });

  it('that are silent and not required hold nobody up, and are never "no record"', async () => {
    const { caseId } = await review('LABDOWN01');
    const { text } = await consolePage(caseId);
    expect(text).toContain('labour: gave no answer. That says nothing about the person.');
    expect(text).not.toContain('labour: no record');
    expect(await isBlocked(caseId)).toBe(false);
  }, 30_000);
});

describe('a hit of a list', () => {
  /** What the applicant can see of a case, without what is theirs alone. */
  async function seenBy({ walker, caseId }: Applicant) {
    const [page, status, home] = await Promise.all(
      [`/cases/${caseId}`, `/cases/${caseId}/status`, '/home'].map((path) => walker.get(path)),
    );
    const own = (text: string) =>
      text
        .replaceAll(caseId, 'CASE')
        .replace(/[A-Z0-9]{4}-[A-Z0-9]{4}(?:-[A-Z0-9]{4})?/g, 'REF')
        .replace(/(nonce|value|content)="[^"]*"/g, '')
        .replace(/applicant\d+|a•••\S*/g, '');
    return { status: status!.json(), page: own(page!.text), home: home!.status };
  }

  it('holds the case and shows the applicant what everybody sees whose case is being checked', async () => {
    const [listed, other] = [await review('WATCHED01'), await review('Q00000002')];
    expect(await seenBy(listed)).toEqual(await seenBy(other));
    const refused = await tryToApprove(listed.caseId);
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Another office must clear this case first.');
    expect(refused.text).not.toMatch(/WATCHED-2026|watch list|Watched persons/);
    expect(await seenBy(listed)).toEqual(await seenBy(other));
    // No mail speaks of it either.
    const { rows } = await scene.app.db.raw<{ rows: { template: string }[] }>(
      'select template from messages where account_id = ?',
      [listed.accountId],
    );
    expect(rows.map(({ template }) => template)).not.toContain('case_step_asked_again');
  });

  it('is listed to the entitled role alone, and cleared by it: then the case can be approved', async () => {
    const { caseId } = await review('STOLEN001');
    for (const who of [officer.walker, newWalker(scene.url)])
      expect((await who.get('/console/alerts')).text).not.toContain('STOLEN-2026-0001');
    expect((await officer.walker.get('/console/alerts')).status).toBe(403);
    expect((await security.walker.get('/console')).location).toBe('/console/alerts');
    const list = await security.walker.get('/console/alerts');
    expect(list.text).toContain('STOLEN-2026-0001');
    expect(list.text).toContain('Lost or stolen documents');
    const id = await alertOf(caseId);
    const path = `/console/alerts/${id}/settlement`;
    expect((await security.walker.post(path, { state: 'cleared', note: ' ' })).status).toBe(422);
    expect((await tryToApprove(caseId)).status).toBe(422);
    const note = 'The embassy says that it was found again.';
    expect((await security.walker.post(path, { state: 'cleared', note })).status).toBe(302);
    expect((await security.walker.post(path, { state: 'confirmed', note })).status).toBe(409);
    expect(await isBlocked(caseId)).toBe(false);
    const { rows } = await scene.app.db.raw<{ rows: { action: string }[] }>(
      `select action from audit_events where subject_id = ? and action like 'proofing.watch%' order by id`,
      [caseId],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'proofing.watch_alert_raised',
      'proofing.watch_alert_settled',
    ]);
  });

  it('that is confirmed leaves only refusing', async () => {
    const { caseId } = await review('LOST00001');
    const path = `/console/alerts/${await alertOf(caseId)}/settlement`;
    await security.walker.post(path, { state: 'confirmed', note: 'Taken from its owner.' });
    expect((await tryToApprove(caseId)).status).toBe(422);
    expect((await security.walker.get('/console/alerts?which=settled')).text).toContain(
      'Confirmed',
    );
  });

  it('of a document lost before its holder proved themselves suspends the ID, unless that entry was cleared', async () => {
    const { rows } = await scene.app.db.raw<{ rows: { case_id: CaseId; person_id: string }[] }>(
      `select id as case_id, person_id from cases where step = 'approved' limit 1`,
    );
    const { case_id: caseId, person_id: personId } = rows[0]!;
    const stateOf = async () => {
      const found = await scene.app
        .db('foreign_ids')
        .where({ person_id: personId })
        .select('state');
      return found.map(({ state }: { state: string }) => state);
    };
    const proofing = await caseOf(scene, caseId);
    const document = { issuingState: 'UTO', documentNumber: 'LABOLD001' };
    const raise = (reference: string, since: Date) =>
      transact(scene.app.db, (tx) =>
        raiseAlerts(tx, scene.app, {
          proofing,
          document,
          hits: [
            {
              source: 'watch',
              hit: {
                kind: 'hit',
                list: 'lost_or_stolen',
                reference,
                since: since.toISOString(),
                asOf: since.toISOString(),
                source: 'sandbox_watch',
              },
            },
          ],
        }),
      );
    const longAgo = new Date(Date.now() - 30 * 86_400_000);
    expect(await stateOf()).toEqual(['active']);
    await raise('STOLEN-2026-0001', longAgo);
    expect(await stateOf()).toEqual(['active']);
    await raise('LOST-2026-0777', longAgo);
    expect(await stateOf()).toEqual(['suspended']);
  });

  async function alertOf(caseId: CaseId): Promise<RowId> {
    const { rows } = await scene.app.db.raw<{ rows: { id: string }[] }>(
      'select id from watch_alerts where case_id = ?',
      [caseId],
    );
    expect(rows).toHaveLength(1);
    return RowId.parse(rows[0]!.id)!;
  }
});
