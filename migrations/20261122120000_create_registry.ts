import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await createPersons(knex);
  await createTravelDocuments(knex);
  await createIdentityProofs(knex);
  await createForeignIds(knex);
  await createStays(knex);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    'stay_facts',
    'foreign_id_transitions',
    'foreign_ids',
    'identity_proofs',
    'travel_documents',
    'person_accounts',
    'person_name_keys',
    'persons',
  ])
    await knex.schema.dropTable(table);
}

async function createPersons(knex: Knex): Promise<void> {
  await knex.schema.createTable('persons', (table) => {
    table.comment('Resolved persons: one row a human, whatever documents they hold');
    table.uuid('id').primary().comment('person id; sensitive=false');
    table
      .uuid('data_key_id')
      .notNullable()
      .unique()
      .references('data_keys.id')
      .comment('the key of all personal fields; sensitive=false');
    sealed(table, 'primary_identifier', 'name: primary identifier of the MRZ');
    sealed(table, 'secondary_identifier', 'name: secondary identifier; empty for a single name');
    sealed(table, 'full_name_printed', 'name as printed, any script').nullable();
    sealed(table, 'date_of_birth', 'YYYY-MM-DD, XX for an unknown part');
    sealed(table, 'sex', 'F, M or X as in the document');
    sealed(table, 'nationality', 'state code of the latest proven document');
    table.timestamp('created_at').notNullable().comment('enrolled; sensitive=false');
    table.timestamp('updated_at').notNullable().comment('last proof; sensitive=false');
  });

  await knex.schema.createTable('person_name_keys', (table) => {
    table.comment(
      'Blind index of normalised name and birth date: finds candidates, proves nothing',
    );
    table
      .uuid('person_id')
      .notNullable()
      .references('persons.id')
      .comment('whose; sensitive=false');
    table
      .specificType('name_key', 'bytea')
      .notNullable()
      .comment('keyed digest of a name form with the birth date; sensitive=true');
    table.primary(['person_id', 'name_key']);
    table.index(['name_key']);
  });

  await knex.schema.createTable('person_accounts', (table) => {
    table.comment(
      'Which account a person signs in with; accounts are a later domain, so no foreign key',
    );
    table.uuid('account_id').primary().comment('account id; sensitive=false');
    table
      .uuid('person_id')
      .notNullable()
      .unique()
      .references('persons.id')
      .comment('the person: one account each; sensitive=false');
    table.uuid('case_id').notNullable().comment('the case that linked them; sensitive=false');
    table.timestamp('linked_at').notNullable().comment('since when; sensitive=false');
  });
}

async function createTravelDocuments(knex: Knex): Promise<void> {
  await knex.schema.createTable('travel_documents', (table) => {
    table.comment(
      'Travel documents that proved somebody: a document belongs to one person for ever',
    );
    table.uuid('id').primary().comment('document id; sensitive=false');
    table
      .uuid('person_id')
      .notNullable()
      .references('persons.id')
      .comment('its holder; sensitive=false');
    table
      .specificType('document_key', 'bytea')
      .notNullable()
      .unique()
      .comment('keyed digest of issuing state and whole number; sensitive=true');
    sealed(table, 'document_code', 'document code of the MRZ');
    sealed(table, 'issuing_state', 'issuing state of the MRZ');
    sealed(table, 'document_number', 'whole document number');
    // Plain: each token compares it with today, and jobs look for what expires soon. It names nobody by itself.
    table.date('expires_on').nullable().comment('last day of validity; sensitive=true');
    table
      .timestamp('lost_at')
      .nullable()
      .comment('since when it counts as lost or stolen; sensitive=true');
    table.timestamp('created_at').notNullable().comment('recorded; sensitive=false');
    table.index(['person_id']);
    table.index(['expires_on']);
  });
}

async function createIdentityProofs(knex: Knex): Promise<void> {
  await knex.schema.createTable('identity_proofs', (table) => {
    table.comment(
      'What each proofing left on record: outcomes of checks, from which levels are worked out',
    );
    table.uuid('id').primary().comment('proof id; sensitive=false');
    table.uuid('case_id').notNullable().unique().comment('the proofing case; sensitive=false');
    table.uuid('person_id').notNullable().references('persons.id').comment('who; sensitive=false');
    table
      .uuid('travel_document_id')
      .notNullable()
      .references('travel_documents.id')
      .comment('by which document; sensitive=false');
    const outcome = (column: string, values: string[], what: string) =>
      table.text(column).notNullable().checkIn(values).comment(`${what}; sensitive=false`);
    outcome(
      'pathway',
      ['remote_code', 'remote_officer', 'remote_matcher', 'counter'],
      'who compared',
    );
    outcome(
      'document_check',
      ['chip', 'data_page', 'inspected_with_second'],
      'document examination',
    );
    outcome(
      'chip_verdict',
      ['genuine', 'unverifiable', 'rejected', 'absent'],
      'passive authentication',
    );
    outcome('clone_check', ['passed', 'unsupported', 'failed', 'not_attempted'], 'is it the chip');
    table
      .boolean('clone_compensated')
      .notNullable()
      .comment("register's entry photo compared instead; sensitive=false");
    outcome('registers', ['agree', 'contradict', 'no_record', 'not_asked'], 'what registers said');
    outcome(
      'capture',
      ['capture_page', 'attested_app', 'in_person', 'uploaded', 'none'],
      'where the face came from',
    );
    outcome(
      'attack_detection',
      ['passed', 'judged_by_officer', 'failed', 'not_run'],
      'presentation-attack and injection detection',
    );
    outcome('matcher', ['match', 'no_match', 'not_run'], 'approved matcher');
    outcome('officer', ['match', 'no_match', 'not_asked'], "officer's comparison");
    table
      .boolean('register_code_confirmed')
      .notNullable()
      .comment("code came back from a register's address; sensitive=false");
    outcome('biometric_sample', ['kept', 'consent_withdrawn', 'not_kept'], 'sample and consent');
    table.boolean('second_officer').notNullable().comment('four eyes; sensitive=false');
    table
      .specificType('document_signer', 'bytea')
      .nullable()
      .comment('SHA-256 of the certificate that signed the chip; sensitive=false');
    table
      .specificType('trust_anchor', 'bytea')
      .nullable()
      .comment('SHA-256 of the CSCA certificate it chains to; sensitive=false');
    table
      .timestamp('issuer_compromised_at')
      .nullable()
      .comment('when the signing key was classified as compromised; sensitive=false');
    table.timestamp('proofed_at').notNullable().comment('decided; sensitive=false');
    table
      .date('reproof_due_on')
      .notNullable()
      .comment('carries nothing from then; sensitive=false');
    table.index(['person_id']);
    table.index(['travel_document_id']);
    table.index(['document_signer']);
    table.index(['trust_anchor']);
    table.index(['reproof_due_on']);
  });
}

