import {
  consoleSignInChallenge,
  consoleSignOut,
  invitationChallenge,
  showConsoleSignIn,
  showInvitation,
  submitConsoleSignIn,
  submitInvitation,
} from './accounts/console-sign-in.ts';
import {
  createPasskeyOptions,
  showCreate,
  showCreateCode,
  showCreatePasskey,
  submitCreate,
  submitCreateCode,
  submitCreatePasskey,
} from './accounts/create.ts';
import { showSignIn, signInChallenge, signOut, submitSignIn } from './accounts/sign-in.ts';
import type { FullApp } from './app.ts';
import { showMailbox } from './dev/demo-mail.ts';
import { anyone, machine } from './web/guards.ts';
import type { Guard, Handler } from './web/context.ts';
import type { Method, Route } from './web/router.ts';
import { showLive, showReady } from './web/health.ts';
import { showHelp } from './portal/show-help.ts';

function route<A>(method: Method, path: string, guard: Guard<A>, handler: Handler<A>): Route<A> {
  return { method, path, guard, handler };
}

/** Every route of ours. The provider's own endpoints are mounted after them (src/oidc). */
export const routes: readonly Route<FullApp>[] = [
  route<FullApp>('GET', '/health/live', machine, showLive),
  route<FullApp>('GET', '/health/ready', machine, showReady),

  // accounts
  route<FullApp>('GET', '/create', anyone, showCreate),
  route<FullApp>('POST', '/create', anyone, submitCreate),
  route<FullApp>('GET', '/create/code', anyone, showCreateCode),
  route<FullApp>('POST', '/create/code', anyone, submitCreateCode),
  route<FullApp>('GET', '/create/passkey', anyone, showCreatePasskey),
  route<FullApp>('POST', '/create/passkey/options', anyone, createPasskeyOptions),
  route<FullApp>('POST', '/create/passkey', anyone, submitCreatePasskey),
  route<FullApp>('GET', '/sign-in', anyone, showSignIn),
  route<FullApp>('POST', '/sign-in/options', anyone, signInChallenge),
  route<FullApp>('POST', '/sign-in', anyone, submitSignIn),
  route<FullApp>('POST', '/sign-out', anyone, signOut),
  route<FullApp>('GET', '/console/sign-in', anyone, showConsoleSignIn),
  route<FullApp>('POST', '/console/sign-in/options', anyone, consoleSignInChallenge),
  route<FullApp>('POST', '/console/sign-in', anyone, submitConsoleSignIn),
  route<FullApp>('POST', '/console/sign-out', anyone, consoleSignOut),
  route<FullApp>('GET', '/console/invitations/:token', anyone, showInvitation),
  route<FullApp>('POST', '/console/invitations/:token/options', anyone, invitationChallenge),
  route<FullApp>('POST', '/console/invitations/:token', anyone, submitInvitation),

  // dev
  route<FullApp>('GET', '/dev/mail', anyone, showMailbox),

  route<FullApp>('GET', '/help', anyone, showHelp),
];
