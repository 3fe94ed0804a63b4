import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import type { Context } from '../web/context.ts';
import type { Session } from '../web/session-store.ts';
import { seeOther } from './see-other.ts';

const FRESH_SECONDS = 300;

/** Whether the passkey was used within the last five minutes: changes of passkeys and recovery ask for that. */
export function isFresh(app: Pick<App, 'clock'>, session: Session): boolean {
  return app.clock.now() < addSeconds(session.authTime, FRESH_SECONDS);
}

/** Asks for the passkey again and comes back to `path`. */
export function askAgain(ctx: Context, path: string): void {
  seeOther(ctx, `/sign-in?again=1&return_to=${encodeURIComponent(path)}`);
}
