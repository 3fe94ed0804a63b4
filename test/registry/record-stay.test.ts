import { beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { PersonId } from '../../src/lib/ids.ts';
import { idHistory } from '../../src/registry/find-persons.ts';
import { recordStay } from '../../src/registry/record-stay.ts';
import { standingOfPerson } from '../../src/registry/standing.ts';
import { testApp } from '../harness.ts';
import { assuranceOf, enrolled, notYet } from './enrolment.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

describe('the stay on record', () => {
  const lawful = {
    status: 'lawful_until',
    admittedUntil: '2027-05-31',
    basis: 'extension',
    asOf: '2026-11-21T00:00:00Z',
    source: 'immigration',
  } as const;
  const record = (personId: PersonId, stay: Parameters<typeof recordStay>[2]['stay']) =>
    transact(app.db, (tx) =>
      recordStay(tx, app, { personId, stay, actor: { kind: 'system', id: null } }),
    );

  it('follows the freshest answer and moves no level', async () => {
    const { personId, accountId } = await enrolled(app);
    expect(await record(personId, lawful)).toEqual({ ok: true, changed: true });
    expect(await record(personId, { ...lawful, asOf: '2026-11-21T06:00:00Z' })).toEqual({
      ok: true,
      changed: false,
    });
    expect(
      await record(personId, {
        ...lawful,
        admittedUntil: '2030-01-01',
        asOf: '2026-11-20T23:00:00Z',
      }),
    ).toEqual({ ok: false, reason: 'older' });
    expect(await assuranceOf(app, accountId)).toMatchObject({ ial: 2, stay: 'lawful_until' });
    await record(personId, {
      ...lawful,
      status: 'departed',
      admittedUntil: null,
      asOf: '2026-11-22T00:00:00Z',
    });
    expect(await assuranceOf(app, accountId)).toMatchObject({
      ial: 2,
      stay: 'departed',
      signIn: { maySignIn: true },
    });
  });

  it('is not overwritten by silence', async () => {
    const { personId, accountId } = await enrolled(app);
    const silence = {
      status: 'unknown',
      admittedUntil: null,
      basis: 'none',
      asOf: null,
      source: null,
    } as const;
    expect(await record(personId, silence)).toEqual({ ok: false, reason: 'no_answer' });
    expect(await assuranceOf(app, accountId)).toMatchObject({ stay: 'lawful_until' });
    expect(await record(PersonId.make(app), lawful)).toEqual({ ok: false, reason: 'not_found' });
  });

  it('activates a provisional ID with the first lawful stay, and nothing else does', async () => {
    const { personId } = await enrolled(app, { stay: notYet, provisionalUntil: '2027-03-01' });
    await record(personId, { ...notYet, asOf: '2026-11-20T12:00:00Z' });
    expect((await standingOfPerson(app.db, app, personId))!.idState).toBe('provisional');
    await record(personId, lawful);
    const standing = (await standingOfPerson(app.db, app, personId))!;
    expect(standing).toMatchObject({ idState: 'active', idVersion: 2 });
    expect((await idHistory(app.db, personId)).at(-1)).toMatchObject({ reason: 'admitted' });
  });

  it('keeps the freshest of sixteen answers that come at once', async () => {
    const { personId } = await enrolled(app);
    const hours = Array.from(
      { length: 16 },
      (_, hour) => `2026-11-21T${String(hour).padStart(2, '0')}:00:00.000Z`,
    );
    await Promise.all(
      hours
        .toSorted(() => app.random.integer(3) - 1)
        .map((asOf) => record(personId, { ...lawful, asOf })),
    );
    expect((await standingOfPerson(app.db, app, personId))!.stay!.asOf).toBe(hours.at(-1));
  });
});
