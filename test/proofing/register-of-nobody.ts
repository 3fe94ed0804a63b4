import type { App } from '../../src/lib/app.ts';
import type { AskingApp } from '../../src/proofing/registers/ask-all.ts';
import type { RegisterPort } from '../../src/visas/register-port.ts';

/** The app with one register that answers at once and knows nobody, as the cases of `caseInReview` have it on file. */
export function asksNobody<Bare extends App>(app: Bare): Bare & AskingApp {
  const port: RegisterPort = {
    ask: async () => ({
      kind: 'not_found',
      asOf: app.clock.now().toISOString(),
      source: 'immigration',
    }),
  };
  const main = {
    name: 'immigration',
    kind: 'immigration',
    lagSeconds: app.config.REGISTER_LAG_SECONDS,
    required: true,
    port,
    corrections: null,
  } as const;
  return { ...app, register: port, registers: { main, others: [], watch: [] } };
}
