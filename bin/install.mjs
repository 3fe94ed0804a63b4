// Runs before npm start and npm test: installs the packages that package-lock.json names, and does nothing where they are
// there already (npm itself would take seconds to find that out). Plain JavaScript that an old Node can parse.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.installed');

/** What the installed packages depend on: the lock file, the manifest and the machine. */
function wanted() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const name of ['package.json', 'package-lock.json'])
    hash.update(readFileSync(join(root, name)));
  return hash.digest('hex');
}

function installed() {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return null;
  }
}

if (installed() !== wanted()) {
  const { status, error } = spawnSync('npm', ['install'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) console.error(`npm install could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, wanted());
}
