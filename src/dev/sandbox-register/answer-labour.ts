import type { Clock } from '../../lib/clock.ts';
import { addSeconds } from '../../lib/clock.ts';
import type { RegisterStatement } from '../../visas/register-answer.ts';
import type { RegisterQuestion } from '../../visas/register-port.ts';
import type { SandboxState } from './sandbox-state.ts';

export const LABOUR_SOURCE = 'sandbox_labour';

/** Its data comes in once a night. */
const LAG_SECONDS = 6 * 3600;
const LONG_LAG_SECONDS = 10 * 86_400;

/**
 * What the sandbox labour register says: the person and the work permit, nothing of visa or stay. It holds the same make-believe
 * people as the immigration register, each under a key of its own, with a lag of its own.
 */
export function lookUpLabour(
  question: Pick<RegisterQuestion, 'issuingState' | 'documentNumber' | 'dateOfBirth'>,
  state: SandboxState,
  clock: Clock,
): RegisterStatement {
  const { issuingState, documentNumber, dateOfBirth } = question;
  const lag = documentNumber.startsWith('LABOLD') ? LONG_LAG_SECONDS : LAG_SECONDS;
  const said = { asOf: addSeconds(clock.now(), -lag).toISOString(), source: LABOUR_SOURCE };
  const record = state.findByDocument(issuingState, documentNumber);
  if (!record || record.person.dateOfBirth !== dateOfBirth || record.workPermit === undefined)
    return { kind: 'not_found', ...said };
  const differs = documentNumber.startsWith('LABDIFF');
  const { person, workPermit } = record;
  return {
    kind: 'found',
    person: {
      ...person,
      registerPersonId: `LAB-${person.registerPersonId}`,
      nationality: differs ? 'XXB' : person.nationality,
    },
    document: { issuingState, documentNumber, status: 'current' },
    visa: null,
    admission: null,
    departure: null,
    contacts: [],
    entryPhotoHeld: false,
    workPermit: workPermit && differs ? { ...workPermit, status: 'cancelled' } : workPermit,
    ...said,
  };
}
