import { beforeAll, expect, it } from 'vitest';
import { transact } from '../../src/lib/database.ts';
import { AccountId } from '../../src/lib/ids.ts';
import { erasePerson } from '../../src/registry/erase-person.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { enrol } from '../oidc/enrolled.ts';
import { officer as actor, somebody } from '../registry/enrolment.ts';
import { signUpOfficer } from '../walk.ts';
import type { SignedIn } from '../walk.ts';

let server: TestServer;
type Staff = Pick<SignedIn, 'walker'>;
let wipa: Staff;
let malee: Staff;
beforeAll(async () => {
  server = await startTestServer();
  wipa = await signUpOfficer(server, { name: 'Wipa', roles: ['registrar'] });
  malee = await signUpOfficer(server, { name: 'Malee', roles: ['officer'] });
});

it('a hold is placed from the person’s page, keeps them from being erased, and is ended', async () => {
  const { app } = server;
  const { personId } = await enrol(server, AccountId.make(app), somebody());
  const person = await wipa.walker.get(`/console/people/${personId}`);
  expect(person.text).toContain(`/console/holds?person=${personId}`);
  const form = await wipa.walker.get(`/console/holds?person=${personId}`);
  expect(form.text).toContain('No hold is in force');

  const place = (fields: Record<string, string>) =>
    wipa.walker.post('/console/holds', { person: personId, ...fields });
  const order = { reason: 'court_order', reference: 'ส.123/2569' };
  const unnamed = await place({ ...order, reference: 'see the file of Mr. Smith' });
  expect(unnamed.status).toBe(422);
  expect(unnamed.text).toContain('see the file of Mr. Smith');
  expect(unnamed.text).toContain('href="#field-reference"');
  expect((await place({ ...order, reason: '' })).text).toContain('Choose a reason');
  expect((await place(order)).location).toBe('/console/holds');
  expect((await place(order)).status).toBe(409);

  const erase = () =>
    transact(app.db, (tx) => erasePerson(tx, app, { personId, reason: 'holder_asked', actor }));
  expect(await erase()).toEqual({ ok: false, reason: 'legal_hold' });
  const list = await wipa.walker.get('/console/holds');
  expect(list.text).toContain('ส.123/2569');
  const release = /\/console\/holds\/[\w-]+\/release/.exec(list.text)![0];
  expect((await wipa.walker.post(release)).location).toBe('/console/holds');
  expect((await wipa.walker.post(release)).status).toBe(404);
  expect(await erase()).toMatchObject({ ok: true });
  const trail = await app
    .db('audit_events')
    .whereLike('action', 'registry.hold_%')
    .where({ subject_id: personId, actor_kind: 'officer' })
    .pluck('action');
  expect(new Set(trail)).toEqual(new Set(['registry.hold_placed', 'registry.hold_released']));
});

it('a hold names one person or one case, and only those who answer for the register place it', async () => {
  const id = AccountId.make(server.app);
  const order = { reason: 'dispute', reference: '1' };
  await wipa.walker.get('/console/holds');
  expect((await wipa.walker.post('/console/holds', order)).status).toBe(400);
  expect(
    (await wipa.walker.post('/console/holds', { ...order, person: id, case: id })).status,
  ).toBe(400);
  expect((await wipa.walker.post('/console/holds', { ...order, case: id })).status).toBe(404);
  expect((await malee.walker.get('/console/holds')).status).toBe(403);
});
