import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('trust_anchors', (table) => {
    table
      .specificType('issued_by', 'bytea')
      .nullable()
      .references('trust_anchors.sha256')
      .comment(
        'SHA-256 of the anchor whose key signed this one, its own where self-signed; null where no trusted key is known to have; sensitive=false',
      );
    table
      .text('state_reason')
      .nullable()
      .comment(
        'why an import quarantined it: issuer_unknown, key_withdrawn or specimen; sensitive=false',
      );
    const check = (name: string, predicate: string) =>
      table.check(predicate, {}, `trust_anchors_${name}_check`);
    check('issued_by', 'issued_by is null or octet_length(issued_by) = 32');
    check(
      'state_reason',
      "state_reason is null or state_reason in ('issuer_unknown', 'key_withdrawn', 'specimen')",
    );
    check('quarantine', "state_reason is null or state = 'quarantined'");
    check('specimen', "environment = 'sandbox' or country <> 'UTO'");
  });
  await knex.schema.createTable('anchor_imports', (table) => {
    table.comment('CSCA master lists that were imported; each import is a version of the store');
    table.uuid('id').primary().comment('import id; sensitive=false');
    table
      .integer('version')
      .notNullable()
      .unique()
      .comment('counts up from 1 without gaps; sensitive=false');
    table
      .specificType('list_sha256', 'bytea')
      .notNullable()
      .unique()
      .comment('SHA-256 of the list; sensitive=false');
    table
      .specificType('list', 'bytea')
      .notNullable()
      .comment('the list as it came, so that an import can be judged again; sensitive=false');
    table.text('source').notNullable().comment('name of the file; sensitive=false');
    table.text('country').notNullable().comment('C of the list signer; sensitive=false');
    table
      .specificType('signer_sha256', 'bytea')
      .notNullable()
      .comment('SHA-256 of the list signer certificate; sensitive=false');
    table
      .specificType('root_sha256', 'bytea')
      .notNullable()
      .comment('SHA-256 of the pinned root; sensitive=false');
    table
      .timestamp('signed_at')
      .nullable()
      .comment('when the signer says it signed; null where it does not say; sensitive=false');
    table.timestamp('imported_at').notNullable().comment('when it was imported; sensitive=false');
    table.check('version > 0');
    table.check('octet_length(list_sha256) = 32 and list_sha256 = sha256(list)');
    table.check('octet_length(signer_sha256) = 32');
    table.check('octet_length(root_sha256) = 32');
    table.index(['country', 'version']);
  });
  await knex.schema.createTable('anchor_import_entries', (table) => {
    table.comment('What an import made of each certificate: of the list, and older ones it linked');
    table
      .uuid('import_id')
      .notNullable()
      .references('anchor_imports.id')
      .comment('the import; sensitive=false');
    table
      .specificType('sha256', 'bytea')
      .notNullable()
      .comment('SHA-256 of the certificate; sensitive=false');
    table.boolean('listed').notNullable().comment('whether the list holds it; sensitive=false');
    table
      .text('outcome')
      .notNullable()
      .comment('added, known, linked, quarantined or refused; sensitive=false');
    table.text('reason').nullable().comment('why it was refused or quarantined; sensitive=false');
    table.primary(['import_id', 'sha256']);
    table.check('octet_length(sha256) = 32');
    table.check("outcome in ('added', 'known', 'linked', 'quarantined', 'refused')");
    table.check("(reason is not null) = (outcome in ('quarantined', 'refused'))");
    table.check("listed or outcome = 'linked'");
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('anchor_import_entries');
  await knex.schema.dropTable('anchor_imports');
  await knex.schema.alterTable('trust_anchors', (table) => {
    table.dropColumn('issued_by');
    table.dropColumn('state_reason');
  });
}
