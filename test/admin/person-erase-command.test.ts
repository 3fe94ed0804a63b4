import { beforeAll, expect, it } from 'vitest';
import { runPersonErase } from '../../src/admin/person-erase-command.ts';
import { transact } from '../../src/lib/database.ts';
import { formatForeignId } from '../../src/registry/foreign-id.ts';
import type { ForeignIdNumber } from '../../src/registry/foreign-id.ts';
import { placeHold } from '../../src/registry/legal-holds.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { enrol } from '../oidc/enrolled.ts';
import { relyingParty, signInAt } from '../oidc/relying-party.ts';
import { somebody } from '../registry/enrolment.ts';
import { signIn, signUp } from '../walk.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

async function run(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
  };
  const exit = await runPersonErase(args, io, server.app);
  return { exit, out: out.join('\n'), err: err.join('\n') };
}

it('erases in two steps: tells what would go, and with its code of the day does it', async () => {
  const person = await signUp(server, { email: 'erased@example.org' });
  const service = await relyingParty(server);
  const { number, personId } = await enrol(server, person.accountId, somebody());
  await signInAt(person.walker, service, { scope: 'openid' });
  const spelled = formatForeignId(number as ForeignIdNumber).split(' ');
  const reason = ['--reason', 'holder_asked'];

  const first = await run(...spelled, ...reason);
  expect(first).toMatchObject({ exit: 2, err: expect.stringContaining('Nothing was erased.') });
  const { confirm, ...told } = JSON.parse(first.out) as { confirm: string };
  expect(told).toEqual({
    personId,
    idState: 'active',
    documents: 1,
    account: true,
    legalHold: false,
  });
  for (const wrong of ['0000000000', confirm.slice(1)])
    expect((await run(...spelled, ...reason, '--confirm', wrong)).exit).toBe(2);
  expect(await standingOf(server.app.db, server.app, person.accountId)).not.toBeNull();

  const done = await run(...spelled, ...reason, '--confirm', confirm);
  expect(done).toMatchObject({ exit: 0, err: '' });
  expect(await standingOf(server.app.db, server.app, person.accountId)).toBeNull();
  expect((await person.walker.get('/home')).status).not.toBe(200);
  expect((await signIn(person.walker, person.device)).status).not.toBe(303);
  const { rows } = await server.app.db.raw(
    `select count(*)::int as left from contact_addresses where account_id = ?`,
    [person.accountId],
  );
  expect(rows[0].left).toBe(0);
  // The agency that knew them is told, though nothing links them to it any more.
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    const notices = await server.app
      .db('status_notices as n')
      .join('status_events as e', 'e.id', 'n.event_id')
      .where({ 'e.person_id': personId, 'e.kind': 'person_erased' })
      .select('n.sub');
    if (notices.length === 1) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(Date.now()).toBeLessThan(end - 100);
  }
  expect(await run(...spelled, ...reason)).toMatchObject({
    exit: 1,
    err: 'Erased already.',
  });
});

it('says before that a legal hold keeps the person, and erases nothing while it does', async () => {
  const { app } = server;
  const person = await signUp(server, { email: 'held@example.org' });
  const { number, personId } = await enrol(server, person.accountId, somebody());
  const order = { reason: 'dispute', reference: '7', actor: { kind: 'system', id: null } } as const;
  const target = { personId, caseId: null };
  await transact(app.db, (tx) => placeHold(tx, app, { ...order, target }));
  const reason = ['--reason', 'holder_asked'];
  const told = JSON.parse((await run(number, ...reason)).out) as Record<string, string>;
  expect(told).toMatchObject({ legalHold: true });
  expect(await run(number, ...reason, '--confirm', told.confirm!)).toMatchObject({
    exit: 1,
    err: 'Nothing was erased: legal_hold.',
  });
  expect(await standingOf(app.db, app, person.accountId)).not.toBeNull();
});

it('takes a reason that it knows, and a number that somebody has', async () => {
  expect((await run('F012345678907')).exit).toBe(64);
  expect((await run('F012345678907', '--reason', 'because')).exit).toBe(64);
  expect((await run('--reason', 'holder_asked')).exit).toBe(64);
  expect(await run('F012345678907', '--reason', 'court_order')).toMatchObject({
    exit: 1,
    err: 'No person on record has this number.',
  });
});
