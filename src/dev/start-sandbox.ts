import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { App } from '../lib/app.ts';
import { DEMO_AGENCIES } from './demo-agency/agencies.ts';
import { registerDemoAgencies } from './demo-agency/register-demo-agencies.ts';
import { startDemoAgencies } from './demo-agency/start-demo-agencies.ts';
import { forkSandboxRegister } from './sandbox-register/fork-sandbox-register.ts';
import { seedSandbox } from './seed.ts';

/** What stands around the product in life, played on this machine. */
export interface RunningSandbox {
  /** What to open and do, one line each. */
  guide: string[];
  stop(): Promise<void>;
}

/** Starts the sandbox register and the demo agencies, and seeds the demo. Stops what it started where a part fails. */
export async function startSandbox(app: App): Promise<RunningSandbox> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const undo of stops.splice(0).toReversed()) await undo();
  };
  try {
    if (usesSandboxRegister(app.config)) {
      const register = await startRegister(app);
      stops.push(() => register.close());
    }
    const seeded = await seedSandbox(app);
    const agencies = await startAgencies(app);
    stops.push(() => agencies.close());
    return { guide: guide(app.config, seeded), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const usesSandboxRegister = (config: Config) =>
  config.REGISTER_URL === `http://127.0.0.1:${config.PORT + 1}`;

function startRegister({ config, keys }: App) {
  return forkSandboxRegister({
    port: config.PORT + 1,
    host: config.HOST,
    issuer: config.REGISTER_URL,
    dataDir: join(config.DATA_DIR, 'sandbox-register'),
    clientId: config.ISSUER,
    clientJwks: { keys: [keys.registerClientJwk] },
  });
}

async function startAgencies(app: App) {
  const clients = await registerDemoAgencies(app);
  return startDemoAgencies({ issuer: app.config.ISSUER, clients, random: app.random });
}

const row = (what: string, where: string) => `  ${what.padEnd(12)}${where}`;

function guide(config: Config, seeded: Awaited<ReturnType<typeof seedSandbox>>): string[] {
  const agencies = DEMO_AGENCIES.map(({ agency, service }, index) =>
    row('Agency', `http://127.0.0.1:${config.PORT + 2 + index}   (${agency.en}: ${service.en})`),
  );
  const passport = seeded.passports[0] ?? 'FOLDER';
  const officers = seeded.officers.map(({ name, roles, url }) =>
    row(
      'Officer',
      `${url ?? `${config.ISSUER}/console`}\n${' '.repeat(14)}${name} (${roles.join(', ')})`,
    ),
  );
  return [
    'Start at the demo agency and press "Sign in with Tangchat ID".',
    '',
    ...agencies,
    row('Portal', config.ISSUER),
    row('Mailbox', `${config.ISSUER}/dev/mail   (codes and notices arrive here)`),
    row('Register', `${config.REGISTER_URL}   (the sandbox immigration register)`),
    ...officers,
    '',
    'When a page shows a QR code for the passport chip, play the phone in another terminal:',
    `  npx tangchat reader submit --passport ${passport} --link LINK`,
    '',
    'Ctrl-C stops everything; the next start goes on where you left.',
  ];
}
