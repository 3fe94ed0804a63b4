import { beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/lib/app.ts';
import { addDays, toPlainDate } from '../../src/lib/clock.ts';
import { transact } from '../../src/lib/database.ts';
import type { PersonId } from '../../src/lib/ids.ts';
import { lapseProvisionalId, noteDormancy } from '../../src/registry/dormancy.ts';
import { idHistory } from '../../src/registry/find-persons.ts';
import { recordStay } from '../../src/registry/record-stay.ts';
import { testApp } from '../harness.ts';
import { enrolled, notYet, officer } from './enrolment.ts';
import { jobsOf } from './parties.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

const DAY = 86_400_000;
const inDays = (days: number): App => ({
  ...app,
  clock: { now: () => new Date(app.clock.now().getTime() + days * DAY) },
});
const last = async (personId: PersonId) => {
  const { to, reason, actor } = (await idHistory(app.db, personId)).at(-1)!;
  return { to, reason, by: actor.kind };
};
const stay = (personId: PersonId, status: 'departed' | 'lawful_until' | 'unknown', days = 0) =>
  transact(app.db, (tx) =>
    recordStay(tx, app, {
      personId,
      stay: {
        status,
        admittedUntil: status === 'lawful_until' ? '2029-01-01' : null,
        basis: status === 'lawful_until' ? 'visa' : null,
        asOf: inDays(days).clock.now().toISOString(),
        source: 'immigration',
      },
      actor: officer,
    }),
  );

describe('an arrival that never came', () => {
  it('lets a provisional ID lapse after its last day, not before, and once', async () => {
    const provisionalUntil = addDays(toPlainDate(app.clock.now()), 10);
    const { personId } = await enrolled(app, { stay: notYet, provisionalUntil });
    expect(await jobsOf(app, 'lapse_provisional_id')).toContainEqual({ personId });
    await lapseProvisionalId({ personId }, inDays(10));
    expect(await last(personId)).toMatchObject({ to: 'provisional' });
    await lapseProvisionalId({ personId }, inDays(11));
    await lapseProvisionalId({ personId }, inDays(12));
    expect(await last(personId)).toEqual({ to: 'revoked', reason: 'arrival_lapsed', by: 'system' });
    expect(await idHistory(app.db, personId)).toHaveLength(2);
  });

  it('touches nobody who came', async () => {
    const provisionalUntil = addDays(toPlainDate(app.clock.now()), 10);
    const { personId } = await enrolled(app, { stay: notYet, provisionalUntil });
    await stay(personId, 'lawful_until');
    expect(await last(personId)).toMatchObject({ to: 'active', reason: 'admitted' });
    await lapseProvisionalId({ personId }, inDays(11));
    expect(await last(personId)).toMatchObject({ to: 'active' });
  });
});

describe('twelve months abroad', () => {
  const note = (personId: PersonId, at: App, lastSignInAt: Date | null) =>
    transact(app.db, (tx) => noteDormancy(tx, at, { personId, lastSignInAt }));

  it('without a sign-in make an ID dormant; coming back revives it', async () => {
    const { personId } = await enrolled(app);
    await stay(personId, 'departed');
    expect(await last(personId)).toMatchObject({ to: 'active' });
    expect(await jobsOf(app, 'note_dormancy')).toContainEqual({ personId });
    expect(await note(personId, inDays(364), null)).toBe('put_off');
    expect(await note(personId, inDays(365), null)).toBe('dormant');
    expect(await last(personId)).toEqual({
      to: 'dormant',
      reason: 'abroad_without_sign_in',
      by: 'system',
    });
    expect(await note(personId, inDays(366), null)).toBe('not_abroad');
    await stay(personId, 'lawful_until', 400);
    expect(await last(personId)).toMatchObject({ to: 'active', reason: 'returned' });
  });

  it('count from the last sign-in', async () => {
    const { personId } = await enrolled(app);
    await stay(personId, 'departed');
    const signedIn = inDays(200).clock.now();
    expect(await note(personId, inDays(366), signedIn)).toBe('put_off');
    expect(await note(personId, inDays(565), signedIn)).toBe('dormant');
  });

  it('are not ended by a register that falls silent, but by one that saw an entry', async () => {
    const { personId } = await enrolled(app);
    await stay(personId, 'departed');
    await stay(personId, 'unknown', 10);
    expect(await note(personId, inDays(365), null)).toBe('dormant');
    const other = await enrolled(app);
    await stay(other.personId, 'departed');
    await stay(other.personId, 'lawful_until', 10);
    expect(await note(other.personId, inDays(365), null)).toBe('not_abroad');
  });
});
