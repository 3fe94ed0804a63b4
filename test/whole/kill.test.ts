import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as openid from 'openid-client';
import { expect, it } from 'vitest';
import { signInAt } from '../oidc/relying-party.ts';
import { mailsTo } from '../walk.ts';
import type { Walker } from '../walk.ts';
import { registerService } from './agency-visit.ts';
import type { Applicant } from './applicant.ts';
import { journeyOf, liveThrough, newcomer } from './crowd.ts';
import { livesOf, persist } from './lives.ts';
import type { Lives } from './lives.ts';
import { expectAllKept, expectSoundDatabase, withDatabase } from './looked-over.ts';
import { enrolOfficer } from './officer.ts';
import { makePlace, runBeside } from './running-product.ts';
import type { Place } from './running-product.ts';

/**
 * `kill -9` of the running product on its own PostgreSQL, at many moments: right after each thing that it acknowledged to one
 * person, who walks the whole journey; at any moment of what a few others do meanwhile; and while it starts. After each, all
 * that was acknowledged over HTTP is there, nothing is half-done, and what waited in the queue is done.
 */

async function invitationOf(place: Place): Promise<string> {
  const invited = await runBeside(place, ['officer', 'invite', '--name', 'M', '--role', 'officer']);
  expect(invited.code, invited.err).toBe(0);
  return /http\S+/.exec(invited.out)![0];
}

/** Others, one after the other, until told that it is over; all of them end their journeys. */
async function crowd(
  lives: Lives,
  officer: Walker,
  given: { people: Applicant[]; isOver(): boolean },
): Promise<void> {
  while (!given.isOver()) {
    const person = await newcomer(lives);
    given.people.push(person);
    await liveThrough(lives, person, officer);
  }
}

it('loses nothing that it acknowledged, whenever it is killed', async () => {
  const place = await makePlace();
  const people: Applicant[] = [];
  const lives = livesOf(place, async () => {
    await expectSoundDatabase(place);
    for (const person of people) await expectAllKept(person);
  });

  // Before anything is there: while PostgreSQL is made, while the schema is, while the demo is seeded.
  for (const afterMs of [500, 1800]) await lives.stillbirth(afterMs + randomInt(400));
  await lives.begin();
  const officer = await enrolOfficer(place.url, await invitationOf(place));
  const party = await registerService(place);

  let over = false;
  const others = [1, 2].map(() =>
    crowd(lives, officer, { people, isOver: () => over || people.length >= 6 }),
  );
  const failed = Promise.all(others);
  failed.catch(() => undefined);

  // The register answers this one slowly, so that a kill finds the question under way.
  const lead = await newcomer(lives, 'SLOW');
  people.push(lead);
  for (const [index, step] of journeyOf(lead, officer).entries()) {
    await Promise.race([persist(lives, step), failed]);
    // Every other time PostgreSQL too: then only what it had written down comes back.
    await lives.kill({ alsoPostgres: index % 2 === 0 });
    await lives.begin();
  }
  const { tokens, claims } = await persist(lives, () => signInAt(lead.walker, party));
  await lives.kill();
  await lives.begin();
  const fresh = await openid.refreshTokenGrant(party.config, tokens.refresh_token!);
  expect(fresh.claims()).toMatchObject({ sub: claims.sub, ial: 2, aal: 2 });

  for (let round = 0; round < 2; round++) {
    await sleep(randomInt(20, 900));
    await lives.kill({ alsoPostgres: round === 1 });
    if (round === 1) await lives.stillbirth(randomInt(20, 700));
    await lives.begin();
  }
  over = true;
  await failed;

  await expectSoundDatabase(place);
  for (const person of people) await expectAllKept(person);
  expect(people.length).toBeGreaterThan(2);
  expect(new Set(people.map(({ foreignId }) => foreignId)).size).toBe(people.length);
  for (const { email } of people) {
    const notices = (await mailsTo(place.url, email)).filter(({ text }) => /\/freeze\//.test(text));
    expect(notices.length, email).toBe(1);
  }
  await withDatabase(place, async (db) => {
    const unsent = await db('messages').whereNot({ state: 'sent' }).count({ n: '*' }).first();
    expect(unsent?.n).toBe(0);
  });
  const verified = await runBeside(place, ['audit', 'verify']);
  expect(verified.code, verified.out).toBe(0);
  await lives.end();
}, 300_000);
