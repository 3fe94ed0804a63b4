import type { FullApp } from './app.ts';
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

  route<FullApp>('GET', '/help', anyone, showHelp),
];
