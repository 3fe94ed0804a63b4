import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { headerName, names, networks, port, seconds, share, url } from './config-readers.ts';

/** One line per setting: how it is read, its default, and what it is for (`npx tangchat config` prints this). */
const settings = {
  NODE_ENV: [
    z.enum(['development', 'test', 'production']).default('development'),
    'production refuses development keys, the sandbox register and the demo mailer',
  ],
  PUBLIC_SANDBOX: [
    z.enum(['yes', 'no']).default('no'),
    'yes: a sandbox may have an ISSUER that is not this machine; its mailbox is open to all who reach it',
  ],
  PORT: [
    port.default(3000),
    'provider, portal and console; +1 sandbox register, +2 and +3 demo agencies',
  ],
  HOST: [z.string().default('127.0.0.1'), 'address to listen on'],
  ISSUER: [url.optional(), 'public address of the provider; http://localhost:PORT unless set'],
  DATABASE_URL: [
    z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    'a PostgreSQL 18 of yours; unset: one of our own under DATA_DIR',
  ],
  DATABASE_POOL: [z.coerce.number().int().min(2).max(200).default(16), 'connections per process'],
  DATA_DIR: [z.string().default('data'), 'our own PostgreSQL, audit heads, sandbox register'],
  KEYS_DIR: [z.string().optional(), 'secret keys; development keys are made in keys/development'],
  METRICS_TOKEN: [
    z.string().min(16).optional(),
    'bearer token of the collector that reads /metrics; unset: open in the sandbox, absent in production',
  ],
  LOG_LEVEL: [
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
    'least severity that is logged',
  ],
  REGISTER_URL: [url.optional(), 'immigration register; the sandbox register unless set'],
  REGISTER_JWKS_FILE: [
    z.string().optional(),
    'public keys that the register signs its answers with',
  ],
  REGISTER_TLS_CERT: [z.string().optional(), 'PEM client certificate for mutual TLS with it'],
  REGISTER_TLS_KEY: [z.string().optional(), 'PEM private key of REGISTER_TLS_CERT'],
  REGISTER_TLS_CA: [
    z.string().optional(),
    "PEM authority of the register's own certificate; unset: those that Node trusts",
  ],
  REGISTER_LAG_SECONDS: [
    z.coerce.number().int().min(0).default(900),
    "by which the register's data may lag behind the border: an older as-of is shown as behind",
  ],
  REGISTER_CORRECTIONS: [
    z.enum(['yes', 'no']).default('yes'),
    'yes: the register takes requests to correct entries; no: they go there as letters',
  ],
  REGISTERS_FILE: [
    z.string().optional(),
    'JSON list of further registers and watch lists to ask (docs/immigration-register.md)',
  ],
  MATCHER_URL: [
    z.union([z.literal('none'), url]).optional(),
    'face matcher (docs/face-matcher.md); none: officers compare alone, as in production unless set; the sandbox has one',
  ],
  MATCHER_JWKS_FILE: [
    z.string().optional(),
    'public keys that the face matcher signs its answers with',
  ],
  MATCHER_SIMILARITY_MIN: [share(0.8), 'similarity of two faces, 0 to 1, from which they are one'],
  MATCHER_ATTACK_MIN: [share(0.5), 'likelihood of an attack, 0 to 1, from which it is one'],
  MATCHER_APPROVED: [
    names.default(['sandbox/1']),
    'name/version of the matchers that may be believed, such as "acme/4.2, acme/4.3"',
  ],
  SEAL_SIGNERS_DIR: [
    z.string().optional(),
    'folder with who may sign visa seals: certificates, CSCAs, CRLs; unset: a seal is read, not proven',
  ],
  SMTP_URL: [z.url({ protocol: /^smtps?$/ }).optional(), 'mail relay; unset: the demo mailer'],
  MAIL_FROM: [z.string().default('Tangchat ID <no-reply@tangchat.example>'), 'sender of mail'],
  TRUSTED_PROXIES: [z.coerce.number().int().min(0).max(5).default(0), 'reverse proxies before us'],
  TRUSTED_PROXY_NETWORKS: [
    networks.default([]),
    'addresses of these proxies, such as "10.0.0.7, 10.1.0.0/24": nobody else is believed; unset: whoever connects is one',
  ],
  TLS_CERT: [z.string().optional(), 'PEM certificate chain: we listen with TLS ourselves'],
  TLS_KEY: [z.string().optional(), 'PEM private key of TLS_CERT'],
  MTLS_AUTHORITIES: [
    z.string().optional(),
    'PEM certificates of who may issue client certificates (tls_client_auth), where we listen with TLS',
  ],
  MTLS_HEADER: [
    headerName.optional(),
    "header in which a proxy of TRUSTED_PROXY_NETWORKS hands on the client's certificate (RFC 9440, or PEM escaped as in URLs)",
  ],
  MTLS_VERIFIED_HEADER: [
    headerName.optional(),
    'header that says SUCCESS where the proxy verified that certificate against authorities',
  ],
  MTLS_URL: [
    url.optional(),
    'public address of the endpoints with mutual TLS, where it is not ISSUER (mtls_endpoint_aliases)',
  ],
  OUTBOUND_LOOPBACK: [
    z.enum(['yes', 'no']).default('no'),
    'yes: addresses of services (jwks_uri and the like) may be on this machine; sandbox only',
  ],
  FOREIGN_ID_PREFIX: [
    z
      .string()
      .regex(/^[A-Z0-9]$/)
      .default('F'),
    'first character of new IDs; a digit only by allocation of the civil registrar',
  ],
  ACR_BASE: [z.string().default('urn:tangchat:acr:'), 'start of every acr value'],
  SESSION_SECONDS: [seconds(12 * 3600), 'a session at most'],
  SESSION_IDLE_SECONDS: [seconds(3600), 'a session without use'],
  SESSION_IDLE_AAL3_SECONDS: [seconds(15 * 60), 'a session at AAL3 without use'],
  OFFICER_SESSION_IDLE_SECONDS: [seconds(15 * 60), 'an officer session without use'],
  CODE_SECONDS: [
    z.coerce.number().int().min(1).max(60).default(60),
    'authorization code; at most a minute (FAPI 2.0)',
  ],
  PAR_SECONDS: [seconds(60), 'pushed authorization request'],
  DEVICE_CODE_SECONDS: [seconds(600), 'a code that a device shows'],
  APPROVAL_SECONDS: [
    seconds(600),
    'a request that a person approves in the portal (CIBA), unless the service asks for less',
  ],
  ACCESS_TOKEN_SECONDS: [seconds(300), 'opaque access token'],
  JWT_ACCESS_TOKEN_SECONDS: [seconds(600), 'JWT access token'],
  ID_TOKEN_SECONDS: [seconds(300), 'ID token'],
  REFRESH_TOKEN_SECONDS: [seconds(12 * 3600), 'refresh tokens after the last active sign-in'],
  INTERACTION_SECONDS: [seconds(1800), 'an interaction of a sign-in'],
  PASSKEY_CHALLENGE_SECONDS: [seconds(300), 'a passkey challenge, used once'],
  CONTACT_CODE_SECONDS: [seconds(600), 'a contact code, 5 tries'],
  CASE_SECONDS: [seconds(30 * 86400), 'a proofing case'],
  JWKS_MAX_AGE_SECONDS: [seconds(600), 'caches may keep our public keys and metadata'],
  KEY_LEAD_SECONDS: [seconds(86400), 'a new key is published before it signs'],
  KEY_MARGIN_SECONDS: [
    seconds(30),
    'by which clocks of nodes and services may differ when keys change',
  ],
  KEY_POLL_SECONDS: [seconds(3), 'a node looks for changed keys, should it hear of none'],
  SIGNER_MODULE: [
    z.string().optional(),
    'module that opens a signer which keeps signing keys to itself (an HSM); unset: sealed in the database',
  ],
  HANDOFF_SECONDS: [seconds(600), 'a chip hand-off and its challenge'],
} satisfies Record<string, [z.ZodType, string]>;

