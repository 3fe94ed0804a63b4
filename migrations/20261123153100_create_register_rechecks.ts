import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('register_rechecks', (table) => {
    table.comment(
      'What registers and lists said when they were asked once more, right before an approval',
    );
    table.uuid('id').primary().comment('recheck id; sensitive=false');
    table.uuid('case_id').notNullable().references('cases.id').comment('the case; sensitive=false');
    table
      .uuid('examination_id')
      .notNullable()
      .references('case_examinations.id')
      .comment('the answer on file that it was compared with; sensitive=false');
    table.text('outcome').notNullable().comment('stands, changed or silent; sensitive=false');
    table
      .text('reason')
      .nullable()
      .comment('names of the checks that differ, or why there is silence; sensitive=true');
    table
      .timestamp('asked_at')
      .notNullable()
      .comment('when the questions left: it is as fresh as that; sensitive=false');
    table.check(
      "outcome in ('stands', 'changed', 'silent')",
      {},
      'register_rechecks_outcome_check',
    );
    table.check("(outcome = 'stands') = (reason is null)", {}, 'register_rechecks_reason_check');
    table.index(['case_id', 'asked_at']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('register_rechecks');
}
