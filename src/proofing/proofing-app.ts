import type { RegisterPort } from '../visas/register-port.ts';
import type { Registers } from '../visas/registers.ts';
import type { WebApp } from '../web/context.ts';

/** What this domain needs besides the pages: somebody who answers for the immigration register, and who else is asked. */
export type ProofingApp = WebApp & { register: RegisterPort; registers: Registers };