type Settings = typeof settings;
type Parsed = { [Name in keyof Settings]: z.output<Settings[Name][0]> };

/** Everything the environment says, parsed once, frozen, with what follows from it. */
export type Config = Readonly<
  Omit<Parsed, 'MATCHER_URL'> & {
    ISSUER: string;
    KEYS_DIR: string;
    DATA_DIR: string;
    REGISTER_URL: string;
    /** Null: officers compare alone. */
    MATCHER_URL: string | null;
    /** Demo people, sandbox register and demo mailer are allowed. */
    sandbox: boolean;
    /** The passkeys' relying party id: the issuer's host name (WebAuthn §5.1.2). */
    rpId: string;
    secureCookies: boolean;
    /** Whether client certificates can reach us at all: by a proxy's header, or by our own TLS. */
    mutualTls: boolean;
  }
>;

export interface ConfigFault {
  name: string;
  message: string;
}

export type ConfigResult = { ok: true; config: Config } | { ok: false; faults: ConfigFault[] };

/** A setting's value, or the content of the file that NAME_FILE names (STYLE rule 9). */
function valueOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = env[`${name}_FILE`];
  if (file !== undefined && !name.endsWith('_FILE')) return readFileSync(file, 'utf8').trim();
  return env[name] === '' ? undefined : env[name];
}

