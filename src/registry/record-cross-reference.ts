import { appendAudit } from '../audit/append.ts';
import type { Actor } from '../audit/events.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import type { PersonId } from '../lib/ids.ts';
import { plainCrossReference } from './cross-reference.ts';
import type { CrossReferenceKind } from './cross-reference.ts';
import {
  confirmCrossReference,
  endCrossReference,
  findCrossReferences,
  insertCrossReference,
  listCrossReferenceRows,
} from './cross-reference-store.ts';
import { crossReferenceKey } from './look-ups.ts';
import { findPersonDataKey } from './store.ts';

/** A number that another register gave a person. */
export interface CrossReference {
  kind: CrossReferenceKind;
  /** In any spelling; kept plain. */
  number: string;
  /** Who told it, a code: `immigration`, `counter`. */
  source: string;
  /** Its own register confirmed it; what an applicant or an officer read off a card is not verified. */
  verified: boolean;
  /** `YYYY-MM-DD`. */
  validFrom?: string | null;
  validUntil?: string | null;
}

export type CrossReferenceOutcome =
  | { ok: true; added: boolean }
  | { ok: false; reason: 'malformed' | 'not_found' }
  /** It is another person's: one of the two is wrong, or both are one. For an officer. */
  | { ok: false; reason: 'on_record'; personId: PersonId };

/** Puts a number of another register on a person's record. What is there already is at most confirmed. */
export async function recordCrossReference(
  tx: Tx,
  app: App,
  input: CrossReference & { personId: PersonId; actor: Actor },
): Promise<CrossReferenceOutcome> {
  const { personId, kind } = input;
  const number = plainCrossReference(kind, input.number);
  if (number === null) return { ok: false, reason: 'malformed' };
  const dataKeyId = await findPersonDataKey(tx, personId);
  const key = dataKeyId && (await app.cipher.findDataKey(tx, dataKeyId));
  if (!key) return { ok: false, reason: 'not_found' };
  const id = RowId.make(app);
  const at = app.clock.now();
  const numberKey = crossReferenceKey(app, kind, number);
  const added = await insertCrossReference(tx, {
    id,
    personId,
    kind,
    number: key.encrypt({ table: 'cross_references', column: 'number', row: id }, number),
    numberKey,
    source: input.source,
    verifiedAt: input.verified ? at : null,
    validFrom: input.validFrom ?? null,
    validUntil: input.validUntil ?? null,
    recordedAt: at,
  });
  if (!added) {
    const [known] = await findCrossReferences(tx, [numberKey]);
    if (!known || known.personId !== personId)
      return { ok: false, reason: 'on_record', personId: known?.personId ?? personId };
    if (!input.verified || known.verified) return { ok: true, added: false };
    await confirmCrossReference(tx, known.id, at);
  }
  await appendAudit(tx, app, {
    action: 'registry.cross_reference_recorded',
    actor: input.actor,
    subject: { kind: 'person', id: personId },
    details: { kind, source: input.source, verified: input.verified, added },
  });
  return { ok: true, added };
}

/** Ends a number: it was another's, or counts no more. It stays on record as ended. */
export async function endCrossReferenceOf(
  tx: Tx,
  app: App,
  input: { personId: PersonId; id: RowId; actor: Actor },
): Promise<boolean> {
  const ended = await endCrossReference(tx, { ...input, at: app.clock.now() });
  if (ended)
    await appendAudit(tx, app, {
      action: 'registry.cross_reference_ended',
      actor: input.actor,
      subject: { kind: 'person', id: input.personId },
      details: { crossReferenceId: input.id },
    });
  return ended;
}

export interface ShownCrossReference {
  id: RowId;
  kind: CrossReferenceKind;
  number: string;
  source: string;
  verifiedAt: Date | null;
  validFrom: string | null;
  validUntil: string | null;
  recordedAt: Date;
  endedAt: Date | null;
}

/** The numbers of a person, for a registrar; empty where the person was erased. */
export async function crossReferencesOf(
  db: Db | Tx,
  app: Pick<App, 'cipher'>,
  personId: PersonId,
): Promise<ShownCrossReference[]> {
  const dataKeyId = await findPersonDataKey(db, personId);
  const key = dataKeyId && (await app.cipher.findDataKey(db, dataKeyId));
  if (!key) return [];
  const rows = await listCrossReferenceRows(db, personId);
  return rows.map(({ personId: _whose, ...row }) => ({
    ...row,
    number: key.decryptText(
      { table: 'cross_references', column: 'number', row: row.id },
      row.number,
    ),
  }));
}
