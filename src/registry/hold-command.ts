import { parseArgs } from 'node:util';
import { SYSTEM } from '../audit/append.ts';
import type { App } from '../lib/app.ts';
import { EX_USAGE } from '../lib/command-io.ts';
import type { CommandIo } from '../lib/command-io.ts';
import { transact } from '../lib/database.ts';
import { CaseId, PersonId, RowId } from '../lib/ids.ts';
import { findPersonByNumber } from './find-persons.ts';
import {
  HOLD_REASONS,
  HOLD_REFERENCE,
  holdsInForce,
  placeHold,
  releaseHold,
} from './legal-holds.ts';
import type { HoldTarget } from './legal-holds.ts';

const ADD = `hold add (--person ID | --number NUMBER | --case ID) --reason ${HOLD_REASONS.join('|')} --reference REFERENCE`;

/** `tangchat hold add …`: prints the hold's id. Exits 0; 1 where there is nobody to hold, or the order holds already; 64. */
export async function runHoldAdd(args: string[], io: CommandIo, app: App): Promise<number> {
  const values = readOptions(args);
  const reason = HOLD_REASONS.find((known) => known === values?.reason);
  const named = [values?.person, values?.number, values?.case].filter((text) => text !== undefined);
  if (!values || !reason || named.length !== 1 || !HOLD_REFERENCE.test(values.reference ?? '')) {
    io.err(`Usage: tangchat ${ADD}`);
    return EX_USAGE;
  }
  const target = await targetOf(app, values);
  const reference = values.reference!;
  const placed = target
    ? await transact(app.db, (tx) =>
        placeHold(tx, app, { target, reason, reference, actor: SYSTEM }),
      )
    : ({ ok: false, reason: 'not_found' } as const);
  io.out(JSON.stringify(placed));
  return placed.ok ? 0 : 1;
}

/** `tangchat hold release ID`: exits 0; 1 where no such hold is in force; 64. */
export async function runHoldRelease(args: string[], io: CommandIo, app: App): Promise<number> {
  const id = RowId.parse(args[0]);
  if (!id || args.length > 1) {
    io.err('Usage: tangchat hold release ID');
    return EX_USAGE;
  }
  const released = await transact(app.db, (tx) => releaseHold(tx, app, { id, actor: SYSTEM }));
  io.out(JSON.stringify(released));
  return released.ok ? 0 : 1;
}

/** `tangchat hold list`: the holds in force, as JSON. */
export async function runHoldList(io: CommandIo, app: App): Promise<number> {
  io.out(JSON.stringify(await holdsInForce(app.db), null, 2));
  return 0;
}

interface Options {
  person?: string | undefined;
  number?: string | undefined;
  case?: string | undefined;
  reason?: string | undefined;
  reference?: string | undefined;
}

async function targetOf(app: App, values: Options): Promise<HoldTarget | null> {
  const caseId = CaseId.parse(values.case);
  if (caseId) return { personId: null, caseId };
  const personId =
    values.number === undefined
      ? PersonId.parse(values.person)
      : (await findPersonByNumber(app.db, app, values.number))?.personId;
  return personId ? { personId, caseId: null } : null;
}

function readOptions(args: string[]): Options | null {
  const text = { type: 'string' } as const;
  const options = { person: text, number: text, case: text, reason: text, reference: text };
  try {
    return parseArgs({ args, options }).values;
  } catch {
    return null;
  }
}
