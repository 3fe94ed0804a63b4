/** The database and the role that the product uses in its own PostgreSQL. The role is no superuser. */
export const DATABASE = 'tangchat';
export const ROLE = 'tangchat';

/** No statement, parameter or quoted value may reach PostgreSQL's log: they hold personal data. */
const SILENT_LOG = [
  'log_statement=none',
  'log_duration=off',
  'log_min_duration_statement=-1',
  'log_min_duration_sample=-1',
  'log_transaction_sample_rate=0',
  'log_parameter_max_length=0',
  'log_parameter_max_length_on_error=0',
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
  // An error's first line may quote the value it refuses. The server log ranks LOG above ERROR: what an operator needs stays.
  'log_min_messages=log',
  'log_checkpoints=off',
  'log_line_prefix=%m [%p] ',
  'log_timezone=UTC',
  'logging_collector=off',
  'log_destination=stderr',
];

const NETWORK = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'password_encryption=scram-sha-256',
];

const DURABLE = ['fsync=on', 'synchronous_commit=on', 'full_page_writes=on'];
const EPHEMERAL = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=200',
];

/** The command line of the postmaster, without folder and port. `extra` comes last, so it wins. */
export function postmasterFlags(options: {
  ephemeral: boolean;
  extra: readonly string[];
}): string[] {
  const settings = [
    ...NETWORK,
    ...SILENT_LOG,
    'timezone=UTC',
    ...(options.ephemeral ? EPHEMERAL : DURABLE),
  ];
  return [...settings.flatMap((setting) => ['-c', setting]), ...options.extra];
}

/** The command line of the single-user session that finishes a new cluster. */
export function singleUserFlags(options: { ephemeral: boolean }): string[] {
  const settings = [
    ...SILENT_LOG,
    'exit_on_error=true',
    'password_encryption=scram-sha-256',
    options.ephemeral ? 'fsync=off' : 'fsync=on',
  ];
  return settings.flatMap((setting) => ['-c', setting]);
}

/** Who may log in: whoever knows a password, from this machine. */
export const HOST_BASED_AUTHENTICATION = `# Written at initialisation; sockets are off, so only 127.0.0.1 remains.
host all all 127.0.0.1/32 scram-sha-256
`;

/** A process of PostgreSQL gets nothing of our environment: it holds secrets, and PG* variables would mislead it. */
export const PROGRAM_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
