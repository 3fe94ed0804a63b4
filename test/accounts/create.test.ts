import { expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import { mailsTo, newWalker, signIn, signUp } from '../walk.ts';

it('creates an account with a confirmed address and a passkey, and signs it in again', async () => {
  const server = await startTestServer();
  const anna = await signUp(server, { email: 'anna@example.org', returnTo: '/sessions?from=test' });
  expect(anna.endedAt).toBe('/sessions?from=test');
  const session = await server.app.db('sessions').where({ account_id: anna.accountId }).first();
  expect(session).toMatchObject({ kind: 'subscriber', aal: 2, amr: ['pop', 'user', 'mfa'] });
  expect(await mailsTo(server.url, 'anna@example.org')).toHaveLength(1);

  const elsewhere = newWalker(server.url);
  const answer = await signIn(elsewhere, anna.device, { returnTo: '/passkeys' });
  expect(answer).toMatchObject({ status: 303, location: '/passkeys' });
});
