import Koa from 'koa';
import type { Middleware } from 'koa';
import type { AccountsApp } from './accounts/accounts-app.ts';
import { describeSession } from './accounts/describe-session.ts';
import { smtpMailer } from './accounts/mailer.ts';
import type { Config } from './config.ts';
import { demoMailer } from './dev/demo-mail.ts';
import type { App } from './lib/app.ts';
import { createBlindIndex } from './lib/blind-index.ts';
import { systemClock } from './lib/clock.ts';
import type { Db } from './lib/database.ts';
import { createFieldCipher } from './lib/field-encryption.ts';
import type { Keys } from './lib/keys.ts';
import type { Log } from './lib/log.ts';
import { systemRandom } from './lib/random.ts';
import { createOidc } from './oidc/create-oidc.ts';
import type { OidcApp } from './oidc/create-oidc.ts';
import { openProviderKeys, withSecretsOf } from './oidc/signing-keys/provider-keys.ts';
import type { Signer } from './oidc/signing-keys/signer.ts';
import { connectMatcher } from './proofing/connect-matcher.ts';
import type { ProofingApp } from './proofing/proofing-app.ts';
import { routes } from './routes.ts';
import { connectRegisters } from './visas/connect-register.ts';
import { buildAssets } from './web/assets.ts';
import type { State } from './web/context.ts';
import { answerFaults } from './web/faults.ts';
import { loadLanguages } from './web/languages.ts';
import { createMetrics } from './web/metrics.ts';
import { logRequests, pinAddress, readBrowser, secureHeaders } from './web/middleware.ts';
import { serveRoutes } from './web/router.ts';
import type { Session } from './web/sessions.ts';

/** Everything that any handler, job or command may need. */
export type FullApp = AccountsApp & OidcApp & ProofingApp;

/** Puts the parts together and reads the provider's keys. Opens nothing but what it is given; the caller closes the database. */
export async function createApp(parts: {
  config: Config;
  db: Db;
  keys: Keys;
  log: Log;
  /** Stands in for the one that SIGNER_MODULE names. */
  signer?: Signer;
}): Promise<FullApp> {
  const { config, log } = parts;
  const clock = systemClock;
  const random = systemRandom;
  const { signer, ...given } = parts;
  const base: App = {
    ...given,
    clock,
    random,
    cipher: createFieldCipher({ keyEncryptionKey: parts.keys.keyEncryptionKey, clock, random }),
    blindIndex: createBlindIndex(parts.keys.blindIndexKey),
  };
  const providerKeys = await openProviderKeys(base, signer);
  const keys = withSecretsOf(providerKeys, parts.keys);
  const app = { ...base, keys, providerKeys };
  const registers = await connectRegisters({ config, keys, clock, random, log });
  const withPages = {
    ...app,
    mail: config.SMTP_URL
      ? smtpMailer({ url: config.SMTP_URL, from: config.MAIL_FROM })
      : demoMailer(app),
    assets: await buildAssets(),
    register: registers.main.port,
    registers,
    matcher: await connectMatcher(base),
    metrics: createMetrics(),
    languages: loadLanguages({ strict: config.NODE_ENV !== 'production' }),
    describeSession: (session: Session) => describeSession(app, session),
  };
  return { ...withPages, oidc: createOidc(withPages) };
}

/** The web server: our pages and endpoints, then the OIDC provider. */
export function createServer(app: FullApp): Koa<State> {
  const koa = new Koa<State>({ proxy: true, maxIpsCount: Math.max(1, app.config.TRUSTED_PROXIES) });
  koa.silent = true;
  const middleware: Middleware<State>[] = [
    pinAddress(app),
    secureHeaders(app, app.oidc.isForPrograms),
    logRequests(app),
    app.assets.serve,
    answerFaults(app),
    app.oidc.machineEndpoints,
    app.oidc.readAhead,
    readBrowser(app),
    app.oidc.browserEndpoints,
    ...serveRoutes(app, routes),
  ];
  for (const layer of middleware) koa.use(layer);
  return koa;
}
