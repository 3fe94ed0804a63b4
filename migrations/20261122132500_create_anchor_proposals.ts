import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('anchor_proposals', (table) => {
    table.comment('CSCA certificates that an officer wants trusted; a second one confirms or not');
    table.uuid('id').primary().comment('proposal id; sensitive=false');
    table
      .specificType('sha256', 'bytea')
      .notNullable()
      .comment('SHA-256 of the certificate; sensitive=false');
    table.specificType('certificate', 'bytea').notNullable().comment('DER; sensitive=false');
    table.text('country').notNullable().comment('C of the subject, upper case; sensitive=false');
    table
      .text('source')
      .notNullable()
      .comment('how it came from the state, in the words of the officer; sensitive=false');
    table.text('state').notNullable().comment('proposed, confirmed or rejected; sensitive=false');
    table
      .uuid('proposed_by')
      .notNullable()
      .references('accounts.id')
      .comment('the officer who proposed it; sensitive=false');
    table.timestamp('proposed_at').notNullable().comment('when; sensitive=false');
    table
      .uuid('decided_by')
      .nullable()
      .references('accounts.id')
      .comment('the officer who confirmed or rejected it; sensitive=false');
    table.timestamp('decided_at').nullable().comment('when; sensitive=false');
    table.text('reject_reason').nullable().comment('why it was rejected; sensitive=false');
    table
      .integer('version')
      .nullable()
      .unique()
      .comment('the version of the trust store that its confirmation made; sensitive=false');
    const check = (name: string, predicate: string) =>
      table.check(predicate, {}, `anchor_proposals_${name}_check`);
    check('sha256', 'octet_length(sha256) = 32 and sha256 = sha256(certificate)');
    check('state', "state in ('proposed', 'confirmed', 'rejected')");
    check('source', 'length(source) between 1 and 200');
    check('decided', "(state <> 'proposed') = (decided_by is not null and decided_at is not null)");
    check('undecided', "state <> 'proposed' or (decided_by is null and decided_at is null)");
    // The proposer may take it back, and never confirm it.
    check('two_officers', "state <> 'confirmed' or decided_by <> proposed_by");
    check('version', "(state = 'confirmed') = (version is not null) and version > 0");
    check(
      'reject_reason',
      "(state = 'rejected') = (reject_reason is not null) and reject_reason in ('not_confirmed_by_state', 'wrong_certificate', 'not_needed')",
    );
  });
  await knex.raw(
    `create unique index anchor_proposals_open_unique on anchor_proposals (sha256) where state = 'proposed'`,
  );
  await nameVersion(knex, 'counts up from 1, in one row with anchor_proposals; sensitive=false');
}

export async function down(knex: Knex): Promise<void> {
  await nameVersion(knex, 'counts up from 1 without gaps; sensitive=false');
  await knex.schema.dropTable('anchor_proposals');
}

async function nameVersion(knex: Knex, comment: string): Promise<void> {
  await knex.raw(`comment on column anchor_imports.version is '${comment}'`);
}
