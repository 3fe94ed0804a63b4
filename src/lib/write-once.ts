import { randomBytes } from 'node:crypto';
import { linkSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a secret file that is there whole or not at all, whatever is killed meanwhile; readable by its owner only.
 * Gives false, and changes nothing, where there is one already: of two who write at once one wins.
 */
export function writeOnce(path: string, text: string): boolean {
  const draft = `${path}.${randomBytes(9).toString('base64url')}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}
