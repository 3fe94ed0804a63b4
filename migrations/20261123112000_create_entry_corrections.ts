import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('entry_corrections', (table) => {
    table.comment(
      'Entries of a register that an applicant says are wrong: contested, requested of the register, answered; a case waits meanwhile',
    );
    table
      .uuid('id')
      .primary()
      .comment('correction id, our request id at the register; sensitive=false');
    table
      .uuid('case_id')
      .notNullable()
      .references('cases.id')
      .comment('the case that it is about; sensitive=false');
    table
      .text('entry')
      .notNullable()
      .checkIn([
        'name',
        'date_of_birth',
        'nationality',
        'document',
        'visa',
        'stay',
        'departure',
        'work',
      ])
      .comment('which entry; sensitive=true');
    table
      .specificType('statement', 'bytea')
      .notNullable()
      .comment("the applicant's words, encrypted; sensitive=true");
    table
      .text('state')
      .notNullable()
      .checkIn(['contested', 'requested', 'answered', 'dismissed'])
      .comment('how far; sensitive=false');
    table.text('register').nullable().comment('whom an officer asked; sensitive=false');
    table
      .text('asked_by')
      .nullable()
      .checkIn(['port', 'letter'])
      .comment('over the register’s port, or by letter; sensitive=false');
    table
      .text('outcome')
      .nullable()
      .checkIn(['corrected', 'rejected'])
      .comment('what the register answered; sensitive=true');
    table.integer('attempts').notNullable().comment('deliveries so far; sensitive=false');
    table
      .uuid('officer_id')
      .nullable()
      .references('accounts.id')
      .comment('who requested or dismissed it; sensitive=false');
    table.timestamp('contested_at').notNullable().comment('when; sensitive=false');
    table.timestamp('requested_at').nullable().comment('when; sensitive=false');
    table.timestamp('settled_at').nullable().comment('answered or dismissed; sensitive=false');
  });
  await knex.raw(`
    create unique index entry_corrections_one_open on entry_corrections (case_id, entry)
      where state in ('contested', 'requested');
    create index entry_corrections_of_case on entry_corrections (case_id, contested_at);
    create index entry_corrections_open on entry_corrections (contested_at, id)
      where state in ('contested', 'requested');
    alter table entry_corrections
      add check ((settled_at is not null) = (state in ('answered', 'dismissed'))),
      add check ((outcome is not null) = (state = 'answered')),
      add check ((register is null) = (requested_at is null)),
      add check ((register is null) = (asked_by is null)),
      add check (state not in ('requested', 'answered') or requested_at is not null),
      add check (state = 'contested' or officer_id is not null)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('entry_corrections');
}
