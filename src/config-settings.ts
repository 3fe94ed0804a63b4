import { z } from 'zod';
import { headerName, names, networks, port, seconds, share, url } from './config-readers.ts';

/** One line per setting: how it is read, its default, and what it is for (`npx tangchat config` prints this). */
export const settings = {
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
/** The settings as they were read, before anything follows from them. */
export type Parsed = { [Name in keyof Settings]: z.output<Settings[Name][0]> };
