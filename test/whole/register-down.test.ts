import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { forkSandboxRegister } from '../../src/dev/sandbox-register/fork-sandbox-register.ts';
import { loadKeys } from '../../src/lib/keys.ts';
import { atEnd } from '../at-end.ts';
import { freePort } from '../harness.ts';
import { STEPS, STEP_NAMES, caseStateOf } from './applicant.ts';
import { newcomer } from './crowd.ts';
import { livesOf, persist } from './lives.ts';
import { expectSoundDatabase, withDatabase } from './looked-over.ts';
import { enrolOfficer } from './officer.ts';
import { expectStatus } from './answers.ts';
import { makePlace, runBeside } from './running-product.ts';
import type { Place } from './running-product.ts';

/** The register as a process of its own, which the product finds at its address or does not. */
function startRegister(place: Place) {
  const dataDir = mkdtempSync(join(tmpdir(), 'tangchat-register-'));
  atEnd(() => rmSync(dataDir, { recursive: true, force: true }));
  return forkSandboxRegister({
    port: Number(new URL(place.registerUrl).port),
    dataDir,
    issuer: place.registerUrl,
    clientId: place.url,
    clientJwks: { keys: [loadKeys(place.keysDir).registerClientJwk] },
  });
}

it('waits for a register whose process is gone, over a kill of its own, and goes on when it is there', async () => {
  const own = await makePlace();
  const place = { ...own, registerUrl: `http://127.0.0.1:${await freePort()}` };
  const lives = livesOf(place, () => expectSoundDatabase(place), {
    REGISTER_URL: place.registerUrl,
  });
  await lives.begin();
  const invited = await runBeside(place, ['officer', 'invite', '--name', 'M', '--role', 'officer']);
  const officer = await enrolOfficer(place.url, /http\S+/.exec(invited.out)![0]);

  const person = await newcomer(lives, null);
  for (const step of STEP_NAMES) if (step !== 'review') await STEPS[step](person);
  const tries = () =>
    withDatabase(place, async (db) => {
      const action = 'proofing.register_waiting';
      const asked = await db('audit_events').where({ action }).count({ n: '*' }).first();
      return Number(asked?.n);
    });
  await expect.poll(tries, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(await caseStateOf(person)).toBe('register');
  const page = await officer.get(`/console/cases/${person.caseId}`);
  expectStatus(page, 200);
  expect(page.text).not.toContain(`/console/cases/${person.caseId}/decision`);

  await lives.kill();
  await lives.begin();
  const before = await tries();
  expect(await caseStateOf(person)).toBe('register');
  const register = await startRegister(place);
  atEnd(() => register.close());
  await persist(lives, () => STEPS.review(person));
  expect(await tries()).toBeGreaterThanOrEqual(before);
  await lives.end();
}, 90_000);
