import type { Knex } from 'knex';

/**
 * Which transaction changed a service last: a node that remembers services asks for those changed since its last look
 * (src/agencies/service-changes.ts). A time would not do: transactions commit in another order than they begin.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table services add column changed_in xid8 not null default pg_current_xact_id();
    comment on column services.changed_in is
      'transaction that changed it last; sensitive=false';
    create index services_changed_in on services (changed_in);

    create function note_service_change() returns trigger language plpgsql as $$
    begin
      new.changed_in := pg_current_xact_id();
      return new;
    end $$;
    create trigger services_changed before insert or update on services
      for each row execute function note_service_change();

    create function note_agency_change() returns trigger language plpgsql as $$
    begin
      update services set changed_in = pg_current_xact_id() where agency_id = new.id;
      return null;
    end $$;
    create trigger agencies_changed after update on agencies
      for each row when (old.* is distinct from new.*) execute function note_agency_change();`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger agencies_changed on agencies;
    drop function note_agency_change();
    drop trigger services_changed on services;
    drop function note_service_change();
    alter table services drop column changed_in;`);
}
