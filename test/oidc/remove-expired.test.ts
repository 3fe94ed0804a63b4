import { expect, it } from 'vitest';
import { removeExpired } from '../../src/oidc/remove-expired.ts';
import { startTestServer } from '../harness.ts';
import { signUp } from '../walk.ts';
import { relyingParty, signInAt } from './relying-party.ts';

it('clears what has expired and nothing else', async () => {
  const server = await startTestServer();
  const party = await relyingParty(server);
  const { walker } = await signUp(server, { email: 'anna@example.org' });
  await signInAt(walker, party);
  const { app } = server;
  const rowsAt = async (hours: number) => {
    const now = new Date(Date.now() + hours * 3600_000);
    await removeExpired({}, { ...app, clock: { now: () => now } });
    const tokens = await app.db('oidc_tokens').orderBy('kind').pluck('kind');
    const counts = await Promise.all(
      ['oidc_grants', 'oidc_sessions', 'oidc_interaction_returns', 'oidc_consents'].map(
        async (table) => Number((await app.db(table).count('* as n'))[0]!.n),
      ),
    );
    return [tokens, ...counts];
  };
  expect(await rowsAt(0)).toEqual([
    ['AccessToken', 'AuthorizationCode', 'RefreshToken'],
    1,
    1,
    expect.any(Number),
    1,
  ]);
  expect((await rowsAt(0.2))[0]).toEqual(['RefreshToken']);
  expect((await rowsAt(13)).slice(0, 3)).toEqual([[], 1, 1]);
  expect((await rowsAt(49)).slice(1, 3)).toEqual([0, 0]);
  expect(await rowsAt(24 * 70)).toEqual([[], 0, 0, 0, 1]);
});
