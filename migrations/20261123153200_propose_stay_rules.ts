import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('stay_rule_proposals', (table) => {
    table.comment('Sets of stay rules that an officer wants in force; a second one accepts or not');
    table.uuid('id').primary().comment('proposal id; sensitive=false');
    table.text('title').notNullable().comment('what the set is; sensitive=false');
    table.specificType('rules', 'jsonb').notNullable().comment('the rules; sensitive=false');
    table
      .text('sha256')
      .notNullable()
      .comment('of title and rules, as accepted or not; sensitive=false');
    table
      .integer('based_on')
      .notNullable()
      .comment('version in force when it was proposed: what it was compared with; sensitive=false');
    table.text('state').notNullable().comment('proposed, accepted or rejected; sensitive=false');
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
      .comment('the officer who accepted or rejected it; sensitive=false');
    table.timestamp('decided_at').nullable().comment('when; sensitive=false');
    table
      .integer('version')
      .nullable()
      .unique()
      .references('stay_rule_sets.version')
      .comment('the version that its acceptance made; sensitive=false');
    const check = (name: string, predicate: string) =>
      table.check(predicate, {}, `stay_rule_proposals_${name}_check`);
    check('state', "state in ('proposed', 'accepted', 'rejected')");
    check('decided', "(state <> 'proposed') = (decided_by is not null and decided_at is not null)");
    // The proposer may take it back, and never accept it.
    check('two_officers', "state <> 'accepted' or decided_by <> proposed_by");
    check('version', "(state = 'accepted') = (version is not null)");
  });
  // A set is the whole of the rules: of two that wait, one would undo the other unseen.
  await knex.raw(
    `create unique index stay_rule_proposals_open_unique on stay_rule_proposals (state) where state = 'proposed'`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('stay_rule_proposals');
}
