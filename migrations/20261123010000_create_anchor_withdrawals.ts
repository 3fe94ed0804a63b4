import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('anchor_withdrawals', (table) => {
    table.comment('Anchors that an officer wants distrusted; a second one confirms or not');
    table.uuid('id').primary().comment('withdrawal id; sensitive=false');
    table
      .specificType('sha256', 'bytea')
      .notNullable()
      .references('trust_anchors.sha256')
      .comment('SHA-256 of the anchor; sensitive=false');
    table
      .text('reason')
      .notNullable()
      .comment('key_compromised, asked_by_state or never_of_state; sensitive=false');
    table.text('state').notNullable().comment('proposed, confirmed or rejected; sensitive=false');
    table
      .uuid('proposed_by')
      .notNullable()
      .references('accounts.id')
      .comment('the officer who proposed it; sensitive=false');
    table.timestamp('proposed_at').notNullable().comment('when; sensitive=false');
    table
      .uuid('decided_by')
      .nullable()
      .references('accounts.id')
      .comment('the officer who confirmed or rejected it; sensitive=false');
    table.timestamp('decided_at').nullable().comment('when; sensitive=false');
    table
      .integer('version')
      .nullable()
      .unique()
      .comment('the version of the trust store that its confirmation made; sensitive=false');
    const check = (name: string, predicate: string) =>
      table.check(predicate, {}, `anchor_withdrawals_${name}_check`);
    check('reason', "reason in ('key_compromised', 'asked_by_state', 'never_of_state')");
    check('state', "state in ('proposed', 'confirmed', 'rejected')");
    check('decided', "(state <> 'proposed') = (decided_by is not null and decided_at is not null)");
    check('undecided', "state <> 'proposed' or (decided_by is null and decided_at is null)");
    // The proposer may take it back, and never confirm it.
    check('two_officers', "state <> 'confirmed' or decided_by <> proposed_by");
    check('version', "(state = 'confirmed') = (version is not null) and version > 0");
  });
  await knex.raw(
    `create unique index anchor_withdrawals_open_unique on anchor_withdrawals (sha256) where state = 'proposed'`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('anchor_withdrawals');
}
