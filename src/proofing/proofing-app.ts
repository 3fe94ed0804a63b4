import type { RegisterPort } from '../visas/register-port.ts';
import type { Registers } from '../visas/registers.ts';
import type { WebApp } from '../web/context.ts';
import type { FaceMatcher } from './matcher-port.ts';

/** What this domain needs besides the pages: who answers for the registers, and who compares faces, if anybody does. */
export type ProofingApp = WebApp & {
  register: RegisterPort;
  registers: Registers;
  matcher: FaceMatcher | null;
};
