import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inviteOfficer, welcomeOfficers } from '../accounts/invite-officer.ts';
import type { OfficerWelcome } from '../accounts/invite-officer.ts';
import type { OfficerRole } from '../accounts/officer-guard.ts';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { demoPeople } from './demo-people.ts';
import { makePassport } from './passport-maker/make-passport.ts';
import type { SandboxPki } from './passport-maker/sandbox-pki.ts';
import { loadOrMakeSandboxPki } from './passport-maker/sandbox-pki-file.ts';
import { writePassport } from './passport-maker/passport-make-command.ts';
import { trustSandboxPki } from './passport-maker/trust-sandbox-pki.ts';

const OFFICERS: readonly { name: string; roles: readonly OfficerRole[] }[] = [
  { name: 'Malee Srisuk', roles: ['officer', 'registrar'] },
  { name: 'Prasert Wongsa', roles: ['supervisor', 'security_officer'] },
];

/** What the sandbox has ready for whoever tries it out. */
export interface Sandbox {
  officers: OfficerWelcome[];
  /** Folders of passports, one a demo person. */
  passports: string[];
}

/**
 * Prepares the sandbox: trusts Utopia's CSCA, invites the demo officers, and writes a passport for each demo person
 * below `<DATA_DIR>/passports`. Idempotent: what is there is left alone; officers without a passkey get a fresh link.
 */
export async function seedSandbox(app: App): Promise<Sandbox> {
  const pki = loadOrMakeSandboxPki(app.config.KEYS_DIR, app);
  const officers = await transact(app.db, async (tx) => {
    await trustSandboxPki(tx, app, pki);
    const known = await welcomeOfficers(tx, app);
    if (known.length > 0) return known;
    const made: OfficerWelcome[] = [];
    for (const officer of OFFICERS)
      made.push({ ...officer, url: (await inviteOfficer(tx, app, officer)).url });
    return made;
  });
  return { officers, passports: await makePassports(app, pki) };
}

async function makePassports(app: App, pki: SandboxPki): Promise<string[]> {
  const folders: string[] = [];
  for (const person of Object.values(demoPeople)) {
    const folder = join(app.config.DATA_DIR, 'passports', person.key);
    folders.push(folder);
    if (existsSync(join(folder, 'passport.json'))) continue;
    const passport = await makePassport(pki, { person, now: app.clock.now() });
    await writePassport(folder, passport, pki, { person });
  }
  return folders;
}
