import type { Knex } from 'knex';

/** The OpenID provider's keys with their times: each node does what the times say, so that none needs a restart. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('provider_keys', (table) => {
    table.comment('Keys and secrets of the OpenID provider, past and present');
    table.text('kid').primary().comment('name of the key, public; sensitive=false');
    table.text('kind').notNullable().comment('what it is for; sensitive=false');
    table
      .text('held_by')
      .notNullable()
      .comment('store: sealed in this row; signer: never leaves the signer; sensitive=false');
    table.jsonb('public_jwk').comment('the public half, none of a secret; sensitive=false');
    table
      .uuid('data_key_id')
      .references('data_keys.id')
      .comment('seals the private half, destroyed with it; sensitive=false');
    table.binary('sealed_private').comment('private half, encrypted; sensitive=true');
    table.timestamp('published_at').notNullable().comment('known to all from; sensitive=false');
    table.timestamp('used_from').notNullable().comment('signs from; sensitive=false');
    table
      .timestamp('used_until')
      .comment('a later one signs from; null: none is planned; sensitive=false');
    table.timestamp('removed_at').comment('what it signed is refused from; sensitive=false');
    table.timestamp('compromised_at').comment('found to be known to others; sensitive=false');
    table.text('recorded_state').notNullable().comment('last step in the trail; sensitive=false');
  });
  await knex.raw(`
    alter table provider_keys
      add check (kind in ('RS256', 'PS256', 'ES256', 'EdDSA', 'RSA-OAEP-256', 'ECDH-ES', 'cookie', 'dpop-nonce')),
      add check (held_by in ('store', 'signer')),
      add check (recorded_state in ('waiting', 'in_use', 'retiring', 'removed')),
      add check ((public_jwk is null) = (kind in ('cookie', 'dpop-nonce'))),
      -- Only signatures can be had without the key.
      add check (held_by = 'store' or (kind in ('RS256', 'PS256', 'ES256', 'EdDSA')
                                       and data_key_id is null and sealed_private is null)),
      add check (sealed_private is null or data_key_id is not null),
      add check (used_from >= published_at),
      add check ((used_until is null) = (removed_at is null) and removed_at >= used_until);
    -- Each kind has one key that no other follows yet.
    create unique index provider_keys_last on provider_keys (kind) where used_until is null`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('provider_keys');
}
