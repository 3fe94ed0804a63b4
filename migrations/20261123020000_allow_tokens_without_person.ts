import type { Knex } from 'knex';

/** Tokens of a service itself (RFC 6749 §4.4) have no grant, no person and so no level of a sign-in. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table oidc_tokens
      alter grant_id drop not null,
      alter aal drop not null,
      drop constraint oidc_tokens_kind_check,
      add constraint oidc_tokens_kind_check check
        (kind in ('AuthorizationCode', 'AccessToken', 'RefreshToken', 'ClientCredentials')),
      add constraint oidc_tokens_person_check check
        ((kind = 'ClientCredentials') = (grant_id is null) and (grant_id is null) = (aal is null))`);
}

export async function down(knex: Knex): Promise<void> {
  await knex('oidc_tokens').where({ kind: 'ClientCredentials' }).delete();
  await knex.raw(`
    alter table oidc_tokens
      alter grant_id set not null,
      alter aal set not null,
      drop constraint oidc_tokens_person_check,
      drop constraint oidc_tokens_kind_check,
      add constraint oidc_tokens_kind_check check
        (kind in ('AuthorizationCode', 'AccessToken', 'RefreshToken'))`);
}
