import { expect, it } from 'vitest';
import { startTestServer } from '../harness.ts';
import { anna } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { authorizationRequest, follow, relyingParty, signInAt } from './relying-party.ts';

const TABLES = [
  'oidc_subjects',
  'oidc_consents',
  'oidc_sessions',
  'oidc_grants',
  'oidc_tokens',
  'oidc_pushed_requests',
  'oidc_interactions',
  'oidc_interaction_returns',
  'audit_events',
];

/*
 * Whoever reads the tables learns no name, number or address from them, though requests carried some in hints and
 * asked values; and finds no code, token or cookie that opens anything.
 */
it('keeps neither personal data nor secrets where the tables can be read', async () => {
  const server = await startTestServer();
  const party = await relyingParty(server, {
    claims: ['name', 'family_name', 'given_name', 'birthdate', 'foreign_national_id'],
  });
  const person = await signUp(server, { email: 'canary@example.org' });
  const holder = { ...anna, primaryIdentifier: 'CANARIUS', documentNumber: 'CNRY00001' };
  const { number } = await enrol(server, person.accountId, holder);
  const claims = JSON.stringify({ userinfo: { name: { value: 'ANNA MARIA CANARIUS' } } });
  const scope = 'openid profile foreign_national_id';
  const hints = { login_hint: 'canary@example.org', claims, scope };
  const { tokens, url } = await signInAt(person.walker, party, hints);
  // One that stays open, with the same hints.
  await follow(
    person.walker,
    (await authorizationRequest(party, { ...hints, prompt: 'login' })).path,
  );

  const rows = await Promise.all(
    TABLES.map((table) => server.app.db.raw(`select t::text as row from ?? as t`, [table])),
  );
  const text = (rows as { rows: { row: string }[] }[])
    .flatMap(({ rows }) => rows.map(({ row }) => row))
    .join('\n')
    .toLowerCase();
  expect(text).toContain('lands-condo');
  const secrets = [
    'CANARIUS',
    'canary@example.org',
    'CNRY00001',
    number,
    tokens.access_token,
    tokens.refresh_token!,
    url.searchParams.get('code')!,
    ...[...person.walker.cookies]
      .filter(([name]) => /session|oidc$/.test(name))
      .map(([, value]) => value),
  ];
  expect(secrets.length).toBeGreaterThan(8);
  for (const secret of secrets) {
    expect(text).not.toContain(secret.toLowerCase());
    // Binary columns are shown in hexadecimal.
    expect(text).not.toContain(Buffer.from(secret).toString('hex'));
  }
});
