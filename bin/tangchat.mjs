#!/usr/bin/env node
// Plain JavaScript that an old Node can parse: runs src/cli.ts under the Node that the project pins.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinned = join(root, 'node_modules', '.bin', 'node');
const child = spawn(
  existsSync(pinned) ? pinned : process.execPath,
  // A command's heap grows by 30 % between full collections, not twofold: the same work in two thirds of the memory (bench/README.md).
  [
    '--max-semi-space-size=8',
    '--heap-growing-percent=30',
    join(root, 'src', 'cli.ts'),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`Cannot start Node: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
