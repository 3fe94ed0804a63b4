/** Why our own PostgreSQL could not be started or stopped. */
export type EmbeddedPostgresReason =
  | 'not_installed'
  | 'folder_unreachable'
  | 'no_user'
  | 'wrong_owner'
  | 'held'
  | 'not_a_cluster'
  | 'wrong_version'
  | 'password_missing'
  | 'password_rejected'
  | 'orphan_unverified'
  | 'orphan_will_not_stop'
  | 'initialise_failed'
  | 'disk_full'
  | 'damaged'
  | 'start_failed'
  | 'start_timed_out';

/** A fault of our own PostgreSQL; the message says what happened and what to do about it. */
export class EmbeddedPostgresError extends Error {
  readonly reason: EmbeddedPostgresReason;

  constructor(reason: EmbeddedPostgresReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.reason = reason;
  }
}

const KNOWN_LINES: readonly [RegExp, EmbeddedPostgresReason, string][] = [
  [
    /No space left on device|could not extend file/i,
    'disk_full',
    'The disk (or /dev/shm) is full. Make room, or point DATA_DIR at a larger disk.',
  ],
  [
    /initialized by PostgreSQL version|database files are incompatible/i,
    'wrong_version',
    'The data folder was written by another PostgreSQL version. Dump it with that version and load it into a fresh DATA_DIR.',
  ],
  [
    /could not locate a valid checkpoint|invalid checkpoint record|control file .* (?:corrupt|checksum)/i,
    'damaged',
    'The data folder is damaged. Restore a backup into a fresh DATA_DIR; do not delete the old one yet.',
  ],
  [
    /error while loading shared libraries/i,
    'not_installed',
    'A system library that PostgreSQL needs is missing. Install it, or set DATABASE_URL to a PostgreSQL of your own.',
  ],
  [
    /Permission denied|has wrong ownership|has invalid permissions/i,
    'wrong_owner',
    'PostgreSQL may not use its data folder. Give the folder back to the user that made it, or set DATA_DIR to another folder.',
  ],
];

/**
 * The error that PostgreSQL's own output tells of.
 * Takes what failed (for the message), the output, and the reason to give where no line is known.
 */
export function errorFromOutput(what: string, output: string, otherwise: EmbeddedPostgresReason) {
  for (const [pattern, reason, advice] of KNOWN_LINES)
    if (pattern.test(output)) return new EmbeddedPostgresError(reason, `${what}. ${advice}`);
  const telling = output
    .split('\n')
    .filter((line) => /FATAL|PANIC|ERROR|error:|could not/.test(line))
    .slice(-3)
    .join(' | ');
  const said = telling === '' ? 'PostgreSQL gave no reason' : `PostgreSQL said: ${telling}`;
  return new EmbeddedPostgresError(otherwise, `${what}. ${said}`);
}
