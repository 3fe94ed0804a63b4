import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('document_signers', (table) => {
    table.comment('Document signer certificates, for SODs that leave theirs out; none is removed');
    table.uuid('id').primary().comment('signer id; sensitive=false');
    table
      .specificType('sha256', 'bytea')
      .notNullable()
      .unique()
      .comment('SHA-256 of the certificate; sensitive=false');
    table.specificType('certificate', 'bytea').notNullable().comment('DER; sensitive=false');
    table.text('country').notNullable().comment('C of the issuer, upper case; sensitive=false');
    table.text('serial').notNullable().comment('serial number, hex as written; sensitive=false');
    table
      .text('subject_key_id')
      .nullable()
      .comment('subject key identifier, hex; null where it has none; sensitive=false');
    table
      .text('environment')
      .notNullable()
      .comment('sandbox signers are never used in production; sensitive=false');
    table.text('source').notNullable().comment('where it came from; sensitive=false');
    table.timestamp('added_at').notNullable().comment('when it was added; sensitive=false');
    table.check('octet_length(sha256) = 32 and sha256 = sha256(certificate)');
    table.check("environment in ('sandbox', 'production')");
    table.check("environment = 'sandbox' or country not in ('UT', 'UTO', 'ZZ')");
    table.index(['serial']);
    table.index(['subject_key_id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('document_signers');
}
