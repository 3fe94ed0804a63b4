import { parseArgs } from 'node:util';
import type { App } from '../lib/app.ts';
import { transact } from '../lib/database.ts';
import { inviteOfficer } from './invite-officer.ts';
import { OFFICER_ROLES } from './officer-store.ts';
import type { OfficerRole } from './officer-store.ts';

/**
 * `tangchat officer invite --name NAME --role ROLE [--role ROLE…]`: makes an officer's account and prints the
 * single-use link (7 days) that registers their passkey. Exits 0, or 64 where the words are wrong.
 */
export async function runOfficerInvite(
  args: string[],
  io: { out(text: string): void; err(text: string): void },
  app: App,
): Promise<number> {
  const read = readArguments(args);
  if (!read.ok) {
    io.err(
      `${read.message}\nUsage: tangchat officer invite --name NAME --role ${OFFICER_ROLES.join('|')} [--role …]`,
    );
    return 64;
  }
  const { url } = await transact(app.db, (tx) => inviteOfficer(tx, app, read));
  io.out(url);
  return 0;
}

function readArguments(
  args: string[],
): { ok: true; name: string; roles: OfficerRole[] } | { ok: false; message: string } {
  try {
    const { values } = parseArgs({
      args,
      options: { name: { type: 'string' }, role: { type: 'string', multiple: true } },
    });
    const name = values.name?.trim() ?? '';
    if (name === '') return { ok: false, message: 'Say whom: --name NAME.' };
    const roles = (values.role ?? []).map((text) => OFFICER_ROLES.find((role) => role === text));
    if (roles.length === 0) return { ok: false, message: 'Name at least one role.' };
    const known = roles.filter((role) => role !== undefined);
    if (known.length < roles.length) return { ok: false, message: 'There is no such role.' };
    return { ok: true, name, roles: known };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}
