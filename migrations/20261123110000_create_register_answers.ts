import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('register_answers', (table) => {
    table.comment(
      'What registers last said about a document, for showing with its age while they cannot be asked; bounded and short-lived',
    );
    table.uuid('id').primary().comment('row; sensitive=false');
    table.text('register').notNullable().comment('which one, by our name for it; sensitive=false');
    table
      .specificType('question_index', 'bytea')
      .notNullable()
      .comment('blind index of document, birth date and visa number asked about; sensitive=true');
    table
      .uuid('data_key_id')
      .notNullable()
      .references('data_keys.id')
      .comment('of the account that asked: erased with it; sensitive=false');
    table
      .specificType('answer', 'bytea')
      .notNullable()
      .comment('the answer, encrypted; sensitive=true');
    table.timestamp('answered_at').notNullable().comment('when we had it; sensitive=false');
    table.unique(['register', 'question_index']);
    table.index(['answered_at']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('register_answers');
}
