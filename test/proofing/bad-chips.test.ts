import { beforeAll, describe, expect, it } from 'vitest';
import type { PassportDefect } from '../../src/dev/passport-maker/make-passport.ts';
import { listExaminations } from '../../src/proofing/examination-store.ts';
import { readEvidence } from '../../src/proofing/evidence.ts';
import { CHIP_DOCUMENT_LIMIT, mayUseChipOf } from '../../src/proofing/limits.ts';
import type { Scene } from './scene.ts';
import { callReader, newKey, openSession, readChip, sendFiles } from './phone.ts';
import { caseOf, linkOf, passportOf, startCase, startScene } from './scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});

const REFUSALS: [PassportDefect, string, string][] = [
  ['flipped-byte', 'chip_altered', 'read_again'],
  ['swapped-dg', 'chip_altered', 'read_again'],
  ['unknown-csca', 'issuer_unknown', 'other_way'],
  ['revoked-dsc', 'signer_revoked', 'other_way'],
  ['expired-dsc', 'chip_unverifiable', 'other_way'],
  ['clone', 'clone_check_failed', 'read_again'],
  ['expired', 'document_expired', 'other_way'],
];

describe('a bad chip', () => {
  it.each(REFUSALS)('with the defect %s is refused as %s', async (defect, refusal, next) => {
    const person = await startCase(scene);
    const passport = await passportOf(scene, { defect });
    const { body } = await readChip(scene, person, passport);
    expect(body).toMatchObject({ outcome: 'refused', refusal, next, attemptsLeft: 4 });

    const proofing = await caseOf(scene, person.caseId);
    expect(proofing.state.step).toBe('document');
    const page = await person.walker.get(`/cases/${person.caseId}/chip`);
    expect(page.text).toContain('You can try 4 more times.');
    expect(page.status).toBe(200);

    const [reading] = await listExaminations(scene.app.db, person.caseId);
    expect(reading).toMatchObject({ kind: 'document', outcome: refusal, wipedAt: null });
    const kept = await readEvidence(scene.app.db, scene.app, {
      proofing,
      examinationId: reading!.id,
    });
    for (const [name, bytes] of passport.files) expect(kept.get(name)).toEqual(bytes);
  });

  it('names the file that was changed', async () => {
    const person = await startCase(scene);
    const passport = await passportOf(scene, { defect: 'swapped-dg' });
    const { body } = await readChip(scene, person, passport);
    const files = body.files as { name: string; verdict: string }[];
    expect(files.filter(({ verdict }) => verdict === 'altered').length).toBeGreaterThan(0);
    expect(files.find(({ name }) => name === 'EF_SOD')?.verdict).toBe('unchanged');
  });

  it('that could prove itself and was not asked is not on file', async () => {
    const person = await startCase(scene);
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    const { files } = await passportOf(scene);
    await sendFiles(scene, phone, files);
    const { body } = await callReader(scene, 'POST', 'submission', {
      session: phone.session,
      json: { idempotencyKey: newKey() },
    });
    expect(body).toMatchObject({ refusal: 'clone_check_missing', cloneCheck: 'not_attempted' });
  });

  it('without the file of its key is not taken for a chip without one', async () => {
    const person = await startCase(scene);
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    const { files } = await passportOf(scene);
    const withheld = new Map([...files].filter(([name]) => name !== 'DG15' && name !== 'DG14'));
    await sendFiles(scene, phone, withheld);
    const { body } = await callReader(scene, 'POST', 'submission', {
      session: phone.session,
      json: { idempotencyKey: newKey() },
    });
    expect(body).toMatchObject({ outcome: 'refused', cloneCheck: 'not_attempted' });
  });

  it('of garbage is refused like any other', async () => {
    const person = await startCase(scene);
    const phone = await openSession(scene, await linkOf(person, person.caseId));
    const garbage = Buffer.from('not a chip at all'.repeat(20));
    await sendFiles(
      scene,
      phone,
      new Map([
        ['EF_SOD', garbage],
        ['DG1', garbage],
        ['DG2', garbage],
      ]),
    );
    const { status, body } = await callReader(scene, 'POST', 'submission', {
      session: phone.session,
      json: { idempotencyKey: newKey() },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ outcome: 'refused', refusal: 'chip_altered' });
  });
});

describe('one passport in many cases of a day', () => {
  it('is read no more, whoever has it, and a forged one does not use its limit up', async () => {
    const documentNumber = 'T77777777';
    const { app } = scene;
    const used = { issuingState: 'UTO', documentNumber };
    for (let times = 1; times < CHIP_DOCUMENT_LIMIT.calls; times += 1)
      expect(await mayUseChipOf(app, used)).toBe(true);
    const forged = await passportOf(scene, { documentNumber, defect: 'unknown-csca' });
    expect((await readChip(scene, await startCase(scene), forged)).body).toMatchObject({
      refusal: 'issuer_unknown',
    });
    const passport = await passportOf(scene, { documentNumber });
    const last = await startCase(scene);
    expect((await readChip(scene, last, passport)).body).toMatchObject({ outcome: 'accepted' });

    const oneMore = await startCase(scene);
    const refused = await readChip(scene, oneMore, passport);
    expect(refused.body).toMatchObject({ status: 429, code: 'too_many_attempts' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await caseOf(scene, oneMore.caseId)).state.step).toBe('document');
    const other = await passportOf(scene, { documentNumber: 'T77777778' });
    expect((await readChip(scene, await startCase(scene), other)).body).toMatchObject({
      outcome: 'accepted',
    });
  });
});
