import { beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../../src/lib/database.ts';
import { giveConsent, withdrawConsent } from '../../../src/oidc/consents.ts';
import { erasePerson } from '../../../src/registry/erase-person.ts';
import { revokeId, suspendId } from '../../../src/registry/transition-id.ts';
import { startTestServer } from '../../harness.ts';
import type { TestServer } from '../../harness.ts';
import { notYet, officer, tomas } from '../../registry/enrolment.ts';
import { carriedOut, merge } from '../../registry/parties.ts';
import { signUp } from '../../walk.ts';
import { enrol } from '../enrolled.ts';
import { anotherNode, asker, holder, lookUp, statementsOf, tokenFor } from './asking.ts';

let server: TestServer;
/** May check; may also learn states. */
let check: string;
let state: string;

beforeAll(async () => {
  server = await startTestServer({ TRUSTED_PROXIES: '1' });
  check = await tokenFor(server, await asker(server, 'work-check'));
  const both = await asker(server, 'work-state', { scopes: ['numbers:check', 'numbers:state'] });
  state = await tokenFor(server, both, 'numbers:check numbers:state');
});

const ask = (token: string, number: string) => lookUp(server.url, token, number);
const NOTHING = { result: 'no_answer', state: null, current_number: null };

async function changed(how: typeof revokeId, reason: string) {
  const person = await holder(server.app);
  const { personId } = person;
  const done = await transact(server.app.db, (tx) =>
    how(tx, server.app, { personId, actor: officer, reason } as never),
  );
  expect(done).toMatchObject({ ok: true });
  return person.number;
}

async function erased() {
  const { personId, number } = await holder(server.app);
  const done = await transact(server.app.db, (tx) =>
    erasePerson(tx, server.app, { personId, reason: 'holder_asked', actor: officer }),
  );
  expect(done).toMatchObject({ ok: true });
  return number;
}

describe('an answer', () => {
  it('says that a number is in use, however it is spelled, and no state without leave', async () => {
    const { number } = await holder(server.app);
    const spelled = `${number.slice(0, 5)} ${number.slice(5)}`.toLowerCase();
    const told = await ask(check, spelled);
    expect(told.status).toBe(200);
    expect(told.json).toEqual({ result: 'in_use', state: null, current_number: number });
    expect(told.headers['cache-control']).toBe('no-store');
    expect((await ask(state, number)).json).toMatchObject({ result: 'in_use', state: 'active' });
  });

  it('tells the state of an ID that is held or ended to whom the agreement allows it, and to nobody else', async () => {
    const suspended = await changed(suspendId, 'suspected_fraud');
    const revoked = await changed(revokeId, 'fraud_established');
    expect((await ask(state, suspended)).json).toMatchObject({
      result: 'not_in_use',
      state: 'suspended',
    });
    expect((await ask(state, revoked)).json).toMatchObject({
      result: 'not_in_use',
      state: 'revoked',
    });
    expect((await ask(check, suspended)).json).toEqual(NOTHING);
    expect((await ask(check, revoked)).json).toEqual(NOTHING);
  });

  it('tells of a provisional ID to services before arrival alone', async () => {
    const { number } = await holder(server.app, { stay: notYet, provisionalUntil: '2099-01-01' });
    expect((await ask(state, number)).json).toEqual(NOTHING);
    const early = await asker(
      server,
      'early',
      { scopes: ['numbers:state'] },
      { pre_arrival: true },
    );
    const token = await tokenFor(server, early, 'numbers:state');
    expect((await ask(token, number)).json).toMatchObject({
      result: 'in_use',
      state: 'provisional',
    });
  });

  it('gives the number that counts now for one that was merged, twice over', async () => {
    const [one, two, three] = [
      await holder(server.app),
      await holder(server.app),
      await holder(server.app),
    ];
    await carriedOut(server.app, merge(two.personId, one.personId));
    await carriedOut(server.app, merge(three.personId, two.personId));
    for (const { number } of [one, two, three])
      expect((await ask(check, number)).json).toEqual({
        result: 'in_use',
        state: null,
        current_number: three.number,
      });
  });

  it('reaches, where the basis is consent, those who share their number with the service, while they do', async () => {
    const { walker: _walker, accountId } = await signUp(server, { email: 'tomas@example.org' });
    const { number } = await enrol(server, accountId, tomas);
    const byConsent = await asker(server, 'bank', {
      legal_basis: 'consent',
      legal_reference: undefined,
    });
    const token = await tokenFor(server, byConsent);
    const by = { accountId, serviceId: 'bank' };
    const { db } = server.app;
    expect((await ask(token, number)).json).toEqual(NOTHING);
    const share = (claims: string[]) =>
      transact(db, (tx) =>
        giveConsent(tx, server.app, { ...by, scopes: ['openid'], claims } as never),
      );
    await share(['name']);
    expect((await ask(token, number)).json).toEqual(NOTHING);
    await share(['foreign_national_id']);
    expect((await ask(token, number)).json).toMatchObject({ result: 'in_use' });
    await transact(db, (tx) => withdrawConsent(tx, server.app, by));
    expect((await ask(token, number)).json).toEqual(NOTHING);
  });
});

describe('what cannot be told apart', () => {
  it('answers unknown, mistyped, erased, forbidden and merged away from its person alike, by the same statements', async () => {
    const forbidden = await changed(suspendId, 'suspected_fraud');
    const provisional = await holder(server.app, { stay: notYet, provisionalUntil: '2099-01-01' });
    const cases = {
      unknown: 'F012345678907',
      mistyped: 'F012345678908',
      'of another form': '1234567890123',
      'no number at all': 'anybody there?',
      erased: await erased(),
      forbidden,
      provisional: provisional.number,
    };
    const node = await anotherNode(server);
    const askThere = (number: string) => lookUp(node.url, check, number);
    // What is remembered for a second (the service, its resource) is remembered by all of them.
    await askThere(cases.unknown);
    const seen: { what: string; answer: string; statements: string[]; tookMs: number }[] = [];
    for (const [what, number] of Object.entries(cases)) {
      let answer = '';
      const startedAt = performance.now();
      const statements = await statementsOf(node.app, async () => {
        const { status, text, headers } = await askThere(number);
        const {
          date: _date,
          'x-request-id': _id,
          'content-security-policy': _policy,
          'set-cookie': _browser,
          ...same
        } = headers;
        answer = JSON.stringify({ status, text, same });
      });
      seen.push({
        what,
        answer,
        statements: statements.filter((sql) => isOfLookUp(sql)),
        tookMs: performance.now() - startedAt,
      });
    }
    const [first] = seen;
    expect(first!.answer).toContain('no_answer');
    expect(first!.statements.length).toBeGreaterThan(5);
    for (const { what, answer, statements, tookMs } of seen) {
      expect([what, answer]).toEqual([what, first!.answer]);
      expect([what, statements]).toEqual([what, first!.statements]);
      expect(tookMs).toBeGreaterThanOrEqual(39);
    }
    const { number } = await holder(server.app);
    const told = await statementsOf(node.app, () => askThere(number));
    expect(told.filter((sql) => isOfLookUp(sql))).toEqual(first!.statements);
  });
});

/** Not what a node asks at odd calls: the sweep of counters, and which services changed. */
const isOfLookUp = (sql: string) => !/^delete from|service_changes|from "?services/i.test(sql);

describe('the record', () => {
  it('has every look-up on the audit trail by a keyed digest, whatever was told', async () => {
    const { personId, number } = await holder(server.app);
    await ask(check, number);
    await ask(check, 'F012345678908');
    const rows = await server.app
      .db('audit_events')
      .where({ action: 'registry.number_looked_up' })
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(2)
      .select('actor_id', 'subject_kind', 'subject_id', 'details');
    const [missed, told] = rows;
    expect(told).toMatchObject({
      actor_id: 'work-check',
      subject_kind: 'person',
      subject_id: personId,
    });
    expect(missed).toMatchObject({ subject_kind: 'service', subject_id: 'work-check' });
    const text = JSON.stringify(rows);
    expect(text).not.toContain(number);
    expect(text).not.toContain(number.slice(1, 11));
    const digest = server.app.blindIndex.of('number_look_up', number).toString('base64url');
    expect(text).toContain(digest);
    expect(text).toContain('no_answer');
  });

  it('shows the holder who asked, why, and what they were told; not to others, and only signed in', async () => {
    const anna = await signUp(server, { email: 'anna@example.org' });
    const empty = await anna.walker.get('/look-ups');
    expect(empty.text).toContain('Nobody has asked');
    const { number } = await enrol(server, anna.accountId, {
      ...tomas,
      documentNumber: 'T99000001',
    });
    await ask(state, number);
    const byConsent = await asker(server, 'shop', {
      legal_basis: 'consent',
      legal_reference: undefined,
    });
    await ask(await tokenFor(server, byConsent), number);
    const { text } = await anna.walker.get('/look-ups');
    expect(text).toContain('Department of Employment');
    expect(text).toContain('To check work permits.');
    expect(text).toContain('Working of Aliens Decree, section 13');
    expect(text).toContain('The state of your ID: Active');
    expect(text).toContain('Nothing');
    expect((await anna.walker.get('/look-ups?lang=th')).text).toContain('เพื่อตรวจสอบใบอนุญาตทำงาน');
    expect((await anna.walker.get('/services')).text).toContain('href="/look-ups"');
    const other = await signUp(server, { email: 'mai@example.org' });
    expect((await other.walker.get('/look-ups')).text).toContain('Nobody has asked');
    const stranger = await fetch(`${server.url}/look-ups`, { redirect: 'manual' });
    expect(stranger.headers.get('location')).toContain('/sign-in');
  });
});
