import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await createCases(knex);
  await createExaminations(knex);
  await createEvidence(knex);
  await createHandOffs(knex);
  await createDecisions(knex);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    'case_decisions',
    'hand_off_files',
    'hand_offs',
    'case_checks',
    'case_evidence',
    'case_examinations',
    'cases',
  ])
    await knex.schema.dropTable(table);
}

async function createCases(knex: Knex): Promise<void> {
  await knex.schema.createTable('cases', (table) => {
    table.comment('Proofing cases: one attempt of the holder of an account to prove who they are');
    id(table, 'id', 'case id').primary();
    id(table, 'account_id', 'whose').references('accounts.id');
    id(table, 'data_key_id', 'the key of all its evidence').references('data_keys.id');
    oneOf(table, 'pathway', ['chip', 'data_page', 'counter'], 'how the person proves');
    oneOf(
      table,
      'step',
      ['document', 'portrait', 'register', 'review', 'approved', 'refused', 'withdrawn', 'expired'],
      'where it stands',
    );
    table.integer('version').notNullable().comment('changes so far; sensitive=false');
    optionalId(table, 'document_examination_id', 'examination of the document on file');
    table
      .text('clone_check')
      .nullable()
      .checkIn(['passed', 'unsupported'])
      .comment('is it the chip itself; sensitive=false');
    time(table, 'document_examined_at', 'document examined').nullable();
    optionalId(table, 'register_request_id', 'our question to the register');
    time(table, 'register_asked_at', 'waiting for the register since').nullable();
    table.integer('register_attempts').nullable().comment('tries of it; sensitive=false');
    optionalId(table, 'register_examination_id', 'examination that holds its answer');
    table
      .text('register_finding')
      .nullable()
      .checkIn(['agrees', 'contradicts', 'no_record'])
      .comment('what it says of person and document; sensitive=true');
    table.boolean('entry_photo_held').nullable().comment('it holds one; sensitive=false');
    time(table, 'register_answered_at', 'when it answered').nullable();
    optionalId(table, 'portrait_examination_id', 'examination of the portrait on file');
    time(table, 'portrait_taken_at', 'portrait taken').nullable();
    table
      .text('asked_again')
      .nullable()
      .checkIn(['portrait_unclear', 'portrait_not_live', 'document_unclear'])
      .comment('why an officer asked for a step again; sensitive=false');
    table
      .text('hold_reason')
      .nullable()
      .checkIn(['document_on_record', 'account_enrolled', 'id_closed'])
      .comment('why an approval could not bind; sensitive=true');
    table
      .uuid('officer_id')
      .nullable()
      .references('accounts.id')
      .comment('who reviews it; sensitive=false');
    time(table, 'assigned_at', 'taken by the officer').nullable();
    table
      .text('refusal_category')
      .nullable()
      .checkIn(['identity_not_confirmed', 'document_not_accepted'])
      .comment('what the applicant is told; sensitive=true');
    table
      .uuid('person_id')
      .nullable()
      .references('persons.id')
      .comment('whom it proved; sensitive=false');
    table.text('return_to').nullable().comment('path of ours to go on to; sensitive=false');
    time(table, 'consented_at', 'consent to proofing').notNullable();
    time(table, 'biometric_consent_at', 'separate consent to use the face').notNullable();
    time(table, 'created_at', 'started').notNullable();
    time(table, 'updated_at', 'last change').notNullable();
    time(table, 'expires_at', 'ends unfinished then').notNullable();
    time(table, 'closed_at', 'ended').nullable();
    table.index(['account_id', 'created_at']);
  });
  await knex.raw(`
    create unique index cases_one_open on cases (account_id)
      where step in ('document', 'portrait', 'register', 'review');
    create index cases_queue on cases (created_at, id)
      where step in ('document', 'portrait', 'register', 'review');
    alter table cases
      add check ((closed_at is not null) = (step in ('approved', 'refused', 'withdrawn', 'expired'))),
      add check ((person_id is not null) = (step = 'approved')),
      add check ((refusal_category is not null) = (step = 'refused')),
      add check (step not in ('portrait', 'register', 'review') or (
        document_examination_id is not null and clone_check is not null
        and document_examined_at is not null and register_request_id is not null)),
      add check (step not in ('register', 'review') or (
        portrait_examination_id is not null and portrait_taken_at is not null)),
      add check (step <> 'review' or (register_examination_id is not null
        and register_finding is not null and register_answered_at is not null)),
      add check ((register_finding is null) = (register_examination_id is null)),
      add check ((officer_id is null) = (assigned_at is null)),
      add check (officer_id <> account_id)`);
}

async function createExaminations(knex: Knex): Promise<void> {
  await knex.schema.createTable('case_examinations', (table) => {
    table.comment('One look at one thing: a chip reading, an answer of the register, a portrait');
    id(table, 'id', 'examination id').primary();
    id(table, 'case_id', 'case').references('cases.id');
    oneOf(table, 'kind', ['document', 'register', 'portrait'], 'what was looked at');
    table.text('outcome').notNullable().comment('what came of it, a code; sensitive=true');
    time(table, 'at', 'when').notNullable();
    table
      .timestamp('wiped_at')
      .nullable()
      .comment('taken off file: another took its place, or the holder went back; sensitive=false');
    table.index(['case_id', 'at']);
  });

  await knex.schema.createTable('case_checks', (table) => {
    table.comment(
      'Every check of an examination with its outcome: what a decision can be shown by',
    );
    id(table, 'examination_id', 'examination').references('case_examinations.id');
    table.integer('position').notNullable().comment('order of the checks; sensitive=false');
    table.text('name').notNullable().comment('check; sensitive=false');
    oneOf(table, 'outcome', ['passed', 'failed', 'unknown', 'warned', 'skipped'], 'outcome');
    table.text('reason').nullable().comment('reason code, no document data; sensitive=true');
    table.text('clause').nullable().comment('clause that it enforces; sensitive=false');
    table.primary(['examination_id', 'position']);
    table.unique(['examination_id', 'name']);
  });
}