/**
 * Reads the settings from an environment and reports all faults at once.
 * Refuses what production must not have (DESIGN section 9).
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): ConfigResult {
  const faults: ConfigFault[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, [schema]] of Object.entries(settings)) {
    try {
      const result = schema.safeParse(valueOf(env, name));
      if (result.success) values[name] = result.data;
      else faults.push({ name, message: result.error.issues.map((i) => i.message).join('; ') });
    } catch {
      faults.push({ name, message: `the file that ${name}_FILE names cannot be read` });
    }
  }
  if (faults.length > 0) return { ok: false, faults };
  const parsed = values as Parsed;
  const issuer = (parsed.ISSUER ?? `http://localhost:${parsed.PORT}`).replace(/\/$/, '');
  const production = parsed.NODE_ENV === 'production';
  const registerUrl = parsed.REGISTER_URL ?? `http://127.0.0.1:${parsed.PORT + 1}`;
  faults.push(...tlsFaults(parsed));
  if (production) faults.push(...productionFaults(parsed, issuer));
  else if (parsed.PUBLIC_SANDBOX === 'no' && !isThisMachine(new URL(issuer).hostname))
    faults.push({
      name: 'ISSUER',
      message:
        'is not this machine: set NODE_ENV=production, or PUBLIC_SANDBOX=yes for a sandbox that others may reach',
    });
  if (faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    config: Object.freeze({
      ...parsed,
      ISSUER: issuer,
      DATA_DIR: resolve(parsed.DATA_DIR),
      KEYS_DIR: resolve(parsed.KEYS_DIR ?? 'keys/development'),
      REGISTER_URL: registerUrl,
      MATCHER_URL: matcherUrl(parsed, production ? null : `${registerUrl}/matcher`),
      sandbox: !production,
      rpId: new URL(issuer).hostname,
      secureCookies: issuer.startsWith('https:'),
      mutualTls: parsed.MTLS_HEADER !== undefined || parsed.TLS_CERT !== undefined,
    }),
  };
}

function matcherUrl({ MATCHER_URL }: Parsed, fallback: string | null): string | null {
  if (MATCHER_URL === 'none') return null;
  return MATCHER_URL?.replace(/\/$/, '') ?? fallback;
}

/** A certificate in a header is worth as much as whoever wrote it: never one from just anybody. */
function tlsFaults(parsed: Parsed): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const need = (name: keyof Parsed, by: keyof Parsed) => {
    const value = parsed[name];
    const isSet = Array.isArray(value) ? value.length > 0 : value !== undefined;
    if (parsed[by] !== undefined && !isSet)
      faults.push({ name, message: `must be set where ${by} is` });
  };
  need('TLS_KEY', 'TLS_CERT');
  need('TLS_CERT', 'TLS_KEY');
  need('TLS_CERT', 'MTLS_AUTHORITIES');
  need('REGISTER_TLS_KEY', 'REGISTER_TLS_CERT');
  need('REGISTER_TLS_CERT', 'REGISTER_TLS_KEY');
  need('TRUSTED_PROXY_NETWORKS', 'MTLS_HEADER');
  need('MTLS_HEADER', 'MTLS_VERIFIED_HEADER');
  return faults;
}

function isThisMachine(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

function productionFaults(parsed: Parsed, issuer: string): ConfigFault[] {
  const needed = [
    ['KEYS_DIR', parsed.KEYS_DIR, 'name the folder of the production keys'],
    [
      'REGISTER_URL',
      parsed.REGISTER_URL,
      'name the immigration register; the sandbox one is refused',
    ],
    [
      'REGISTER_JWKS_FILE',
      parsed.REGISTER_JWKS_FILE,
      "name the file of the register's public keys",
    ],
    ['SMTP_URL', parsed.SMTP_URL, 'name a mail relay; the demo mailer is refused'],
  ] as const;
  const faults: ConfigFault[] = needed
    .filter(([, value]) => value === undefined)
    .map(([name, , what]) => ({ name, message: `must be set in production: ${what}` }));
  if (!issuer.startsWith('https:'))
    faults.push({ name: 'ISSUER', message: 'must be an https address in production' });
  if (parsed.MATCHER_URL !== undefined && parsed.MATCHER_URL !== 'none') {
    if (parsed.MATCHER_JWKS_FILE === undefined)
      faults.push({
        name: 'MATCHER_JWKS_FILE',
        message: "must be set in production: name the file of the face matcher's public keys",
      });
    if (parsed.MATCHER_APPROVED.some((name) => name.startsWith('sandbox/')))
      faults.push({
        name: 'MATCHER_APPROVED',
        message: 'must name what was approved in production; the sandbox matcher is refused',
      });
  }
  if (parsed.MTLS_URL?.startsWith('http:'))
    faults.push({ name: 'MTLS_URL', message: 'must be an https address in production' });
  if (parsed.OUTBOUND_LOOPBACK === 'yes')
    faults.push({ name: 'OUTBOUND_LOOPBACK', message: 'must not be yes in production' });
  return faults;
}

/** The rows of `npx tangchat config`: name, what is in force (secrets hidden), purpose, fault. */
export function describeConfig(env: NodeJS.ProcessEnv = process.env) {
  const read = readConfig(env);
  return Object.entries(settings).map(([name, [schema, purpose]]) => {
    const set = env[name] ?? env[`${name}_FILE`];
    const fallback = schema.safeParse(undefined);
    return {
      name,
      value: set === undefined ? null : withoutSecrets(name, set),
      default: fallback.success && fallback.data !== undefined ? fallback.data : null,
      purpose,
      fault: read.ok ? null : (read.faults.find((f) => f.name === name)?.message ?? null),
    };
  });
}

function withoutSecrets(name: string, value: string): string {
  if (/_(?:TOKEN|KEY)$/.test(name)) return '***';
  if (value.startsWith('-----BEGIN')) return 'PEM';
  return name.endsWith('_URL') ? value.replace(/\/\/[^@/]*@/, '//***@') : value;
}
