import { z } from 'zod';
import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { AccountId } from '../lib/ids.ts';
import { faultsOf } from './file-fault.ts';
import type { FileFault } from './file-fault.ts';
import type { Agreement } from './agreement.ts';
import { endAgreementRow, insertAgreement } from './agreement-store.ts';
import { findService } from './find-service.ts';
import { findResource } from './find-resource.ts';
import { numberLookUps } from './number-look-ups.ts';
import { keepNumberResource } from './number-resource.ts';

const text = (max: number) => z.string().trim().min(1).max(max);
const moment = z.iso
  .datetime({ offset: true, error: 'must be a moment as in 2026-11-23T00:00:00+07:00' })
  .transform((value) => new Date(value));

/** The file of `agreement add`. */
const agreementFile = z
  .strictObject({
    service: text(64),
    resource: text(2000),
    scopes: z.array(text(80)).min(1).max(50),
    purpose: text(300),
    'purpose#th': text(300),
    legal_basis: z.enum(['law', 'consent']),
    legal_reference: text(300).optional(),
    valid_from: moment,
    valid_until: moment,
  })
  .superRefine((file, ctx) => {
    if (file.valid_until <= file.valid_from)
      ctx.addIssue({
        code: 'custom',
        path: ['valid_until'],
        message: 'must be later than valid_from',
      });
    if (file.legal_basis === 'law' && file.legal_reference === undefined)
      ctx.addIssue({
        code: 'custom',
        path: ['legal_reference'],
        message: 'must name the provision where legal_basis is law',
      });
  });

export type AddAgreementResult =
  | { ok: true; agreement: Agreement }
  | { ok: false; reason: 'invalid'; faults: FileFault[] };

/**
 * Puts an agreement between a service and another agency's resource on record. `approvers`: the two officers, where
 * two did (the console's part); the sandbox does without.
 */
export async function addAgreement(
  tx: Tx,
  app: App,
  input: { file: unknown; actor: Actor; approvers?: readonly [AccountId, AccountId] },
): Promise<AddAgreementResult> {
  const read = agreementFile.safeParse(input.file);
  if (!read.success) return { ok: false, reason: 'invalid', faults: faultsOf(read.error) };
  const file = read.data;
  if (file.resource === numberLookUps(app)) await keepNumberResource(tx, app, input.actor);
  const faults = await contradictions(tx, file);
  if (faults.length > 0) return { ok: false, reason: 'invalid', faults };
  const agreement: Agreement = {
    id: RowId.make(app),
    serviceId: file.service,
    resource: file.resource,
    scopes: file.scopes,
    purpose: { en: file.purpose, th: file['purpose#th'] },
    legalBasis: file.legal_basis,
    legalReference: file.legal_reference ?? null,
    validFrom: file.valid_from,
    validUntil: file.valid_until,
  };
  await insertAgreement(tx, {
    ...agreement,
    approvers: input.approvers ?? null,
    createdAt: app.clock.now(),
  });
  await appendAudit(tx, app, {
    action: 'agencies.agreement_registered',
    actor: input.actor,
    subject: { kind: 'agreement', id: agreement.id },
    details: {
      service: agreement.serviceId,
      resource: agreement.resource,
      scopes: agreement.scopes,
      basis: agreement.legalBasis,
      approvers: [...(input.approvers ?? [])],
    },
  });
  return { ok: true, agreement };
}

async function contradictions(tx: Tx, file: z.output<typeof agreementFile>): Promise<FileFault[]> {
  const [service, resource] = [
    await findService(tx, file.service),
    await findResource(tx, file.resource),
  ];
  const faults: FileFault[] = [];
  if (!service) faults.push({ path: 'service', message: 'no service has this client_id' });
  if (!resource) faults.push({ path: 'resource', message: 'no resource has this identifier' });
  if (service && resource && service.agency.id === resource.agency.id)
    faults.push({
      path: 'resource',
      message: 'is of the same agency: list the service in its services instead',
    });
  file.scopes.forEach((name, index) => {
    if (resource && !resource.scopes.some((scope) => scope.name === name))
      faults.push({ path: `scopes.${index}`, message: 'is no scope of this resource' });
  });
  return faults;
}

/** Ends an agreement before its time: from the commit on nothing is exchanged under it. False where none counted. */
export async function endAgreement(
  tx: Tx,
  app: Pick<App, 'clock' | 'random'>,
  input: { id: RowId; actor: Actor },
): Promise<boolean> {
  if (!(await endAgreementRow(tx, input.id, app.clock.now()))) return false;
  await appendAudit(tx, app, {
    action: 'agencies.agreement_ended',
    actor: input.actor,
    subject: { kind: 'agreement', id: input.id },
    details: {},
  });
  return true;
}
