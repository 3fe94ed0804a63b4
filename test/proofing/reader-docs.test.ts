import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { readLocale, LOCALES_FOLDER } from '../../src/web/languages.ts';
import { CHIP_REFUSALS, chipRunAnswer } from '../../src/proofing/reader-answer.ts';
import { READER_PROBLEMS } from '../../src/proofing/reader-problem.ts';
import { DECISION_REASONS } from '../../src/proofing/decision.ts';
import { callReader, sendFiles, submit } from './phone.ts';
import type { PhoneSession } from './phone.ts';
import { linkOf, passportOf, startCase, startScene, tokenOf } from './scene.ts';
import type { Scene } from './scene.ts';

const text = readFileSync(new URL('../../docs/reader-protocol.md', import.meta.url), 'utf8');
const schemas = [...text.matchAll(/```json\n([\s\S]*?)```/g)]
  .map(([, json]) => JSON.parse(json!) as Parameters<typeof z.fromJSONSchema>[0])
  .filter((schema) => typeof schema === 'object' && '$schema' in schema);
const [session, verdict, chipRun] = schemas.map((schema) => z.fromJSONSchema(schema));

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});

it('documents every problem code of the protocol', () => {
  for (const code of Object.keys(READER_PROBLEMS)) expect(text).toContain(`\`${code}\``);
});

it('answers as its schemas say, accepted or refused', async () => {
  for (const made of [{}, { defect: 'clone' as const }, { defect: 'unknown-csca' as const }]) {
    const person = await startCase(scene);
    const token = tokenOf(await linkOf(person, person.caseId));
    const opened = await callReader(scene, 'POST', 'sessions', { json: { token } });
    expect(session!.safeParse(opened.body).error).toBeUndefined();
    const phone = opened.body as unknown as PhoneSession;
    const passport = await passportOf(scene, made);
    await sendFiles(scene, phone, passport.files);
    const answer = await submit(scene, phone, passport);
    expect(verdict!.safeParse(answer.body).error).toBeUndefined();
  }
  expect(verdict!.safeParse({ outcome: 'maybe' }).success).toBe(false);
});

it('describes a run of chip authentication as it is answered', () => {
  const run = '00000000-0000-4000-8000-000000000000';
  const asking = { run, state: 'asking', step: 1, command: 'AA', through: 'as_is' };
  const at = new Date(0).toISOString();
  for (const answer of [
    { ...asking, expiresAt: at },
    { run, state: 'passed', reason: null },
    { run, state: 'failed', reason: 'answer_not_authentic' },
  ]) {
    expect(chipRun!.safeParse(answer).error).toBeUndefined();
    expect(chipRunAnswer.safeParse(answer).error).toBeUndefined();
  }
  expect(chipRun!.safeParse({ run, state: 'maybe', reason: null }).success).toBe(false);
});

it('has words for every refusal and every request, in every language', () => {
  for (const lang of ['en', 'th'] as const) {
    const { proofing } = readLocale(LOCALES_FOLDER, lang) as {
      proofing: { refusal: Record<string, string>; asked: Record<string, string> };
    };
    for (const code of CHIP_REFUSALS) {
      expect(text).toContain(`| \`${code}\` |`);
      expect(proofing.refusal[code]).toBeTypeOf('string');
      expect(proofing.refusal[`${code}_title`]).toBeTypeOf('string');
    }
    for (const [reason, { kind }] of Object.entries(DECISION_REASONS))
      if (kind === 'ask_again') expect(proofing.asked[reason]).toBeTypeOf('string');
  }
});
