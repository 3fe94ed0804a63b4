import type { Knex } from 'knex';

const ROLES = ['officer', 'supervisor', 'registrar', 'client_manager', 'auditor'];

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('watch_alerts', (table) => {
    table.comment(
      'Hits of lost-or-stolen and watch lists: they hold a case until an entitled officer settles them',
    );
    table.uuid('id').primary().comment('alert id; sensitive=false');
    table
      .uuid('case_id')
      .notNullable()
      .references('cases.id')
      .comment('the case that asked; sensitive=false');
    table
      .text('list')
      .notNullable()
      .checkIn(['lost_or_stolen', 'watch_list'])
      .comment('kind of list; sensitive=true');
    table.text('source').notNullable().comment('which list, by our name for it; sensitive=false');
    table
      .specificType('entry_index', 'bytea')
      .notNullable()
      .comment("blind index of the list's own reference; sensitive=true");
    table
      .specificType('detail', 'bytea')
      .notNullable()
      .comment('what the list said, encrypted; sensitive=true');
    table
      .text('state')
      .notNullable()
      .checkIn(['open', 'cleared', 'confirmed'])
      .comment('settled or not; sensitive=true');
    table.timestamp('raised_at').notNullable().comment('when; sensitive=false');
    table
      .uuid('settled_by')
      .nullable()
      .references('accounts.id')
      .comment('officer; sensitive=false');
    table.timestamp('settled_at').nullable().comment('when; sensitive=false');
    table.specificType('note', 'bytea').nullable().comment('encrypted words; sensitive=true');
    table.unique(['case_id', 'source', 'entry_index']);
  });
  await knex.raw(`
    create index watch_alerts_open on watch_alerts (raised_at, id) where state = 'open';
    alter table watch_alerts
      add check ((state = 'open') = (settled_at is null)),
      add check ((settled_by is null) = (settled_at is null))`);
  await allowRoles(knex, [...ROLES, 'security_officer']);
}

export async function down(knex: Knex): Promise<void> {
  await knex('officer_roles').where({ role: 'security_officer' }).delete();
  await allowRoles(knex, ROLES);
  await knex.schema.dropTable('watch_alerts');
}

async function allowRoles(knex: Knex, roles: readonly string[]): Promise<void> {
  const { rows } = await knex.raw<{ rows: { conname: string }[] }>(
    `select c.conname from pg_constraint c
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
      where c.conrelid = 'officer_roles'::regclass and c.contype = 'c' and a.attname = 'role'`,
  );
  for (const { conname } of rows)
    await knex.raw('alter table officer_roles drop constraint ??', [conname]);
  const listed = roles.map((role) => `'${role}'`).join(', ');
  await knex.raw(
    `alter table officer_roles add constraint officer_roles_role_known check (role in (${listed}))`,
  );
}
