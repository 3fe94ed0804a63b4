import { parseArgs } from 'node:util';
import { eraseAccount } from '../accounts/erase-account.ts';
import { SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { toPlainDate } from '../lib/clock.ts';
import type { CommandIo } from '../lib/command-io.ts';
import { transact } from '../lib/database.ts';
import type { PersonId } from '../lib/ids.ts';
import { ERASURE_REASONS, erasePerson } from '../registry/erase-person.ts';
import type { ErasureReason } from '../registry/erase-person.ts';
import { findPersonByNumber } from '../registry/find-persons.ts';
import { isHeld } from '../registry/legal-holds.ts';
import { documentsOf } from '../registry/person-file.ts';
import { standingOfPerson } from '../registry/standing.ts';

/**
 * `person erase NUMBER --reason REASON [--confirm CODE]`. Without the code it changes nothing: it tells what would go, and
 * a code that is good today and for this state of the record alone. Exits 0 erased, 1 refused, 2 not yet confirmed.
 */
export async function runPersonErase(args: string[], io: CommandIo, app: App): Promise<number> {
  const read = readArguments(args);
  if (!read) {
    io.err(`usage: person erase NUMBER --reason ${ERASURE_REASONS.join('|')} [--confirm CODE]`);
    return 64;
  }
  const found = await findPersonByNumber(app.db, app, read.number);
  const standing = found && (await standingOfPerson(app.db, app, found.personId));
  if (!found || !standing) {
    io.err(found ? 'Erased already.' : 'No person on record has this number.');
    return 1;
  }
  const code = confirmationCode(app, found.personId, standing.idVersion);
  if (read.confirm !== code) {
    const documents = await documentsOf(app.db, app, found.personId);
    const told = {
      personId: found.personId,
      idState: found.idState,
      documents: documents.length,
      account: found.accountId !== null,
      legalHold: await isHeld(app.db, found.personId),
      confirm: code,
    };
    io.out(JSON.stringify(told, null, 2));
    io.err(
      read.confirm === undefined
        ? 'Nothing was erased. What is erased cannot be brought back: repeat with --confirm and the code.'
        : 'Nothing was erased: the code is not that of today and of this record.',
    );
    return 2;
  }
  const { reason } = read;
  const outcome = await transact(app.db, async (tx) => {
    const erased = await erasePerson(tx, app, { personId: found.personId, reason, actor: SYSTEM });
    if (erased.ok && erased.accountId)
      await eraseAccount(tx, app, { accountId: erased.accountId, actor: SYSTEM });
    return erased;
  });
  if (outcome.ok) {
    io.out(JSON.stringify({ erased: found.personId, documents: outcome.documents }, null, 2));
    return 0;
  }
  io.err(`Nothing was erased: ${outcome.reason}.`);
  return 1;
}

function readArguments(
  args: string[],
): { number: string; reason: ErasureReason; confirm: string | undefined } | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { reason: { type: 'string' }, confirm: { type: 'string' } },
    });
    const reason = ERASURE_REASONS.find((known) => known === values.reason);
    // A number that was typed with spaces comes as several words.
    const number = positionals.join('');
    return reason && number ? { number, reason, confirm: values.confirm } : null;
  } catch {
    return null;
  }
}

function confirmationCode(app: App, personId: PersonId, version: number): string {
  const day = toPlainDate(app.clock.now());
  const digest = app.blindIndex.of('erasure_confirmation', personId, String(version), day);
  return digest.toString('hex').slice(0, 10);
}
