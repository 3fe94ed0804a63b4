import type { ContestedEntry } from '../../visas/register-port.ts';
import { sandboxRecord } from './sandbox-record.ts';
import type { SandboxRecord } from './sandbox-record.ts';

/**
 * A record with one entry corrected to `value`. An empty value: the clerk finds the entry right but for its state (a
 * document in use after all, a visa in effect, no departure). Null where the value does not fit the entry.
 */
export function correctEntry(
  record: SandboxRecord,
  entry: ContestedEntry,
  value: string,
): SandboxRecord | null {
  const corrected = sandboxRecord.safeParse(change(record, entry, value));
  return corrected.success ? corrected.data : null;
}

function change(record: SandboxRecord, entry: ContestedEntry, value: string): unknown {
  const { person, visa, admission } = record;
  const given = value !== '';
  switch (entry) {
    case 'name':
      return { ...record, person: { ...person, ...(given && { nameAsRecorded: value }) } };
    case 'date_of_birth':
      return { ...record, person: { ...person, ...(given && { dateOfBirth: value }) } };
    case 'nationality':
      return { ...record, person: { ...person, ...(given && { nationality: value }) } };
    case 'document':
      return {
        ...record,
        documents: record.documents.map((held) => ({ ...held, status: 'current' })),
      };
    case 'visa':
      return { ...record, visa: visa && { ...visa, status: 'in_effect' } };
    case 'stay':
      return {
        ...record,
        admission: admission && {
          ...admission,
          ...(given && { permission: 'until_date', admittedUntil: value }),
          revokedAt: null,
        },
      };
    case 'departure':
      return { ...record, departure: null };
    case 'work':
      return { ...record, admission: admission && { ...admission, workAllowed: true } };
    default:
      return entry satisfies never;
  }
}
