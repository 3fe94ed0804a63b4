import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('agencies', (table) => {
    table.comment(
      'Relying agencies: each is one sector, so that its services see one sub a person',
    );
    table.uuid('id').primary().comment('agency id; sensitive=false');
    table.text('code').notNullable().unique().comment('short name in files; sensitive=false');
    table.text('name_en').notNullable().comment('name shown to people; sensitive=false');
    table.text('name_th').notNullable().comment('name shown to people, Thai; sensitive=false');
    table.timestamp('created_at').notNullable().comment('registered; sensitive=false');
  });

  await knex.schema.createTable('services', (table) => {
    table.comment('Services of agencies: OIDC clients with the policy agreed at registration');
    table.text('client_id').primary().comment('OAuth client identifier; sensitive=false');
    table
      .uuid('agency_id')
      .notNullable()
      .references('agencies.id')
      .comment('whose; sensitive=false');
    table
      .text('state')
      .notNullable()
      .checkIn(['active', 'suspended'])
      .comment('may people sign in to it; sensitive=false');
    table.text('name_en').notNullable().comment('name shown at consent; sensitive=false');
    table.text('name_th').notNullable().comment('name shown at consent, Thai; sensitive=false');
    table.text('purpose_en').notNullable().comment('why it asks; sensitive=false');
    table.text('purpose_th').notNullable().comment('why it asks, Thai; sensitive=false');
    table
      .text('application_type')
      .notNullable()
      .checkIn(['web', 'native'])
      .comment('kind of application; sensitive=false');
    table
      .specificType('redirect_uris', 'text[]')
      .notNullable()
      .comment('exact addresses of the answer; sensitive=false');
    table
      .specificType('post_logout_redirect_uris', 'text[]')
      .notNullable()
      .comment('exact addresses after sign-out; sensitive=false');
    table
      .text('initiate_login_uri')
      .nullable()
      .comment('where a sign-in can be started anew (OIDC Core §4); sensitive=false');
    table
      .text('auth_method')
      .notNullable()
      .checkIn(['client_secret_basic', 'private_key_jwt', 'none'])
      .comment('token endpoint authentication; sensitive=false');
    table
      .specificType('secret_digest', 'bytea')
      .nullable()
      .comment('keyed SHA-256 of the generated secret; sensitive=true');
    table.jsonb('jwks').nullable().comment('public keys of the service; sensitive=false');
    table
      .text('id_token_alg')
      .notNullable()
      .checkIn(['RS256', 'ES256'])
      .comment('signature of its ID tokens; sensitive=false');
    table.boolean('refresh_tokens').notNullable().comment('gets refresh tokens; sensitive=false');
    table
      .boolean('require_par')
      .notNullable()
      .comment('must push its requests (RFC 9126); sensitive=false');
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
      .specificType('claims', 'text[]')
      .notNullable()
      .comment('claims that it may ask; sensitive=false');
    table
      .specificType('refused_pathways', 'text[]')
      .notNullable()
      .comment('proofing pathways it does not accept; sensitive=false');
    table
      .boolean('demands_lawful_stay')
      .notNullable()
      .comment('refuses people without a lawful stay; sensitive=false');
    table
      .boolean('demands_current_document')
      .notNullable()
      .comment('refuses people whose passport is not current; sensitive=false');
    table
      .boolean('pre_arrival')
      .notNullable()
      .comment('serves people before arrival; sensitive=false');
    table.timestamp('created_at').notNullable().comment('registered; sensitive=false');
    table.timestamp('updated_at').notNullable().comment('last change; sensitive=false');
    table.index(['agency_id']);
  });
  await knex.raw(
    `alter table services
       add check ((auth_method = 'client_secret_basic') = (secret_digest is not null)),
       add check ((auth_method = 'private_key_jwt') = (jwks is not null)),
       add check (cardinality(redirect_uris) > 0)`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('services');
  await knex.schema.dropTable('agencies');
}
