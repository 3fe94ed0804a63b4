import type { App } from '../lib/app.ts';
import { addSeconds } from '../lib/clock.ts';
import type { RegisterAdmission } from '../visas/register-answer.ts';
import { bangkokDate } from '../visas/stay.ts';
import type { DemoPerson } from './demo-people.ts';
import { demoContent } from './sandbox-register/demo-records.ts';
import { addDays } from './sandbox-register/play-event.ts';
import type { SandboxRecord } from './sandbox-register/sandbox-record.ts';

/** What the immigration register holds of the traveller of `demo life`, at each turn of it. */

export function tourist(app: Pick<App, 'clock'>, person: DemoPerson): SandboxRecord {
  const now = app.clock.now();
  const today = bangkokDate(now);
  const template = demoContent(now).records[0]!;
  return {
    ...template,
    person: {
      ...template.person,
      registerPersonId: `LIFE-${person.documentNumber}`,
      nameAsRecorded: `${person.printedPrimary}, ${person.printedSecondary}`,
      dateOfBirth: person.dateOfBirth,
    },
    documents: [{ issuingState: 'UTO', documentNumber: person.documentNumber, status: 'current' }],
    visa: null,
    admission: admission(addSeconds(now, -20 * 86_400), {
      basis: 'visa_exemption',
      admittedUntil: addDays(today, 9),
      workAllowed: false,
    }),
    departure: null,
    contacts: [],
    workPermit: null,
  };
}

export function departed(app: Pick<App, 'clock'>, record: SandboxRecord): SandboxRecord {
  const departedAt = addSeconds(app.clock.now(), -60).toISOString();
  return { ...record, departure: { departedAt, port: 'Suvarnabhumi Airport' } };
}

/** The same person of the register, under a further document, admitted to work. */
export function worker(
  app: Pick<App, 'clock'>,
  record: SandboxRecord,
  renewed: DemoPerson,
): SandboxRecord {
  const now = app.clock.now();
  const today = bangkokDate(now);
  return {
    ...record,
    documents: [
      { issuingState: 'UTO', documentNumber: renewed.documentNumber, status: 'current' },
      ...record.documents,
    ],
    visa: {
      number: renewed.visaNumber,
      class: 'B',
      entriesAllowed: null,
      entriesUsed: 1,
      validFrom: addDays(today, -7),
      validUntil: addDays(today, 358),
      durationOfStayDays: 90,
      status: 'in_effect',
    },
    admission: admission(now, {
      basis: 'visa',
      admittedUntil: addDays(today, 364),
      workAllowed: true,
    }),
  };
}

function admission(
  at: Date,
  given: Pick<RegisterAdmission, 'basis' | 'admittedUntil' | 'workAllowed'>,
): RegisterAdmission {
  return {
    admittedAt: at.toISOString(),
    port: 'Suvarnabhumi Airport',
    permission: 'until_date',
    underConsiderationUntil: null,
    revokedAt: null,
    conditions: given.workAllowed ? [] : ['no_work'],
    ...given,
  };
}

/** Puts a record on file at the sandbox register. */
export async function remember(
  { registerUrl }: { registerUrl: string },
  record: SandboxRecord,
): Promise<void> {
  const answer = await fetch(`${registerUrl}/control/records`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(record),
  });
  if (!answer.ok) throw new Error(`The sandbox register's control answered ${answer.status}.`);
}
