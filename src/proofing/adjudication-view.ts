import type { ChipDocument } from '../documents/chip-verdict.ts';
import type { Db } from '../lib/database.ts';
import type { CaseId, PersonId } from '../lib/ids.ts';
import { findCandidates } from '../registry/candidates.ts';
import type { Candidate } from '../registry/candidates.ts';
import type { Continuity } from '../registry/continuity.ts';
import { findPersonByDocument, findPersonOfAccount } from '../registry/find-persons.ts';
import type { ForeignIdNumber } from '../registry/foreign-id.ts';
import type { PersonAttributes } from '../registry/person.ts';
import { continuityWith, documentsOf } from '../registry/person-file.ts';
import type { HeldDocument } from '../registry/person-file.ts';
import { standingOfPerson } from '../registry/standing.ts';
import type { Standing } from '../registry/standing.ts';
import { listAdjudications } from './adjudication-store.ts';
import type { Adjudication } from './adjudication-store.ts';
import type { HoldReason, ProofingCase } from './case-state.ts';
import { readCaseForOfficer, readChipPortrait } from './officer-view.ts';
import type { OfficerView } from './officer-view.ts';
import type { ProofingApp } from './proofing-app.ts';
import { registerReferences } from './register-references.ts';

/** A person on record, beside the applicant. */
export interface RecordBeside {
  personId: PersonId;
  number: ForeignIdNumber | null;
  idState: Standing['idState'];
  attributes: PersonAttributes;
  documents: HeldDocument[];
  /** Why the search found them; empty where the account or the document names them. */
  reasons: Candidate['reasons'];
  /** The case whose chip portrait is the latest we have of them; null without one. */
  portraitCaseId: CaseId | null;
}

/** What an officer needs to settle a held case: the applicant, and whoever on record they may be. */
export interface AdjudicationView {
  view: OfficerView;
  proofing: ProofingCase;
  hold: HoldReason;
  document: ChipDocument;
  /** Whom the account or the document belongs to on record. */
  holder: RecordBeside | null;
  /** The document is somebody else's while the account has a person of its own: perhaps one human, twice on record. */
  accountPersonId: PersonId | null;
  candidates: RecordBeside[];
  /** As it stands if the portraits match. */
  continuity: Continuity | null;
  waiting: Adjudication | null;
}

/** A held case with the records it is held by; null where there is none, or it is not held. */
export async function readAdjudication(
  db: Db,
  app: ProofingApp,
  caseId: CaseId,
): Promise<AdjudicationView | null> {
  const view = await readCaseForOfficer(db, app, caseId);
  const state = view?.proofing.state;
  if (!view?.document || state?.step !== 'review' || !state.hold) return null;
  const { proofing, document } = view;
  const accountPersonId = await findPersonOfAccount(db, proofing.accountId);
  const crossReferences = view.register ? registerReferences(view.register.answer) : [];
  const ofDocument = await findPersonByDocument(db, app, document);
  const holderId = ofDocument?.personId ?? accountPersonId;
  const found =
    state.hold === 'candidates_found'
      ? await findCandidates(db, app, document, crossReferences)
      : [];
  const candidates = await Promise.all(
    found.map(({ personId, reasons }) => readRecord(db, app, personId, reasons)),
  );
  const continuity =
    accountPersonId && !ofDocument
      ? await continuityWith(db, app, {
          personId: accountPersonId,
          claimed: document,
          crossReferences,
          portraits: 'match',
        })
      : null;
  return {
    view,
    proofing,
    hold: state.hold,
    document,
    holder: holderId && (await readRecord(db, app, holderId, [])),
    accountPersonId,
    candidates: candidates.flatMap((record) => record ?? []),
    continuity,
    waiting:
      (await listAdjudications(db, caseId)).find(({ settledAt }) => settledAt === null) ?? null,
  };
}

/** The latest chip portrait of a person on record, for comparing it with the applicant's; null where none is kept. */
export async function readEarlierPortrait(
  db: Db,
  app: ProofingApp,
  given: { caseId: CaseId; personId: PersonId },
): Promise<Buffer | null> {
  const shown = await readAdjudication(db, app, given.caseId);
  const records = [...(shown?.holder ? [shown.holder] : []), ...(shown?.candidates ?? [])];
  const record = records.find(({ personId }) => personId === given.personId);
  return record?.portraitCaseId ? readChipPortrait(db, app, record.portraitCaseId) : null;
}

async function readRecord(
  db: Db,
  app: ProofingApp,
  personId: PersonId,
  reasons: Candidate['reasons'],
): Promise<RecordBeside | null> {
  const standing = await standingOfPerson(db, app, personId);
  if (!standing) return null;
  const documents = await documentsOf(db, app, personId);
  return {
    personId,
    number: standing.number(),
    idState: standing.idState,
    attributes: standing.attributes(),
    documents,
    reasons,
    portraitCaseId: documents.find(({ caseId }) => caseId !== null)?.caseId ?? null,
  };
}
