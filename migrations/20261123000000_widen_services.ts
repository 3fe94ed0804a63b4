import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('services', (table) => {
    table
      .text('profile')
      .notNullable()
      .defaultTo('standard')
      .checkIn(['standard', 'fapi2_security', 'fapi2_message_signing'], 'services_profile')
      .comment('what the service holds itself to; sensitive=false');
    table
      .specificType('grant_types', 'text[]')
      .notNullable()
      .defaultTo('{authorization_code}')
      .comment('ways to get tokens (RFC 7591 §2); sensitive=false');
    table
      .boolean('pkce_required')
      .notNullable()
      .defaultTo(true)
      .comment('false: an older stack, which must send a nonce instead; sensitive=false');
    table
      .jsonb('protocol')
      .notNullable()
      .defaultTo('{}')
      .comment('further OIDC client metadata, as validated at registration; sensitive=false');
  });
  await knex.raw(
    `update services set grant_types = '{authorization_code,refresh_token}' where refresh_tokens`,
  );
  await knex.schema.alterTable('services', (table) => table.dropColumn('refresh_tokens'));
  // Named by PostgreSQL; dropped by what they say, not by what they are called.
  for (const said of ['auth_method', 'id_token_alg', 'redirect_uris']) await dropChecks(knex, said);
  await knex.raw(
    `alter table services
       add constraint services_auth_method check (auth_method in ('client_secret_basic', 'client_secret_post',
         'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth', 'none')),
       add constraint services_secret check
         ((auth_method in ('client_secret_basic', 'client_secret_post')) = (secret_digest is not null)),
       add constraint services_id_token_alg check (id_token_alg in ('RS256', 'PS256', 'ES256', 'EdDSA')),
       add constraint services_redirects check
         (cardinality(redirect_uris) > 0 or not 'authorization_code' = any(grant_types)),
       add constraint services_pkce check (pkce_required or (auth_method <> 'none' and profile = 'standard'))`,
  );
}

async function dropChecks(knex: Knex, column: string): Promise<void> {
  const { rows }: { rows: { conname: string }[] } = await knex.raw(
    `select conname from pg_constraint where conrelid = 'services'::regclass and contype = 'c'
       and pg_get_constraintdef(oid) like ?`,
    [`%${column}%`],
  );
  for (const { conname } of rows)
    await knex.raw('alter table services drop constraint ??', [conname]);
}

export async function down(): Promise<void> {
  throw new Error('Services may use what the former table cannot hold: restore a backup instead.');
}
