import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await createCounterCodes(knex);
  await createOfficerAccounts(knex);
  await createRegisterCodes(knex);
  await createAppeals(knex);
  await createGuardianships(knex);
  await createReviews(knex);
  await knex.schema.alterTable('case_decisions', (table) => {
    table
      .specificType('told', 'bytea')
      .nullable()
      .comment('encrypted words to the holder, for the letter; sensitive=true');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('case_decisions', (table) => table.dropColumn('told'));
  for (const table of [
    'planted_cases',
    'case_reviews',
    'guardianships',
    'appeals',
    'register_codes',
    'officer_accounts',
    'counter_codes',
  ])
    await knex.schema.dropTable(table);
}

async function createCounterCodes(knex: Knex): Promise<void> {
  await knex.schema.createTable('counter_codes', (table) => {
    table.comment('Codes that a person shows at a counter, so that the officer opens their case');
    id(table, 'id', 'code id').primary();
    id(table, 'account_id', 'whose case it opens').references('accounts.id');
    optionalId(table, 'made_by', 'who showed it where that is a guardian').references(
      'accounts.id',
    );
    bytes(table, 'digest', 'keyed digest of the code', true).notNullable();
    time(table, 'created_at', 'made, and agreed to the proofing').notNullable();
    time(table, 'expires_at', 'worthless then').notNullable();
    time(table, 'ended_at', 'used, or replaced by another').nullable();
    optionalId(table, 'used_by', 'officer who typed it').references('accounts.id');
    table.index(['account_id', 'created_at']);
  });
  await knex.raw(`
    create unique index counter_codes_live on counter_codes (digest) where ended_at is null;
    create unique index counter_codes_one_live on counter_codes (account_id) where ended_at is null;
    alter table counter_codes add constraint counter_codes_used check (used_by is null or ended_at is not null)`);
}

async function createOfficerAccounts(knex: Knex): Promise<void> {
  await knex.schema.createTable('officer_accounts', (table) => {
    table.comment('Accounts that officers hold as persons: nobody decides on themselves');
    id(table, 'account_id', 'account of a person').primary().references('accounts.id');
    id(table, 'officer_id', 'officer who holds it too').references('accounts.id');
    time(table, 'declared_at', 'proven with a code of that account').notNullable();
    table.index(['officer_id']);
  });
  await knex.raw(
    'alter table officer_accounts add constraint officer_accounts_two check (account_id <> officer_id)',
  );
}

async function createRegisterCodes(knex: Knex): Promise<void> {
  await knex.schema.createTable('register_codes', (table) => {
    table.comment('Codes to the address that a register holds: whoever gets them is its holder');
    id(table, 'id', 'code id').primary();
    id(table, 'case_id', 'case').references('cases.id');
    table
      .text('hash')
      .nullable()
      .comment('argon2id of the code; null: there was nowhere to send one; sensitive=true');
    table.smallint('tries').notNullable().comment('so often typed wrongly; sensitive=false');
    time(table, 'created_at', 'made').notNullable();
    time(table, 'expires_at', 'worthless then').notNullable();
    time(table, 'ended_at', 'typed rightly, too often wrongly, or replaced').nullable();
    table.index(['case_id', 'created_at']);
  });
  await knex.raw(
    'create unique index register_codes_one_live on register_codes (case_id) where ended_at is null',
  );
}

async function createAppeals(knex: Knex): Promise<void> {
  await knex.schema.createTable('appeals', (table) => {
    table.comment('Appeals against refusals: cases of their own, with a clock');
    id(table, 'id', 'appeal id').primary();
    id(table, 'case_id', 'the refused case').unique().references('cases.id');
    id(table, 'account_id', 'who appeals').references('accounts.id');
    id(table, 'data_key_id', 'key of what is written in it').references('data_keys.id');
    bytes(table, 'statement', 'encrypted words of the holder', true).notNullable();
    time(table, 'filed_at', 'filed').notNullable();
    time(table, 'due_at', 'must be decided by then').notNullable();
    time(table, 'decided_at', 'decided').nullable();
    optionalId(table, 'decided_by', 'another officer than any who decided the case').references(
      'accounts.id',
    );
    table
      .text('outcome')
      .nullable()
      .checkIn(['upheld', 'dismissed'])
      .comment('what came of it; sensitive=true');
    bytes(table, 'reasons', 'encrypted reasons, for the letter', true).nullable();
    table
      .boolean('holder_verified')
      .nullable()
      .comment('the officer was sure who appealed: the letter says all; sensitive=false');
    table.index(['account_id']);
  });
  await knex.raw(`
    create index appeals_open on appeals (due_at, id) where decided_at is null;
    alter table appeals
      add constraint appeals_decided check ((decided_at is null) = (decided_by is null)
        and (decided_at is null) = (outcome is null) and (decided_at is null) = (reasons is null)
        and (decided_at is null) = (holder_verified is null)),
      add constraint appeals_not_by_oneself check (decided_by <> account_id),
      add constraint appeals_clock check (due_at > filed_at)`);
}

async function createGuardianships(knex: Knex): Promise<void> {
  await knex.schema.createTable('guardianships', (table) => {
    table.comment('Who may act for which child, on what ground, and how that was verified');
    id(table, 'id', 'guardianship id').primary();
    id(table, 'guardian_person_id', 'who acts').references('persons.id');
    id(table, 'guardian_account_id', 'the account they act with').references('accounts.id');
    id(table, 'child_account_id', 'account of the child, without a passkey').references(
      'accounts.id',
    );
    table
      .text('basis')
      .notNullable()
      .checkIn(['parent', 'adoptive_parent', 'court_appointed', 'institution'])
      .comment('by what right; sensitive=true');
    time(table, 'declared_at', 'the guardian said so').notNullable();
    table
      .text('verified_how')
      .nullable()
      .checkIn(['birth_certificate', 'adoption_order', 'court_order', 'civil_registration'])
      .comment('what an officer saw; sensitive=true');
    bytes(table, 'document', 'encrypted number of that paper', true).nullable();
    optionalId(table, 'verified_by', 'officer').references('accounts.id');
    time(table, 'verified_at', 'when').nullable();
    table
      .date('ends_on')
      .nullable()
      .comment('first day on which it no longer holds: the child is of age; sensitive=true');
    time(table, 'ended_at', 'ended before that').nullable();
    table
      .text('end_reason')
      .nullable()
      .checkIn(['withdrawn', 'court_order', 'guardian_died', 'recorded_in_error'])
      .comment('why; sensitive=true');
    table.index(['guardian_account_id']);
    table.index(['guardian_person_id']);
  });
  await knex.raw(`
    create unique index guardianships_one on guardianships (guardian_account_id, child_account_id)
      where ended_at is null;
    create index guardianships_child on guardianships (child_account_id);
    alter table guardianships
      add constraint guardianships_verified check ((verified_at is null) = (verified_by is null)
        and (verified_at is null) = (verified_how is null)),
      add constraint guardianships_ended check ((ended_at is null) = (end_reason is null)),
      add constraint guardianships_two check (guardian_account_id <> child_account_id)`);
}

async function createReviews(knex: Knex): Promise<void> {
  await knex.schema.createTable('case_reviews', (table) => {
    table.comment('Decided cases drawn for a second look by somebody who does not see the first');
    id(table, 'id', 'review id').primary();
    id(table, 'decision_id', 'the decision looked at again')
      .unique()
      .references('case_decisions.id');
    id(table, 'case_id', 'case').references('cases.id');
    time(table, 'drawn_at', 'drawn').notNullable();
    optionalId(table, 'officer_id', 'who looked').references('accounts.id');
    time(table, 'reviewed_at', 'when').nullable();
    table
      .text('finding')
      .nullable()
      .checkIn(['agrees', 'differs'])
      .comment('against the first decision; sensitive=false');
    table.text('reason').nullable().comment('reason code that they gave; sensitive=true');
  });
  await knex.raw(`
    create index case_reviews_open on case_reviews (drawn_at, id) where reviewed_at is null;
    alter table case_reviews add constraint case_reviews_done check ((reviewed_at is null) = (officer_id is null)
      and (reviewed_at is null) = (finding is null) and (reviewed_at is null) = (reason is null))`);

  await knex.schema.createTable('planted_cases', (table) => {
    table.comment('Cases with a known answer, to see how well officers look; they bind nothing');
    id(table, 'case_id', 'case').primary().references('cases.id');
    table
      .text('expected')
      .notNullable()
      .checkIn(['approve', 'refuse', 'ask_again'])
      .comment('the right decision; sensitive=false');
    id(table, 'planted_by', 'supervisor').references('accounts.id');
    time(table, 'planted_at', 'when').notNullable();
  });
}

function id(table: Knex.CreateTableBuilder, column: string, what: string) {
  return table.uuid(column).notNullable().comment(`${what}; sensitive=false`);
}

function optionalId(table: Knex.CreateTableBuilder, column: string, what: string) {
  return table.uuid(column).nullable().comment(`${what}; sensitive=false`);
}

function time(table: Knex.CreateTableBuilder, column: string, what: string) {
  return table.timestamp(column).comment(`${what}; sensitive=false`);
}

function bytes(table: Knex.CreateTableBuilder, column: string, what: string, sensitive: boolean) {
  return table.specificType(column, 'bytea').comment(`${what}; sensitive=${String(sensitive)}`);
}
