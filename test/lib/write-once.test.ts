import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeOnce } from '../../src/lib/write-once.ts';
import { atEnd } from '../at-end.ts';

it('writes a file whole for its owner only, keeps the one that is there, and leaves no draft', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-once-'));
  atEnd(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'secret.json');
  expect(writeOnce(path, 'first')).toBe(true);
  expect(writeOnce(path, 'second')).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('first');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['secret.json']);
  expect(() => writeOnce(join(folder, 'nowhere/x'), 'text')).toThrow('ENOENT');
});
