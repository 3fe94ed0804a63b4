import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testDatabase } from '../harness.ts';
import { ROOT, sources, withoutComments } from './sources.ts';

const QUERY = /\b(?:db|tx|knex|trx)\s*(?:\.raw)?\s*(?:<[^>()]*>)?\(\s*['"`]/;

it('takes time and randomness from lib only', () => {
  const wrong = sources('src')
    .filter(({ path }) => !path.startsWith('src/lib/') && !path.startsWith('src/browser/'))
    .filter(({ text }) =>
      /\bDate\.now\(|\bnew Date\(\)|Math\.random\(|\brandomBytes\(|\brandomUUID\(|\brandomInt\(/.test(
        withoutComments(text),
      ),
    );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

it('reads the environment in config only', () => {
  const allowed = ['src/config.ts', 'src/main.ts', 'src/command-app.ts'];
  const wrong = sources('src')
    .filter(({ path }) => !allowed.includes(path))
    .filter(({ text }) => /process\.env\b/.test(withoutComments(text)));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

it('writes SQL in stores only', () => {
  const wrong = sources('src')
    .filter(({ path }) => !/(^|[/-])store\.ts$/.test(path) && !path.startsWith('src/lib/'))
    .filter(({ path }) => path !== 'src/web/health.ts')
    .filter(({ text }) => QUERY.test(withoutComments(text)));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

it('names the columns that it reads', () => {
  const everything =
    /select\s+\*\s+from|\.select\(\s*['"`]\*|\.select\(\)|\.returning\(\s*['"`]\*/i;
  const unnamed = (statement: string) =>
    everything.test(statement) ||
    (/\.first\(\)/.test(statement) && !/\.(?:select|count|max|min|sum)/.test(statement));
  const wrong = sources('src').filter(({ text }) => withoutComments(text).split(';').some(unnamed));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

it('keeps files below 300 lines and types free of any', () => {
  const all = sources('src', 'views', 'test', 'bench');
  // Tables of one line an entry: cutting them in two would hide an entry.
  const tables = ['src/routes.ts', 'src/cli.ts', 'src/audit/events.ts'];
  const long = all.filter(
    ({ path, text }) => !tables.includes(path) && text.split('\n').length > 301,
  );
  const loose = all.filter(({ text }) =>
    /:\s*any\b|\bas any\b|@ts-(?:ignore|nocheck|expect-error)/.test(withoutComments(text)),
  );
  expect([...long, ...loose].map(({ path }) => path)).toEqual([]);
});

it('says of every column whether it is sensitive', async () => {
  const { db } = await testDatabase();
  const { rows } = await db.raw<{ rows: { column: string; comment: string | null }[] }>(`
    select c.table_name || '.' || c.column_name as column,
           col_description(format('%I.%I', c.table_schema, c.table_name)::regclass, c.ordinal_position) as comment
      from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.table_name not like 'knex_%'`);
  expect(rows.length).toBeGreaterThan(30);
  const silent = rows.filter(({ comment }) => !/sensitive=(?:true|false)$/.test(comment ?? ''));
  expect(silent.map(({ column }) => column)).toEqual([]);
});

it('commits no path of a machine and no address of a package registry', () => {
  const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  // Character classes, so that this very file is not a match.
  const home = /\/[r]oot\/|\/[h]ome\/[\w.-]+\/|\/[w]ork\/|[r]egistry\.npmjs/;
  const wrong = files
    .filter((file) => /\.(?:ts|mjs|json|md|css|yml|sh)$|\.ci\/run$|\.npmrc$/.test(file))
    .filter((file) => home.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(wrong).toEqual([]);
});
