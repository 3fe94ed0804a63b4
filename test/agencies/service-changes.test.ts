import { beforeAll, expect, it } from 'vitest';
import { addService } from '../../src/agencies/add-service.ts';
import { followServiceChanges } from '../../src/agencies/service-changes.ts';
import { SYSTEM } from '../../src/audit/append.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { testApp } from '../harness.ts';

let app: App;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  app = await testApp();
  for (const id of ['lands-app', 'lands-other', 'tax-app'])
    await transact(app.db, (tx) =>
      addService(tx, app, {
        metadata: {
          client_id: id,
          client_name: 'App',
          'client_name#th': 'App',
          agency: { code: id.split('-')[0], name: 'Agency', 'name#th': 'Agency' },
          purpose: 'To test.',
          'purpose#th': 'To test.',
          redirect_uris: ['http://127.0.0.1:9/callback'],
        },
        actor: SYSTEM,
      }),
    );
});

/** A follower that has looked once. */
async function follower() {
  const forgotten: string[] = [];
  const { whenFresh } = followServiceChanges(app, (id) => forgotten.push(id));
  await whenFresh();
  return {
    forgotten,
    lookAgain: async () => {
      await pause(1_000);
      await whenFresh();
      return [...new Set(forgotten.splice(0))].toSorted();
    },
  };
}

const suspend = (id: string, db = app.db) =>
  db('services').where({ client_id: id }).update({ state: 'suspended' });

it('asks for nothing while what it knows is fresh, and tells each change within a second', async () => {
  const { forgotten, lookAgain } = await follower();
  expect(forgotten).toEqual([]);
  await suspend('lands-app');
  expect(await lookAgain()).toEqual(['lands-app']);
  await app.db('agencies').where({ code: 'lands' }).update({ name_en: 'Department of Lands' });
  expect(await lookAgain()).toEqual(['lands-app', 'lands-other']);
});

it('misses no change that commits later than one that began after it', async () => {
  const { lookAgain } = await follower();
  const slow = await app.db.transaction();
  await suspend('lands-other', slow);
  await suspend('tax-app');
  expect(await lookAgain()).toEqual(['tax-app']);
  await slow.commit();
  expect(await lookAgain()).toContain('lands-other');
});
