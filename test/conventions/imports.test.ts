import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { sources, withoutComments } from './sources.ts';

/** Imports point from a later to an earlier line (DESIGN section 5). */
const RANKS = [
  'config-readers.ts',
  'config-settings.ts',
  'config.ts',
  'lib',
  'audit',
  'web',
  'documents',
  'trust',
  'visas',
  'assurance',
  'registry',
  'accounts',
  'proofing',
  'agencies',
  'oidc',
  'exchange',
  'credentials',
  'portal',
  'admin',
  'dev',
];
const ABOVE_ALL = [
  'routes.ts',
  'app.ts',
  'cli.ts',
  'command-app.ts',
  'jobs.ts',
  'main.ts',
  'deployment.ts',
  'openapi.ts',
];
/** Use nothing of ours but `lib`, and no input or output. */
const PURE = ['documents', 'assurance'];
const PURE_NODE_MODULES = ['node:crypto', 'node:buffer', 'node:util'];

const IMPORT =
  /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
const importsOf = (text: string) =>
  [...withoutComments(text).matchAll(IMPORT)].map((found) => (found[1] ?? found[2] ?? found[3])!);

function place(path: string): string {
  const [, first = ''] = path.split('/');
  return first;
}

const rank = (name: string) => (ABOVE_ALL.includes(name) ? RANKS.length : RANKS.indexOf(name));

it('knows every part of src', () => {
  const unknown = sources('src').filter(
    ({ path }) => rank(place(path)) < 0 && place(path) !== 'browser',
  );
  expect(unknown.map(({ path }) => path)).toEqual([]);
});

it('imports only from earlier parts, types too', () => {
  const wrong: string[] = [];
  for (const { path, text } of sources('src'))
    for (const target of importsOf(text).filter((name) => name.startsWith('.'))) {
      const resolved = join(dirname(path), target);
      if (resolved.startsWith('views/')) continue;
      if (rank(place(resolved)) > rank(place(path))) wrong.push(`${path} imports ${resolved}`);
    }
  expect(wrong).toEqual([]);
});

it('keeps documents and assurance pure', () => {
  const wrong: string[] = [];
  for (const { path, text } of sources('src').filter(({ path }) => PURE.includes(place(path))))
    for (const target of importsOf(text)) {
      const resolved = join(dirname(path), target);
      const ours = target.startsWith('.') && [place(path), 'lib'].includes(place(resolved));
      if (!ours && !PURE_NODE_MODULES.includes(target)) wrong.push(`${path} imports ${target}`);
    }
  expect(wrong).toEqual([]);
});

it('reaches the stores of other parts through their use cases only', () => {
  const wrong: string[] = [];
  for (const { path, text } of sources('src'))
    for (const target of importsOf(text).filter((name) => /(^|[/-])store\.ts$/.test(name))) {
      const resolved = join(dirname(path), target);
      const typesOnly = new RegExp(`import type [^;]*'${target.replaceAll('.', '\\.')}'`).test(
        text,
      );
      if (place(resolved) !== place(path) && !typesOnly) wrong.push(`${path} imports ${resolved}`);
    }
  expect(wrong).toEqual([]);
});

it('lets views import types, other views and the html tag only', () => {
  const wrong: string[] = [];
  for (const { path, text } of sources('views').filter(({ path }) => path !== 'views/html.ts')) {
    const statements = withoutComments(text).matchAll(/import (type )?[^;]*?from '([^']+)'/g);
    for (const [, type, target] of statements) {
      const fromViews =
        join(dirname(path), target!).startsWith('views/') && target!.startsWith('.');
      if (!type && !fromViews) wrong.push(`${path} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});