const STATES = [
  'reserved',
  'provisional',
  'active',
  'dormant',
  'suspended',
  'revoked',
  'naturalised',
  'deceased',
  'superseded',
];

async function createForeignIds(knex: Knex): Promise<void> {
  await knex.schema.createTable('foreign_ids', (table) => {
    table.comment('Foreign-national IDs: one a person, for life, never reissued, never deleted');
    table.uuid('id').primary().comment('our id of it; sensitive=false');
    table
      .uuid('person_id')
      .notNullable()
      .unique()
      .references('persons.id')
      .comment('its holder; sensitive=false');
    table.uuid('issue_key').notNullable().unique().comment('case that issued it; sensitive=false');
    sealed(table, 'number', 'the number');
    table
      .specificType('number_key', 'bytea')
      .notNullable()
      .unique()
      .comment('keyed digest of the number, kept after erasure; sensitive=true');
    table.text('state').notNullable().checkIn(STATES).comment('state; sensitive=false');
    table
      .text('suspended_from')
      .nullable()
      .checkIn(['provisional', 'active', 'dormant'])
      .comment('state before the suspension; sensitive=false');
    table.date('provisional_until').nullable().comment('lapses then; sensitive=true');
    table.integer('state_version').notNullable().comment('transitions so far; sensitive=false');
    table.timestamp('state_since').notNullable().comment('in this state since; sensitive=false');
    table.timestamp('issued_at').notNullable().comment('issued; sensitive=false');
    table.index(['state', 'provisional_until']);
  });
  await knex.raw(
    `alter table foreign_ids
       add check ((state = 'suspended') = (suspended_from is not null)),
       add check (octet_length(number_key) = 32)`,
  );

  await knex.schema.createTable('foreign_id_transitions', (table) => {
    table.comment('Every state an ID went through');
    table.uuid('id').primary().comment('row id; sensitive=false');
    table
      .uuid('foreign_id_id')
      .notNullable()
      .references('foreign_ids.id')
      .comment('which ID; sensitive=false');
    table.integer('version').notNullable().comment('1 for the first; sensitive=false');
    table.text('from_state').notNullable().checkIn(STATES).comment('from; sensitive=false');
    table.text('to_state').notNullable().checkIn(STATES).comment('to; sensitive=false');
    table.text('reason').notNullable().comment('reason code; sensitive=false');
    table.text('actor_kind').notNullable().comment('who: kind; sensitive=false');
    table.text('actor_id').nullable().comment('who: id in our own tables; sensitive=false');
    table.timestamp('at').notNullable().comment('when; sensitive=false');
    // Two transitions from one state: the second is refused by this, whatever the code does.
    table.unique(['foreign_id_id', 'version']);
  });
}

async function createStays(knex: Knex): Promise<void> {
  await knex.schema.createTable('stay_facts', (table) => {
    table.comment('The latest that a register said of a stay; its history is in the audit trail');
    table.uuid('person_id').primary().references('persons.id').comment('whose; sensitive=false');
    // Plain: each token needs them in one query, and jobs look for what ends soon. They name nobody by themselves.
    table
      .text('status')
      .notNullable()
      .checkIn([
        'not_yet_admitted',
        'lawful_until',
        'indefinite',
        'under_consideration',
        'exempt',
        'expired',
        'departed',
        'unknown',
      ])
      .comment('status as recorded; sensitive=true');
    table.date('admitted_until').nullable().comment('last lawful day in Thailand; sensitive=true');
    table.text('basis').nullable().comment('what it rests on; sensitive=true');
    table.timestamp('as_of').nullable().comment("the register's own as-of; sensitive=false");
    table.text('source').nullable().comment('which register; sensitive=false');
    table.timestamp('recorded_at').notNullable().comment('when we recorded it; sensitive=false');
    table.index(['admitted_until']);
  });
  await knex.raw(
    `alter table stay_facts
       add check (status not in ('lawful_until', 'under_consideration') or admitted_until is not null)`,
  );
}

/** A personal field, encrypted under the person's data key. */
function sealed(table: Knex.CreateTableBuilder, column: string, what: string): Knex.ColumnBuilder {
  return table
    .specificType(column, 'bytea')
    .notNullable()
    .comment(`encrypted: ${what}; sensitive=true`);
}
