import { beforeAll, describe, expect, it } from 'vitest';
import { AccountId } from '../../src/lib/ids.ts';
import { transact } from '../../src/lib/database.ts';
import { formatForeignId } from '../../src/registry/foreign-id.ts';
import type { ForeignIdNumber } from '../../src/registry/foreign-id.ts';
import { suspendId } from '../../src/registry/transition-id.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { enrol } from '../oidc/enrolled.ts';
import { somebody } from '../registry/enrolment.ts';
import { signUp, signUpOfficer, waitForMail } from '../walk.ts';
import type { SignedIn } from '../walk.ts';

let server: TestServer;
type Staff = Pick<SignedIn, 'walker' | 'accountId'>;
let registrar: Staff;
let second: Staff;
let officer: Staff;

beforeAll(async () => {
  server = await startTestServer();
  registrar = await signUpOfficer(server, { name: 'Wipa', roles: ['registrar'] });
  second = await signUpOfficer(server, { name: 'Somsri', roles: ['registrar'] });
  officer = await signUpOfficer(server, { name: 'Malee', roles: ['officer'] });
});

/** Somebody on record, whom nobody has to sign in for. */
async function person(accountId = AccountId.make(server.app)) {
  const { personId, number } = await enrol(server, accountId, somebody());
  return { personId, number, path: `/console/people/${personId}` };
}

const versionOn = (text: string) => /name="version" value="(\d+)"/.exec(text)![1]!;
const proposalOn = (text: string) => /\/console\/proposals\/([\w-]+)\/decision/.exec(text)![1]!;
const stateOf = async (personId: string) =>
  (await server.app.db('foreign_ids').where({ person_id: personId }).first('state')).state;

describe('taking an ID away', () => {
  it('takes two officers: one proposes, the other approves, and the holder is told', async () => {
    const { accountId, email } = await signUp(server, { email: 'taken@example.org' });
    const { personId, path } = await person(accountId);
    const page = await registrar.walker.get(path);
    expect(page.text).toContain('Another officer has to approve it.');
    const change = {
      version: versionOn(page.text),
      to: 'revoked',
      reason: 'issued_in_error',
      note: 'Issued twice.',
    };
    const proposed = await registrar.walker.post(`${path}/id-state`, change);
    expect(proposed.location).toBe(`${path}?proposed=1`);
    expect(await stateOf(personId)).toBe('active');
    expect((await registrar.walker.post(`${path}/id-state`, change)).status).toBe(409);

    const own = await registrar.walker.get('/console/proposals');
    expect(own.text).toContain('Withdraw');
    const decision = `/console/proposals/${proposalOn(own.text)}/decision`;
    const alone = await registrar.walker.post(decision, { decision: 'approve' });
    expect(alone.status).toBe(409);
    expect(alone.text).toContain('another officer must approve it');
    expect(await stateOf(personId)).toBe('active');

    expect((await second.walker.get('/console/proposals')).text).toContain('Issued twice.');
    expect((await second.walker.post(decision, { decision: 'approve' })).status).toBe(302);
    expect(await stateOf(personId)).toBe('revoked');
    await waitForMail(server.url, email, ({ subject }) => /suspended/i.test(subject));
    const late = await second.walker.post(decision, { decision: 'approve' });
    expect(late.status).toBe(409);
  });

  it('is withdrawn by who proposed it', async () => {
    const { personId, path } = await person();
    const { text } = await registrar.walker.get(path);
    const change = { version: versionOn(text), to: 'deceased', reason: 'death_recorded' };
    await registrar.walker.post(`${path}/id-state`, change);
    const shown = await registrar.walker.get(path);
    const decision = `/console/proposals/${proposalOn(shown.text)}/decision`;
    await registrar.walker.post(decision, { decision: 'reject' });
    expect((await registrar.walker.get(path)).text).toContain('Withdrawn');
    expect(await stateOf(personId)).toBe('active');
  });

  it('is for registrars, and its page is on the audit trail', async () => {
    expect((await officer.walker.get('/console/proposals')).status).toBe(403);
    expect((await registrar.walker.get('/console/proposals')).status).toBe(200);
    const looks = await server.app
      .db('audit_events')
      .where({ action: 'admin.proposals_opened', actor_id: registrar.accountId });
    expect(looks.length).toBeGreaterThan(0);
    const nowhere = `/console/proposals/${AccountId.make(server.app)}/decision`;
    expect((await second.walker.post(nowhere, { decision: 'approve' })).status).toBe(404);
    expect((await second.walker.post(nowhere, { decision: 'maybe' })).status).toBe(400);
  });
});

