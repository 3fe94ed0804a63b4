import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { inviteOfficer } from '../../src/accounts/invite-officer.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { drawPortrait } from '../../src/dev/passport-maker/draw-portrait.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import { loadOrMakeSandboxPki } from '../../src/dev/passport-maker/sandbox-pki-file.ts';
import { trustSandboxPki } from '../../src/dev/passport-maker/trust-sandbox-pki.ts';
import type { App } from '../../src/lib/app.ts';
import { addDays } from '../../src/lib/clock.ts';
import { transact } from '../../src/lib/database.ts';
import type { ProofingCase } from '../../src/proofing/case-state.ts';
import { testApp, testDatabase } from '../harness.ts';
import { startBeside } from '../start-beside.ts';
import { caseInReview } from './case-in-review.ts';

/** As many cases as are raced for; the 1,000 with `RACED_CASES=1000`. */
const CASES = Number(process.env.RACED_CASES ?? 40);
const AT_ONCE = 4;

let app: App;
let databaseUrl: string;
beforeAll(async () => {
  const database = await testDatabase();
  databaseUrl = database.url;
  app = { ...(await testApp()), db: database.db };
});

const answer = z.object({ caseId: z.string(), outcome: z.string() });

/** Sends a case to a node; gives what came of it there. */
function asks(node: ChildProcess) {
  const waiting = new Map<string, (outcome: string) => void>();
  node.on('message', (message) => {
    const { caseId, outcome } = answer.parse(message);
    waiting.get(caseId)?.(outcome);
  });
  return (proofing: ProofingCase, officerId: string) =>
    new Promise<string>((resolve) => {
      waiting.set(proofing.id, resolve);
      node.send({ caseId: proofing.id, version: proofing.version, officerId });
    });
}

/** A name and a birth date of their own: no candidates for anybody, who would have to be compared first. */
function unlikeAnybody(number: number) {
  const letter = (digits: number) => String.fromCharCode(65 + (digits % 26));
  const name = `NODE${letter(number / 676)}${letter(number / 26)}${letter(number)}`;
  return {
    primaryIdentifier: name,
    printedPrimary: name,
    dateOfBirth: addDays('1970-01-01', number * 7),
  };
}

/** What one approval leaves, with the rows that each case has of it. */
const LEFT: Readonly<Record<string, string>> = {
  'final decision': `select case_id from case_decisions where outcome in ('approved', 'refused')`,
  decision: 'select case_id from case_decisions',
  ID: 'select issue_key as case_id from foreign_ids',
  proof: 'select case_id from identity_proofs',
  'account link': 'select case_id from person_accounts',
  'audit row of the decision': `select subject_id::uuid as case_id from audit_events where action = 'proofing.case_decided'`,
  'audit row of the ID': `select f.issue_key as case_id from audit_events e join foreign_ids f on f.id::text = e.details::json->>'foreignId'
    where e.action = 'registry.id_state_changed'`,
  'status event': `select f.issue_key as case_id from status_events s join foreign_ids f on f.person_id = s.person_id`,
  notice: `select c.id as case_id from messages m join cases c on c.account_id = m.account_id where m.template = 'proofing_completed'`,
};

it(
  `two nodes that decide one case at once make one decision and one ID, ${CASES} times`,
  async () => {
    const pki = loadOrMakeSandboxPki(app.config.KEYS_DIR, app);
    await transact(app.db, (tx) => trustSandboxPki(tx, app, pki));
    const nodes = Promise.all(
      [1, 2].map(() =>
        startBeside(join(import.meta.dirname, 'deciding-node.ts'), {
          databaseUrl,
          config: app.config,
        }),
      ),
    );
    const officers = await transact(app.db, async (tx) => [
      await inviteOfficer(tx, app, { name: 'Malee', roles: ['officer'] }),
      await inviteOfficer(tx, app, { name: 'Prasert', roles: ['officer'] }),
    ]);
    const portrait = await drawPortrait(demoPeople.anna.look);
    const cases: ProofingCase[] = [];
    for (let number = 0; number < CASES; number += AT_ONCE)
      cases.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(AT_ONCE, CASES - number) }, async (_, lane) => {
            const documentNumber = `N${String(number + lane).padStart(8, '0')}`;
            const now = app.clock.now();
            const person = { ...demoPeople.anna, ...unlikeAnybody(number + lane) };
            const passport = await makePassport(pki, { person, now, documentNumber, portrait });
            return caseInReview(app, { passport, picture: portrait });
          }),
        )),
      );

    const [one, two] = (await nodes).map(asks);
    const outcomes: [string, string][] = [];
    const queue = [...cases.entries()];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const [index, proofing] = next;
          const first = () => one!(proofing, officers[0]!.accountId);
          const second = () => two!(proofing, officers[1]!.accountId);
          // Each is asked first every other time, so that neither is always ahead.
          const [a, b] = index % 2 === 0 ? [first(), second()] : [second(), first()].toReversed();
          outcomes.push([await a!, await b!]);
        }
      }),
    );

    expect(outcomes.map((pair) => pair.toSorted())).toEqual(
      cases.map(() => ['approved', 'stale_version']),
    );
    // A race it was: each of the two was first now and then.
    expect(new Set(outcomes.map(([first]) => first)).size).toBe(2);
    for (const [what, sql] of Object.entries(LEFT)) {
      const { rows } = await app.db.raw(
        `select count(*)::int as rows, count(distinct case_id)::int as cases from (${sql}) as what`,
      );
      expect(rows, what).toEqual([{ rows: CASES, cases: CASES }]);
    }
  },
  40_000 + CASES * 300,
);
