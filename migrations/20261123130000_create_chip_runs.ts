import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('hand_offs', (table) => {
    table
      .uuid('officer_id')
      .nullable()
      .references('accounts.id')
      .comment(
        'officer whose counter reader it is for; null: for a phone of the applicant; sensitive=false',
      );
  });
  await knex.schema.createTable('chip_runs', (table) => {
    table.comment(
      'Runs of chip authentication by our server: the phone carries commands and answers',
    );
    table.uuid('id').primary().comment('run id; sensitive=false');
    table
      .uuid('hand_off_id')
      .notNullable()
      .references('hand_offs.id')
      .comment('the one hand-off it serves; sensitive=false');
    table.smallint('number').notNullable().comment('of the runs of its hand-off; sensitive=false');
    table
      .specificType('content', 'bytea')
      .nullable()
      .comment('encrypted: our ephemeral key and what the chip answered; sensitive=true');
    table
      .specificType('files_digest', 'bytea')
      .notNullable()
      .comment('keyed digest of EF_SOD and DG14, as they were when it started; sensitive=true');
    table
      .smallint('step')
      .notNullable()
      .comment('the command that waits for its answer; sensitive=false');
    table
      .text('outcome')
      .nullable()
      .checkIn(['passed', 'failed', 'refused', 'replaced'])
      .comment('how it ended; sensitive=false');
    table.timestamp('created_at').notNullable().comment('when; sensitive=false');
    table
      .timestamp('expires_at')
      .notNullable()
      .comment('worth nothing from then on; sensitive=false');
    table.unique(['hand_off_id', 'number']);
  });
  await knex.raw(`
    create unique index chip_runs_one_live on chip_runs (hand_off_id) where outcome is null and content is not null;
    alter table chip_runs
      add check (number between 1 and 5),
      add check (step between 1 and 16),
      add check (octet_length(files_digest) = 32),
      add check (outcome is distinct from 'replaced' or content is null)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('chip_runs');
  await knex.schema.alterTable('hand_offs', (table) => table.dropColumn('officer_id'));
}
