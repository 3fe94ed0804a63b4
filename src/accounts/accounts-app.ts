import type { WebApp } from '../web/context.ts';
import type { Mailer } from './mailer.ts';

/** What this domain needs besides the pages: somebody who carries mail. */
export type AccountsApp = WebApp & { mail: Mailer };
