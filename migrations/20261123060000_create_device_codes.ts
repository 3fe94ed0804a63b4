import type { Knex } from 'knex';

type Table = Knex.CreateTableBuilder;

/** What both kinds of request have in common: a service polls for what a person answers elsewhere. */
function polled(table: Table): void {
  table
    .specificType('id_digest', 'bytea')
    .primary()
    .comment('keyed digest of what the service polls with; sensitive=true');
  table
    .text('service_id')
    .notNullable()
    .references('services.client_id')
    .comment('who asked; sensitive=false');
  table
    .specificType('payload', 'bytea')
    .notNullable()
    .comment('what the library stores, encrypted; sensitive=true');
  table.text('grant_id').nullable().comment('what came of it; sensitive=false');
  table
    .smallint('aal')
    .nullable()
    .checkBetween([1, 3])
    .comment('of the sign-in that approved it; sensitive=false');
  table.timestamp('answered_at').nullable().comment('approved or refused; sensitive=false');
  table.timestamp('polled_at').nullable().comment('last asked for; sensitive=false');
  table
    .smallint('poll_seconds')
    .notNullable()
    .comment('to wait between two polls; grows where they come too fast; sensitive=false');
  table.timestamp('consumed_at').nullable().comment('tokens were given; sensitive=false');
  table.timestamp('created_at').notNullable().comment('asked; sensitive=false');
  table.timestamp('expires_at').notNullable().comment('worth nothing after; sensitive=false');
}

const POLLED_CHECKS = `
  add check ((grant_id is null) = (aal is null)),
  add check (grant_id is null or answered_at is not null),
  add check (consumed_at is null or grant_id is not null)`;

/** Device codes (RFC 8628) and backchannel authentication requests (CIBA Core 1.0). */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('oidc_device_codes', (table) => {
    table.comment('Sign-ins of devices without a browser, approved by a code typed elsewhere');
    polled(table);
    table
      .specificType('user_code_digest', 'bytea')
      .notNullable()
      .unique()
      .comment('keyed digest of the code that the person types; sensitive=true');
    table
      .timestamp('claimed_at')
      .nullable()
      .comment('a browser confirmed the code: no other may; sensitive=false');
    table.index(['expires_at']);
  });
  await knex.raw(`alter table oidc_device_codes ${POLLED_CHECKS}`);

  await knex.schema.createTable('oidc_backchannel_requests', (table) => {
    table.comment(
      'Requests of services that a person approves in the portal, kept a day for limits',
    );
    polled(table);
    table
      .uuid('id')
      .notNullable()
      .unique()
      .comment("name in the person's pages; opens nothing to others; sensitive=false");
    table
      .uuid('account_id')
      .nullable()
      .references('accounts.id')
      .comment(
        'whom the hint named; null: nobody, which the service does not learn; sensitive=false',
      );
    table
      .timestamp('admitted_at')
      .nullable()
      .comment('shown to the person; null: past a limit, or nobody; sensitive=false');
    table
      .text('answer')
      .nullable()
      .checkIn(['approved', 'refused', 'reported', 'out_of_reach'])
      .comment('what came of it; sensitive=false');
    table.index(['account_id', 'created_at']);
    table.index(['created_at']);
  });
  await knex.raw(`alter table oidc_backchannel_requests ${POLLED_CHECKS},
    add check ((answer is null) = (answered_at is null)),
    add check ((answer = 'approved') = (grant_id is not null)),
    add check (answered_at is null or admitted_at is not null),
    add check (admitted_at is null or account_id is not null)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('oidc_backchannel_requests');
  await knex.schema.dropTable('oidc_device_codes');
}
