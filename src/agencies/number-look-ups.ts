import type { App } from '../lib/app.ts';

export const NUMBER_LOOK_UPS_PATH = '/api/numbers/look-ups';

/** `numbers:check`: is the number in use. `numbers:state`: in which state it is, also where it is not in use. */
export const NUMBER_SCOPES = ['numbers:check', 'numbers:state'] as const;
export type NumberScope = (typeof NUMBER_SCOPES)[number];

/** The resource indicator and audience of tokens for looking numbers up: our own API. */
export function numberLookUps(app: Pick<App, 'config'>): string {
  return `${app.config.ISSUER}${NUMBER_LOOK_UPS_PATH}`;
}

/** The agency whose resource that is: ourselves. */
export const REGISTER_CODE = 'foreigners-register';
