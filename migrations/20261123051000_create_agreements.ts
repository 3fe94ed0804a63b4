import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('agreements', (table) => {
    table.comment('What a service may fetch from a resource of another agency for its own users');
    table.uuid('id').primary().comment('agreement id; sensitive=false');
    table
      .text('service_id')
      .notNullable()
      .references('services.client_id')
      .comment('who calls; sensitive=false');
    table
      .text('resource')
      .notNullable()
      .references('resources.identifier')
      .comment('what is called; sensitive=false');
    table.specificType('scopes', 'text[]').notNullable().comment('at most these; sensitive=false');
    table.text('purpose_en').notNullable().comment('what for; sensitive=false');
    table.text('purpose_th').notNullable().comment('what for, Thai; sensitive=false');
    table
      .text('legal_basis')
      .notNullable()
      .checkIn(['law', 'consent'])
      .comment('why it is allowed; sensitive=false');
    table
      .text('legal_reference')
      .nullable()
      .comment('the provision, where the basis is law; sensitive=false');
    table.timestamp('valid_from').notNullable().comment('counts from; sensitive=false');
    table.timestamp('valid_until').notNullable().comment('counts until; sensitive=false');
    table
      .uuid('first_approver')
      .nullable()
      .references('accounts.id')
      .comment('officer who proposed it; sensitive=false');
    table
      .uuid('second_approver')
      .nullable()
      .references('accounts.id')
      .comment('officer who confirmed it; sensitive=false');
    table.timestamp('created_at').notNullable().comment('registered; sensitive=false');
    table.timestamp('ended_at').nullable().comment('ended before its time; sensitive=false');
    table.index(['service_id', 'resource']);
  });
  await knex.raw(
    `alter table agreements
       add constraint agreements_scopes check (cardinality(scopes) > 0),
       add constraint agreements_time check (valid_until > valid_from),
       add constraint agreements_law check (legal_basis <> 'law' or legal_reference is not null),
       add constraint agreements_two_officers check
         ((first_approver is null) = (second_approver is null) and first_approver <> second_approver)`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('agreements');
}
