import type { Knex } from 'knex';

/** Nothing that comes to us is encrypted (request objects are signed, pushed and under TLS): no keys for it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    with gone as (delete from provider_keys where kind in ('RSA-OAEP-256', 'ECDH-ES') returning data_key_id)
    update data_keys set wrapped_key = null, destroyed_at = now() where id in (select data_key_id from gone);
    alter table provider_keys
      drop constraint provider_keys_kind_check,
      add constraint provider_keys_kind_check
        check (kind in ('RS256', 'PS256', 'ES256', 'EdDSA', 'cookie', 'dpop-nonce'))`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table provider_keys
      drop constraint provider_keys_kind_check,
      add constraint provider_keys_kind_check
        check (kind in ('RS256', 'PS256', 'ES256', 'EdDSA', 'RSA-OAEP-256', 'ECDH-ES', 'cookie', 'dpop-nonce'))`);
}