describe('merging from the console', () => {
  const mergeForm = (number: string) => ({
    number,
    survivor: 'this',
    reason: 'same_person_documents',
    note: '',
  });

  it('names the other by number, waits 72 hours, tells both, and an objection stops it', async () => {
    const [one, other] = [
      await signUp(server, { email: 'one@example.org' }),
      await signUp(server, { email: 'other@example.org' }),
    ];
    const survivor = await person(one.accountId);
    const merged = await person(other.accountId);
    const spelled = formatForeignId(merged.number as ForeignIdNumber);
    const proposed = await registrar.walker.post(
      `${survivor.path}/merge-proposals`,
      mergeForm(spelled),
    );
    expect(proposed.location).toBe(`${survivor.path}?proposed=1`);
    const shown = await second.walker.get(merged.path);
    expect(shown.text).toContain('Merge two records');
    await second.walker.post(`/console/proposals/${proposalOn(shown.text)}/decision`, {
      decision: 'approve',
    });
    expect((await second.walker.get('/console/proposals')).text).toContain('Takes effect on');
    for (const { email } of [one, other]) {
      const mail = await waitForMail(server.url, email, ({ subject }) => /one/.test(subject));
      expect(mail.text).toContain(`${server.url}/freeze/`);
    }
    await transact(server.app.db, (tx) =>
      suspendId(tx, server.app, {
        personId: merged.personId,
        reason: 'holder_froze',
        actor: { kind: 'account', id: other.accountId },
      }),
    );
    expect((await registrar.walker.get(survivor.path)).text).toContain('A holder objected');
  });

  it('refuses the unknown, the same and the nonsensical, and keeps what was typed', async () => {
    const { path, number } = await person();
    const unknown = await registrar.walker.post(`${path}/merge-proposals`, mergeForm('F9999'));
    expect(unknown.status).toBe(422);
    expect(unknown.text).toContain('No person has this number.');
    expect(unknown.text).toContain('value="F9999"');
    const same = await registrar.walker.post(`${path}/merge-proposals`, mergeForm(number));
    expect(same.status).toBe(422);
    expect(same.text).toContain('the same person already');
    const nothing = await registrar.walker.post(`${path}/split-proposals`, {
      reason: 'two_persons_found',
    });
    expect(nothing.status).toBe(422);
    const forged = await registrar.walker.post(`${path}/merge-proposals`, {
      ...mergeForm(number),
      reason: 'because',
    });
    expect(forged.status).toBe(400);
  });
});

describe('numbers of other registers', () => {
  it('are added, shown and ended; a malformed one and another person’s are refused', async () => {
    const [one, other] = [await person(), await person()];
    const reference = {
      kind: 'work_permit',
      number: '6512/77-1',
      valid_from: '',
      valid_until: '2027-12-31',
    };
    const added = await registrar.walker.post(`${one.path}/cross-references`, reference);
    expect(added.location).toBe(`${one.path}?changed=1`);
    const shown = await registrar.walker.get(one.path);
    expect(shown.text).toContain('6512771');
    expect(shown.text).toContain('Not confirmed');

    const taken = await registrar.walker.post(`${other.path}/cross-references`, reference);
    expect(taken.status).toBe(422);
    expect(taken.text).toContain('Another person on record has this number.');
    for (const [changes, words] of [
      [
        { kind: 'civil_registration', number: '0123456789012' },
        'This is no number of that register',
      ],
      [{ valid_from: '2028-01-01' }, 'Give dates in order'],
      [{ valid_until: '31.12.2027' }, 'Give dates in order'],
    ] as const) {
      const wrong = { ...reference, number: 'WP0001', ...changes };
      const answer = await registrar.walker.post(`${other.path}/cross-references`, wrong);
      expect(answer.status).toBe(422);
      expect(answer.text).toContain(words);
    }
    // The immigration register's own key comes from that register, not from a form.
    const forged = { ...reference, kind: 'immigration_person', number: 'x' };
    expect((await registrar.walker.post(`${other.path}/cross-references`, forged)).status).toBe(
      400,
    );

    const ending = /(\/cross-references\/[\w-]+\/ending)/.exec(shown.text)![1]!;
    expect((await registrar.walker.post(`${other.path}${ending}`)).status).toBe(404);
    expect((await registrar.walker.post(`${one.path}${ending}`)).status).toBe(302);
    expect((await registrar.walker.get(one.path)).text).toContain('Ended');
  });
});
