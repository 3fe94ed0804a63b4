import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('trust_anchors', (table) => {
    table.comment('CSCA certificates, trusted or not; none is ever removed');
    table.uuid('id').primary().comment('anchor id; sensitive=false');
    table
      .specificType('sha256', 'bytea')
      .notNullable()
      .unique()
      .comment('SHA-256 of the certificate; sensitive=false');
    table.specificType('certificate', 'bytea').notNullable().comment('DER; sensitive=false');
    table.text('country').notNullable().comment('C of the subject, upper case; sensitive=false');
    table.text('state').notNullable().comment('trusted, quarantined or withdrawn; sensitive=false');
    table
      .text('environment')
      .notNullable()
      .comment('sandbox anchors are never trusted in production; sensitive=false');
    table.text('source').notNullable().comment('where it came from; sensitive=false');
    table.timestamp('not_before').notNullable().comment('valid from; sensitive=false');
    table.timestamp('not_after').notNullable().comment('valid until; sensitive=false');
    table.timestamp('added_at').notNullable().comment('when it was added; sensitive=false');
    table.check('octet_length(sha256) = 32 and sha256 = sha256(certificate)');
    table.check("state in ('trusted', 'quarantined', 'withdrawn')");
    table.check("environment in ('sandbox', 'production')");
    // Utopia and the placeholder state of specimens: no state, so nothing to trust in production.
    table.check("environment = 'sandbox' or country not in ('UT', 'ZZ')");
    table.index(['state', 'environment']);
  });
  await knex.schema.createTable('revocation_lists', (table) => {
    table.comment('CRLs of the CSCAs; their signatures are judged whenever they are used');
    table.uuid('id').primary().comment('list id; sensitive=false');
    table
      .specificType('sha256', 'bytea')
      .notNullable()
      .unique()
      .comment('SHA-256 of the list; sensitive=false');
    table.specificType('list', 'bytea').notNullable().comment('DER; sensitive=false');
    table
      .specificType('issuer_sha256', 'bytea')
      .notNullable()
      .comment('SHA-256 of issuer name and authority key identifier; sensitive=false');
    table.text('country').notNullable().comment('C of the issuer, upper case; sensitive=false');
    table
      .text('environment')
      .notNullable()
      .comment('sandbox lists are never used in production; sensitive=false');
    table.text('source').notNullable().comment('where it came from; sensitive=false');
    table.timestamp('this_update').notNullable().comment('when it was issued; sensitive=false');
    table
      .timestamp('next_update')
      .nullable()
      .comment('when the next one was due; null where the list names none; sensitive=false');
    table.timestamp('added_at').notNullable().comment('when it was added; sensitive=false');
    table.check('octet_length(sha256) = 32 and sha256 = sha256(list)');
    table.check('octet_length(issuer_sha256) = 32');
    table.check("environment in ('sandbox', 'production')");
    table.index(['issuer_sha256', 'this_update']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('revocation_lists');
  await knex.schema.dropTable('trust_anchors');
}
