import { requireConfig } from '../src/deployment.ts';
import type { App } from '../src/lib/app.ts';
import { createBlindIndex } from '../src/lib/blind-index.ts';
import { systemClock } from '../src/lib/clock.ts';
import { openDatabase } from '../src/lib/database.ts';
import { createFieldCipher } from '../src/lib/field-encryption.ts';
import { loadKeys } from '../src/lib/keys.ts';
import { createLog } from '../src/lib/log.ts';
import { systemRandom } from '../src/lib/random.ts';

/** For a process of its own beside a test: the `App` without web parts, with its own pool on the database of the environment. */
export function bareApp(poolSize: number): App {
  const config = requireConfig(process.env);
  const keys = loadKeys(config.KEYS_DIR);
  return {
    config,
    db: openDatabase({ url: config.DATABASE_URL!, poolSize }),
    keys,
    clock: systemClock,
    random: systemRandom,
    log: createLog('silent'),
    cipher: createFieldCipher({
      keyEncryptionKey: keys.keyEncryptionKey,
      clock: systemClock,
      random: systemRandom,
    }),
    blindIndex: createBlindIndex(keys.blindIndexKey),
  };
}
