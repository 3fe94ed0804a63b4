import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { settings } from './config-settings.ts';
import type { Parsed } from './config-settings.ts';

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
