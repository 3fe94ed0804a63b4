import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('event_streams', (table) => {
    table.comment('Where a service is told of security events (OpenID Shared Signals 1.0 §8)');
    table.uuid('id').primary().comment('stream_id; sensitive=false');
    table
      .text('service_id')
      .notNullable()
      .unique()
      .references('services.client_id')
      .comment('whose it is, and the audience; sensitive=false');
    table
      .text('state')
      .notNullable()
      .checkIn(['enabled', 'paused', 'disabled'])
      .comment('sensitive=false');
    table.text('reason').nullable().comment('why it is not enabled; sensitive=false');
    table
      .text('method')
      .notNullable()
      .checkIn(['push', 'poll'])
      .comment('RFC 8935 or RFC 8936; sensitive=false');
    table.text('endpoint_url').nullable().comment('where to push; sensitive=false');
    table
      .uuid('data_key_id')
      .notNullable()
      .references('data_keys.id')
      .comment('opens what is sealed of this stream; sensitive=false');
    table
      .specificType('authorization_sealed', 'bytea')
      .nullable()
      .comment('Authorization header of the receiver, encrypted; sensitive=true');
    table
      .specificType('events_requested', 'text[]')
      .nullable()
      .comment('event types; null: all; sensitive=false');
    table.text('description').nullable().comment("the receiver's own words; sensitive=false");
    table.timestamp('created_at').notNullable().comment('sensitive=false');
    table.timestamp('changed_at').notNullable().comment('sensitive=false');
    table.timestamp('verification_asked_at').nullable().comment('last time; sensitive=false');
    table.timestamp('heard_at').notNullable().comment('last sign of life; sensitive=false');
    table.integer('failures').notNullable().defaultTo(0).comment('in a row; sensitive=false');
    table.text('last_failure').nullable().comment('kind of the last one; sensitive=false');
    table.timestamp('failing_since').nullable().comment('first of the row; sensitive=false');
    table.timestamp('retry_at').nullable().comment('not pushed to before; sensitive=false');
    table.uuid('lease').nullable().comment('who pushes just now; sensitive=false');
    table.timestamp('leased_until').nullable().comment('for how long; sensitive=false');
  });
  await knex.raw(`
    alter table event_streams
      add check ((method = 'push') = (endpoint_url is not null)),
      add check (state = 'enabled' or reason is not null),
      add check ((lease is null) = (leased_until is null))`);

  await knex.schema.createTable('event_tokens', (table) => {
    table.comment('Security event tokens (RFC 8417) of one stream, in order; signed when sent');
    table.uuid('id').primary().comment('jti; sensitive=false');
    table
      .uuid('stream_id')
      .notNullable()
      .references('event_streams.id')
      .onDelete('CASCADE')
      .comment('where it goes; sensitive=false');
    table.bigIncrements('position', { primaryKey: false }).comment('the order; sensitive=false');
    table
      .text('subject')
      .notNullable()
      .comment('sub at the agency, or the stream: order is kept within; sensitive=false');
    table.text('source').notNullable().comment('what it tells of, once; sensitive=false');
    table.text('event_type').notNullable().comment('URI; sensitive=false');
    table
      .specificType('body', 'bytea')
      .nullable()
      .comment('sub_id and events, encrypted; gone when it is over; sensitive=true');
    table
      .uuid('event_id')
      .nullable()
      .references('status_events.id')
      .comment('of the registry, where it is one of theirs; sensitive=false');
    table
      .text('state')
      .notNullable()
      .checkIn(['waiting', 'sent', 'refused', 'dropped'])
      .comment('sensitive=false');
    table.timestamp('created_at').notNullable().comment('iat; sensitive=false');
    table.timestamp('ended_at').nullable().comment('no longer waiting; sensitive=false');
    table.integer('attempts').notNullable().defaultTo(0).comment('refusals; sensitive=false');
    table.timestamp('due_at').notNullable().comment('not sent before; sensitive=false');
    table.text('last_error').nullable().comment('code of the receiver; sensitive=false');
    table.unique(['stream_id', 'source']);
    table.index(['event_id']);
  });
  await knex.raw(`
    create index event_tokens_waiting on event_tokens (stream_id, position) where state = 'waiting';
    create index event_tokens_order on event_tokens (stream_id, subject, position) where state = 'waiting';
    create index event_tokens_ended on event_tokens (ended_at) where ended_at is not null;
    alter table event_tokens
      add check ((state = 'waiting') = (ended_at is null)),
      add check ((state = 'waiting') = (body is not null))`);

  await knex.schema.createTable('addressed_events', (table) => {
    table.comment('Status events whose services were found: each is addressed once, in order');
    table
      .uuid('event_id')
      .primary()
      .references('status_events.id')
      .comment('which; sensitive=false');
    table.timestamp('at').notNullable().comment('when; sensitive=false');
  });

  await knex.schema.alterTable('status_notices', (table) => {
    table
      .timestamp('ended_at')
      .nullable()
      .comment(
        'nothing is to be sent any more: told, nobody listens, or too late; sensitive=false',
      );
  });
  await knex.raw(
    'create index status_notices_open on status_notices (addressed_at) where ended_at is null',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('status_notices', (table) => table.dropColumn('ended_at'));
  await knex.schema.dropTable('addressed_events');
  await knex.schema.dropTable('event_tokens');
  await knex.schema.dropTable('event_streams');
}
