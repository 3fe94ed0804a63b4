import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { now } from './sandbox-chips.ts';
import { vector, vectorsAreHere } from './vectors.ts';
import { MOST_ENTRIES, revocationList, worstChips } from './worst-chips.ts';

const PARSER_MB = 64;
const MEBIBYTE = 1024 * 1024;

it('parsers stay within 64 MB for the dearest chips, lists, seals and zones that their limits allow', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tangchat-parsers-'));
  try {
    writeInputs(folder);
    const script = fileURLToPath(new URL('./parse-in-child.ts', import.meta.url));
    const args = [script, folder, now.toISOString()];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const lines = stdout.trim().split('\n');
    const grown = lines.map((line) => JSON.parse(line) as { name: string; grewByMb: number });
    expect(grown.length).toBeGreaterThan(15);
    expect(grown.filter(({ grewByMb }) => grewByMb >= PARSER_MB)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function writeInputs(folder: string): void {
  const write = (name: string, bytes: Buffer | string) => writeFileSync(join(folder, name), bytes);
  for (const [index, files] of Object.values(worstChips()).entries()) {
    mkdirSync(join(folder, `chip ${index}`));
    for (const [name, bytes] of files) write(join(`chip ${index}`, `${name}.bin`), bytes);
  }
  write('crl as long as may be', revocationList(MOST_ENTRIES));
  write('crl longer', revocationList(200_000));
  write('zone of a million letters', 'P<UTO'.repeat(200_000));
  write('zone of short lines', 'P<\n'.repeat(300_000));
  write('seal of nothing', Buffer.alloc(MEBIBYTE, 0xdc));
  write('seal of brackets', '['.repeat(16_000));
  write('seal of members', `{${'"a":{},'.repeat(2200)}"b":2}`);
  write('list of zeros', Buffer.alloc(8 * MEBIBYTE));
  write('list of sequences', Buffer.alloc(8 * MEBIBYTE, Buffer.from('3080', 'hex')));
  write('root', vectorsAreHere ? vector('masterlists/roots/DE_ROOT_CA_CSCA07.cer') : '');
  if (vectorsAreHere) write('list as published', vector('masterlists/DE_ML_2026-05-28.ml'));
}
