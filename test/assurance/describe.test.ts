import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withGeneratedTables } from '../../src/assurance/describe.ts';

const path = new URL('../../docs/assurance.md', import.meta.url);

it('docs/assurance.md says what the code does (UPDATE_DOCS=1 writes it anew)', () => {
  const document = readFileSync(path, 'utf8');
  const generated = withGeneratedTables(document);
  if (process.env.UPDATE_DOCS) writeFileSync(path, generated);
  else expect(document).toBe(generated);
});

it('refuses a document without marks', () => {
  expect(() => withGeneratedTables('# nothing')).toThrow(/marks/);
});
