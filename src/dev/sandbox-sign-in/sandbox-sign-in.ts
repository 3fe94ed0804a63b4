import { z } from 'zod';
import { sandboxSignInPage } from '../../../views/dev/sandbox-sign-in.ts';
import { startPasskeySession } from '../../accounts/create-account.ts';
import { seeOther } from '../../accounts/see-other.ts';
import type { Aal, Ial } from '../../assurance/acr.ts';
import { transact } from '../../lib/database.ts';
import { Fault } from '../../lib/fault.ts';
import { readForm } from '../../web/body.ts';
import type { Context, WebApp } from '../../web/context.ts';
import { ownPath } from '../../web/own-path.ts';
import { page } from '../../web/page.ts';
import { testAccount } from './test-account.ts';
import type { TestAccount } from './test-account.ts';
import { TEST_PEOPLE, TEST_PERSON_KEYS } from './test-people.ts';

const level = (values: readonly string[]) => z.enum(values).transform(Number);

const form = z.looseObject({
  person: z.enum(TEST_PERSON_KEYS),
  ial: level(['0', '1', '2', '3']),
  aal: level(['1', '2', '3']),
  return_to: z.string().optional(),
});

/**
 * GET /dev/sign-in: a plain form, no script, that signs a test person in at a chosen IAL and AAL, for integrators and
 * conformance suites. `?return_to=` goes on at a path of ours. Production has no such page.
 */
export async function showSandboxSignIn(ctx: Context, app: WebApp): Promise<void> {
  await page(ctx, app, {
    view: sandboxSignInPage,
    model: {
      returnTo: ownPath(ctx.query.return_to, '/home'),
      people: TEST_PERSON_KEYS.map((key) => ({
        key,
        name: TEST_PEOPLE[key].fullNamePrinted,
        stay: TEST_PEOPLE[key].stay.status,
      })),
    },
    title: 'dev.sandbox_sign_in.title',
    area: 'plain',
  });
}

/** POST /dev/sign-in: the session is an ordinary one; its AAL follows from facts of a passkey use, as always. */
export async function submitSandboxSignIn(ctx: Context, app: WebApp): Promise<void> {
  const read = readForm(ctx, form);
  if (!read.ok) throw new Fault('invalid_input');
  const { person } = read.value;
  const [ial, aal] = [read.value.ial as Ial, read.value.aal as Aal];
  await startTestSession(ctx, app, { account: await testAccount(app, { person, ial }), aal });
  seeOther(ctx, ownPath(read.value.return_to, '/home'));
}

/** A fresh session of a test person in this browser, as a touch of their passkey would begin it, had they one. */
export async function startTestSession(
  ctx: Context,
  app: WebApp,
  { account, aal }: { account: TestAccount; aal: Aal },
): Promise<void> {
  const { accountId, passkeyId } = account;
  await transact(app.db, (tx) =>
    startPasskeySession(tx, app, ctx, {
      kind: 'subscriber',
      accountId,
      passkeyId,
      userVerified: aal >= 2,
      backupEligible: false,
      ...(aal === 3 ? { hardware: SECURITY_KEY } : {}),
    }),
  );
}

/** What the attestation of a certified security key would tell. */
const SECURITY_KEY = { nonExportableKey: true, certification: 'L2', revoked: false } as const;
