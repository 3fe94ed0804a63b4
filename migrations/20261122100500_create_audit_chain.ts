import type { Knex } from 'knex';

const APPEND_ONLY = ['audit_events', 'audit_chain', 'audit_heads'];

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('audit_unsealed', (table) => {
    table.comment(
      'Events that wait for the sealer: filled by a trigger, emptied as they are linked',
    );
    table.uuid('event_id').primary().comment('waiting event; sensitive=false');
    table
      .timestamp('queued_at')
      .notNullable()
      .defaultTo(knex.raw('clock_timestamp()'))
      .comment('when it was appended, by the database clock; sensitive=false');
  });
  // No foreign key to audit_events: the evidence of a removed event must outlive it.
  await knex.schema.createTable('audit_chain', (table) => {
    table.comment('One link for each sealed event, in the order of sealing');
    table
      .bigInteger('seq')
      .primary()
      .comment('place in the chain, from 1, no gaps; sensitive=false');
    table.uuid('event_id').notNullable().unique().comment('sealed event; sensitive=false');
    table.binary('event_hash').notNullable().comment('SHA-256 of the event; sensitive=false');
    table
      .binary('field_marks')
      .notNullable()
      .comment('4 bytes of each field digest, to name what was altered; sensitive=false');
    table
      .binary('link')
      .notNullable()
      .comment('SHA-256 of place, previous link and event hash; sensitive=false');
    table.check('seq > 0');
    table.check('octet_length(event_hash) = 32 and octet_length(link) = 32');
    table.check('octet_length(field_marks) = 32');
  });
  await knex.schema.createTable('audit_heads', (table) => {
    table.comment('Signed heads: the state of the chain after each pass of the sealer');
    table.bigInteger('seq').primary().comment('last link that the head covers; sensitive=false');
    table.binary('link').notNullable().comment('that link; sensitive=false');
    table.timestamp('sealed_at').notNullable().comment('when it was signed; sensitive=false');
    table
      .text('jws')
      .notNullable()
      .comment('the head, signed with ES256 (RFC 7515); sensitive=false');
    table.check('octet_length(link) = 32');
  });
  await knex.raw(`
    create function audit_queue_event() returns trigger language plpgsql as $$
    begin
      insert into audit_unsealed (event_id) select id from appended;
      return null;
    end $$;
    create trigger audit_queue_event after insert on audit_events
      referencing new table as appended for each statement execute function audit_queue_event();
    create function audit_refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
    end $$;
  `);
  for (const name of APPEND_ONLY)
    await knex.raw(
      `create trigger audit_refuse_change before update or delete or truncate on ${name}
         for each statement execute function audit_refuse_change()`,
    );
  await knex.raw('insert into audit_unsealed (event_id) select id from audit_events');
}

export async function down(knex: Knex): Promise<void> {
  for (const name of APPEND_ONLY) await knex.raw(`drop trigger audit_refuse_change on ${name}`);
  await knex.raw('drop trigger audit_queue_event on audit_events');
  await knex.raw('drop function audit_refuse_change(); drop function audit_queue_event();');
  for (const name of ['audit_heads', 'audit_chain', 'audit_unsealed'])
    await knex.schema.dropTable(name);
}