async function createEvidence(knex: Knex): Promise<void> {
  await knex.schema.createTable('case_evidence', (table) => {
    table.comment('What an examination rests on, encrypted; wiped bytes leave their hash');
    id(table, 'id', 'evidence id').primary();
    id(table, 'examination_id', 'examination').references('case_examinations.id');
    table.text('kind').notNullable().comment('chip file, answer, picture; sensitive=false');
    table
      .specificType('content', 'bytea')
      .nullable()
      .comment('encrypted bytes; null once wiped; sensitive=true');
    table.integer('size_bytes').notNullable().comment('of the plain bytes; sensitive=false');
    table
      .specificType('digest', 'bytea')
      .notNullable()
      .comment('keyed digest of the plain bytes; sensitive=true');
    time(table, 'created_at', 'when').notNullable();
    time(table, 'wiped_at', 'content destroyed').nullable();
    table.unique(['examination_id', 'kind']);
  });
  await knex.raw(
    'alter table case_evidence add check ((content is null) = (wiped_at is not null))',
  );
}

async function createHandOffs(knex: Knex): Promise<void> {
  await knex.schema.createTable('hand_offs', (table) => {
    table.comment('Single-use links by which a phone reads the chip for a case');
    id(table, 'id', 'hand-off id').primary();
    id(table, 'case_id', 'the one case it serves').references('cases.id');
    digest(table, 'token_digest', "keyed digest of the link's token").notNullable().unique();
    table
      .specificType('token', 'bytea')
      .nullable()
      .comment('encrypted token, to show the code again until it is used; sensitive=true');
    table.smallint('match_number').notNullable().comment('both screens show it; sensitive=false');
    time(table, 'created_at', 'when').notNullable();
    time(table, 'expires_at', 'unused by then: void').notNullable();
    time(table, 'ended_at', 'replaced by another, or its case left the step').nullable();
    time(table, 'opened_at', 'a phone used it').nullable();
    digest(table, 'session_digest', "keyed digest of the phone's bearer token").nullable().unique();
    time(table, 'session_expires_at', "phone's session ends").nullable();
    table
      .specificType('challenge', 'bytea')
      .nullable()
      .unique()
      .comment('8 bytes for active authentication; sensitive=false');
    time(table, 'challenge_expires_at', 'an answer to it must be here by then').nullable();
    time(table, 'submitted_at', 'files judged, challenge spent').nullable();
    digest(table, 'submission_key', "digest of the phone's idempotency key").nullable();
    table
      .specificType('answer', 'jsonb')
      .nullable()
      .comment('what the phone was told: codes only; sensitive=false');
    table.index(['case_id', 'created_at']);
  });
  await knex.raw(`
    create unique index hand_offs_one_live on hand_offs (case_id)
      where ended_at is null and submitted_at is null;
    alter table hand_offs
      add check ((opened_at is null) = (session_digest is null)),
      add check ((opened_at is null) = (challenge is null)),
      add check ((opened_at is null) = (challenge_expires_at is null)),
      add check ((opened_at is null) = (session_expires_at is null)),
      add check ((submitted_at is null) = (answer is null)),
      add check (submitted_at is null or opened_at is not null),
      add check (octet_length(challenge) = 8)`);

  await knex.schema.createTable('hand_off_files', (table) => {
    table.comment('Chip files that a phone has sent and not yet submitted; gone afterwards');
    id(table, 'hand_off_id', 'hand-off').references('hand_offs.id');
    table.text('name').notNullable().comment('EF_SOD, DG1 …; sensitive=false');
    table.specificType('content', 'bytea').notNullable().comment('encrypted bytes; sensitive=true');
    table.integer('size_bytes').notNullable().comment('of the plain bytes; sensitive=false');
    table.primary(['hand_off_id', 'name']);
  });
}

async function createDecisions(knex: Knex): Promise<void> {
  await knex.schema.createTable('case_decisions', (table) => {
    table.comment('What officers decided, on which version of the case, and what came of it');
    id(table, 'id', 'decision id').primary();
    id(table, 'case_id', 'case').references('cases.id');
    id(table, 'officer_id', 'who decided').references('accounts.id');
    oneOf(table, 'kind', ['approve', 'refuse', 'ask_again'], 'decision');
    table.text('reason').notNullable().comment('reason code; sensitive=true');
    oneOf(
      table,
      'outcome',
      ['approved', 'refused', 'asked_again', 'held', 'register_asked_again'],
      'what came of it',
    );
    table.specificType('note', 'bytea').nullable().comment('encrypted words; sensitive=true');
    table.integer('case_version').notNullable().comment('the version decided on; sensitive=false');
    time(table, 'at', 'when').notNullable();
    table.unique(['case_id', 'case_version']);
    table.index(['officer_id', 'at']);
  });
  await knex.raw(`create unique index case_decisions_final on case_decisions (case_id)
    where outcome in ('approved', 'refused')`);
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

function digest(table: Knex.CreateTableBuilder, column: string, what: string) {
  return table.specificType(column, 'bytea').comment(`${what}; sensitive=true`);
}

function oneOf(table: Knex.CreateTableBuilder, column: string, values: string[], what: string) {
  return table.text(column).notNullable().checkIn(values).comment(`${what}; sensitive=false`);
}
