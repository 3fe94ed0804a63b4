import type { Knex } from 'knex';

type Table = Knex.CreateTableBuilder;

const TABLES = [
  'oidc_replays',
  'oidc_interaction_returns',
  'oidc_interactions',
  'oidc_pushed_requests',
  'oidc_tokens',
  'oidc_grants',
  'oidc_sessions',
  'oidc_consents',
  'oidc_subjects',
];

export async function up(knex: Knex): Promise<void> {
  await createSubjects(knex);
  await createConsents(knex);
  await createSessions(knex);
  await createGrants(knex);
  await createTokens(knex);
  await createRequests(knex);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of TABLES) await knex.schema.dropTable(table);
}

/** What the library stores is sealed whole: requests may carry names in hints and asked values. */
function payload(table: Table): void {
  table
    .specificType('payload', 'bytea')
    .notNullable()
    .comment('what the library stores, encrypted; sensitive=true');
}

function expiry(table: Table): void {
  table.timestamp('expires_at').notNullable().comment('worth nothing after; sensitive=false');
  table.index(['expires_at']);
}

async function createSubjects(knex: Knex): Promise<void> {
  await knex.schema.createTable('oidc_subjects', (table) => {
    table.comment('The pairwise sub of an account at an agency: random, for good');
    table
      .uuid('agency_id')
      .notNullable()
      .references('agencies.id')
      .comment('the sector; sensitive=false');
    table
      .uuid('account_id')
      .notNullable()
      .references('accounts.id')
      .comment('whose; sensitive=false');
    table.text('sub').notNullable().unique().comment('random subject; sensitive=false');
    table.timestamp('created_at').notNullable().comment('first sign-in; sensitive=false');
    table.primary(['agency_id', 'account_id']);
    table.index(['account_id']);
  });
}

async function createConsents(knex: Knex): Promise<void> {
  await knex.schema.createTable('oidc_consents', (table) => {
    table.comment(
      'Consent receipts: who agreed to share which claims with which service, and when',
    );
    table.uuid('id').primary().comment('receipt id; sensitive=false');
    table
      .uuid('account_id')
      .notNullable()
      .references('accounts.id')
      .comment('who; sensitive=false');
    table
      .text('service_id')
      .notNullable()
      .references('services.client_id')
      .comment('with whom; sensitive=false');
    table.specificType('scopes', 'text[]').notNullable().comment('scopes; sensitive=false');
    table
      .specificType('claims', 'text[]')
      .notNullable()
      .comment('names of the claims, never values; sensitive=false');
    table.timestamp('given_at').notNullable().comment('when it was given; sensitive=false');
    table.timestamp('ended_at').nullable().comment('when it ended; sensitive=false');
    table
      .text('ended_reason')
      .nullable()
      .checkIn(['withdrawn', 'replaced'])
      .comment('why it ended; sensitive=false');
    table.index(['account_id', 'given_at']);
  });
  await knex.raw(
    `alter table oidc_consents add check ((ended_at is null) = (ended_reason is null))`,
  );
  await knex.raw(
    `create unique index oidc_consents_one_in_force
         on oidc_consents (account_id, service_id) where ended_at is null`,
  );
}

async function createSessions(knex: Knex): Promise<void> {
  await knex.schema.createTable('oidc_sessions', (table) => {
    table.comment('What the library remembers of a browser; it counts only while our session does');
    table.text('uid').primary().comment('name in tokens; opens nothing; sensitive=false');
    table
      .specificType('id_digest', 'bytea')
      .notNullable()
      .unique()
      .comment('keyed digest of the cookie; sensitive=true');
    table
      .uuid('account_id')
      .nullable()
      .references('accounts.id')
      .comment('signed in as; sensitive=false');
    table
      .uuid('web_session_id')
      .nullable()
      .references('sessions.id')
      .comment('our session it stands on; sensitive=false');
    payload(table);
    expiry(table);
    table.index(['web_session_id']);
  });
  await knex.raw(
    `alter table oidc_sessions add check ((account_id is null) = (web_session_id is null))`,
  );
}

async function createGrants(knex: Knex): Promise<void> {
  await knex.schema.createTable('oidc_grants', (table) => {
    table.comment(
      'What a service may have in one browser session; deleting it ends all its tokens',
    );
    table.text('id').primary().comment('name in tokens; opens nothing; sensitive=false');
    table
      .uuid('account_id')
      .notNullable()
      .references('accounts.id')
      .comment('whose; sensitive=false');
    table
      .text('service_id')
      .notNullable()
      .references('services.client_id')
      .comment('for whom; sensitive=false');
    table.text('session_uid').nullable().comment('browser session; sensitive=false');
    table
      .jsonb('payload')
      .notNullable()
      .comment('names of scopes and claims, never values; sensitive=false');
    expiry(table);
    table.index(['account_id', 'service_id']);
    table.index(['session_uid', 'service_id']);
  });
}

async function createTokens(knex: Knex): Promise<void> {
  await knex.schema.createTable('oidc_tokens', (table) => {
    table.comment('Codes, access and refresh tokens, by the keyed digest of their value');
    table
      .specificType('id_digest', 'bytea')
      .primary()
      .comment('keyed digest of the value; sensitive=true');
    table
      .text('kind')
      .notNullable()
      .checkIn(['AuthorizationCode', 'AccessToken', 'RefreshToken'])
      .comment('what it is; sensitive=false');
    table
      .text('grant_id')
      .notNullable()
      .references('oidc_grants.id')
      .onDelete('CASCADE')
      .comment('lives and dies with it; sensitive=false');
    table.text('session_uid').nullable().comment('browser session; sensitive=false');
    table
      .smallint('aal')
      .notNullable()
      .checkBetween([1, 3])
      .comment('of the sign-in it came from: never rises; sensitive=false');
    payload(table);
    table.timestamp('consumed_at').nullable().comment('used; sensitive=false');
    expiry(table);
    table.index(['grant_id']);
  });
}

async function createRequests(knex: Knex): Promise<void> {
  await knex.schema.createTable('oidc_pushed_requests', (table) => {
    table.comment('Pushed authorization requests (RFC 9126), used once');
    table
      .specificType('id_digest', 'bytea')
      .primary()
      .comment('keyed digest of the request_uri; sensitive=true');
    payload(table);
    table.timestamp('consumed_at').nullable().comment('used; sensitive=false');
    expiry(table);
  });

  await knex.schema.createTable('oidc_interactions', (table) => {
    table.comment('Sign-ins under way: what a service asked, until the person is through');
    table.text('uid').primary().comment('name in the address; sensitive=false');
    payload(table);
    expiry(table);
  });

  await knex.schema.createTable('oidc_interaction_returns', (table) => {
    table.comment('Where the person came from, kept for as long as a case may take');
    table.text('uid').primary().comment('the interaction; sensitive=false');
    table
      .text('service_id')
      .notNullable()
      .references('services.client_id')
      .comment('who asked; sensitive=false');
    table.timestamp('created_at').notNullable().comment('began; sensitive=false');
    table.index(['created_at']);
  });

  await knex.schema.createTable('oidc_replays', (table) => {
    table.comment('Identifiers that may be seen once only: assertions, proofs of possession');
    table.text('id').primary().comment('digest of issuer and jti; sensitive=false');
    expiry(table);
  });
}
