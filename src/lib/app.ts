import type { Config } from '../config.ts';
import type { BlindIndex } from './blind-index.ts';
import type { Clock } from './clock.ts';
import type { Db } from './database.ts';
import type { FieldCipher } from './field-encryption.ts';
import type { Keys } from './keys.ts';
import type { Log } from './log.ts';
import type { Random } from './random.ts';

/**
 * What every handler and use case may use. A domain that needs more says so:
 * `type ProofingApp = App & { register: RegisterPort }`; the composition root supplies it.
 */
export interface App {
  config: Config;
  db: Db;
  clock: Clock;
  random: Random;
  log: Log;
  keys: Keys;
  cipher: FieldCipher;
  blindIndex: BlindIndex;
}
