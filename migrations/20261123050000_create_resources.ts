import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await createResources(knex);
  await createDetailTypes(knex);
  await createResourceServices(knex);
  await knex.schema.alterTable('oidc_consents', (table) => {
    table
      .jsonb('resources')
      .notNullable()
      .defaultTo('{}')
      .comment('scopes agreed at resources of agencies, by resource; sensitive=false');
  });
}

async function createResources(knex: Knex): Promise<void> {
  await knex.schema.createTable('resources', (table) => {
    table.comment('Resource servers of agencies: who may have tokens for them, and which');
    table
      .text('identifier')
      .primary()
      .comment('resource indicator and audience (RFC 8707); sensitive=false');
    table
      .uuid('agency_id')
      .notNullable()
      .references('agencies.id')
      .comment('whose: the sector of sub in its tokens; sensitive=false');
    table
      .text('state')
      .notNullable()
      .checkIn(['active', 'suspended'])
      .comment('are tokens issued for it; sensitive=false');
    table.text('name_en').notNullable().comment('name shown at consent; sensitive=false');
    table.text('name_th').notNullable().comment('name shown at consent, Thai; sensitive=false');
    table
      .text('token_format')
      .notNullable()
      .checkIn(['jwt', 'opaque'])
      .comment('form of its access tokens; sensitive=false');
    table
      .smallint('token_seconds')
      .notNullable()
      .checkBetween([30, 600])
      .comment('lifetime of its access tokens; sensitive=false');
    table
      .smallint('minimum_ial')
      .notNullable()
      .checkBetween([0, 3])
      .comment('least identity assurance; sensitive=false');
    table
      .smallint('minimum_aal')
      .notNullable()
      .checkBetween([1, 3])
      .comment('least authentication assurance; sensitive=false');
    table
      .jsonb('scopes')
      .notNullable()
      .comment('scopes with what the person reads of each; sensitive=false');
    table.timestamp('created_at').notNullable().comment('registered; sensitive=false');
    table.timestamp('updated_at').notNullable().comment('last change; sensitive=false');
    table.index(['agency_id']);
  });
  await knex.raw(
    `alter table resources
       add constraint resources_identifier check (identifier ~ '^(http|https)://' and position('#' in identifier) = 0),
       add constraint resources_scopes check (jsonb_typeof(scopes) = 'array' and jsonb_array_length(scopes) > 0)`,
  );
}

async function createDetailTypes(knex: Knex): Promise<void> {
  await knex.schema.createTable('resource_detail_types', (table) => {
    table.comment('Types of authorization_details (RFC 9396), each of one resource');
    table.text('type').primary().comment('the type, one meaning everywhere; sensitive=false');
    table
      .text('resource')
      .notNullable()
      .references('resources.identifier')
      .onDelete('CASCADE')
      .comment('where it counts; sensitive=false');
    table.text('name_en').notNullable().comment('title shown at consent; sensitive=false');
    table.text('name_th').notNullable().comment('title shown at consent, Thai; sensitive=false');
    table
      .jsonb('fields')
      .notNullable()
      .comment('declared fields with their labels; sensitive=false');
    table.index(['resource']);
  });
}

async function createResourceServices(knex: Knex): Promise<void> {
  await knex.schema.createTable('resource_services', (table) => {
    table.comment('Which services may ask for tokens for a resource');
    table
      .text('resource')
      .notNullable()
      .references('resources.identifier')
      .onDelete('CASCADE')
      .comment('the resource; sensitive=false');
    table
      .text('service_id')
      .notNullable()
      .references('services.client_id')
      .comment('who may ask; sensitive=false');
    table.primary(['resource', 'service_id']);
    table.index(['service_id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('oidc_consents', (table) => table.dropColumn('resources'));
  for (const table of ['resource_services', 'resource_detail_types', 'resources'])
    await knex.schema.dropTable(table);
}
