import { z } from 'zod';
import type { ChipAuthenticationSession } from '../documents/chip-authentication.ts';
import type {
  ActiveAuthentication,
  ChipDocument,
  ChipFileName,
  ChipVerdict,
} from '../documents/chip-verdict.ts';
import { chipDocumentOf } from '../documents/chip-document.ts';
import { parseMrz } from '../documents/mrz.ts';
import { verifyChip } from '../documents/verify-chip.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';
import { chipTrust } from '../trust/chip-trust.ts';
import type { DocumentOnFile, ProofingCase } from './case-state.ts';
import type { DocumentNow } from './decision.ts';
import { readEvidence } from './evidence.ts';
import { EXPECTED_FILES } from './reader-answer.ts';

const EXCHANGE = 'active_authentication';
const RUN = 'chip_authentication';
const VERDICT = 'chip_verdict';

/** What a chip reading leaves as evidence: the files as read, the exchange, and the verdict of that day without the picture. */
export function documentEvidence(input: {
  files: ReadonlyMap<ChipFileName, Buffer>;
  exchange: ActiveAuthentication | null;
  /** Chip authentication as our server ran it. */
  run: { session: ChipAuthenticationSession } | null;
  verdict: ChipVerdict;
}): Map<string, Buffer> {
  const { portrait: _inDg2, ...verdict } = input.verdict;
  const evidence = new Map<string, Buffer>(input.files);
  evidence.set(VERDICT, Buffer.from(JSON.stringify(verdict)));
  if (input.exchange) {
    const { challenge, response } = input.exchange;
    const exchange = {
      challenge: challenge.toString('base64url'),
      response: response.toString('base64url'),
    };
    evidence.set(EXCHANGE, Buffer.from(JSON.stringify(exchange)));
  }
  if (input.run) evidence.set(RUN, packSession(input.run.session));
  return evidence;
}

const packed = z.object({ secret: z.base64(), answers: z.array(z.base64()) });

/** Our key and the chip's answers as bytes to be kept encrypted. */
export function packSession({ secret, answers }: ChipAuthenticationSession): Buffer {
  const text = (bytes: Buffer) => bytes.toString('base64');
  return Buffer.from(JSON.stringify({ secret: text(secret), answers: answers.map(text) }));
}

export function unpackSession(bytes: Buffer): ChipAuthenticationSession {
  const { secret, answers } = packed.parse(JSON.parse(bytes.toString('utf8')));
  const octets = (text: string) => Buffer.from(text, 'base64');
  return { secret: octets(secret), answers: answers.map(octets) };
}

/** The verdict of the day of the reading; null where its evidence was wiped. */
export async function readRecordedVerdict(
  db: Db | Tx,
  app: App,
  given: { proofing: ProofingCase; examinationId: RowId },
): Promise<Omit<ChipVerdict, 'portrait'> | null> {
  const evidence = await readEvidence(db, app, { ...given, kinds: [VERDICT] });
  const bytes = evidence.get(VERDICT);
  // Our own JSON, sealed against change by its encryption.
  return bytes ? (JSON.parse(bytes.toString('utf8')) as Omit<ChipVerdict, 'portrait'>) : null;
}

/** What the document says of its holder: as the chip was read, or its machine-readable zone. */
export async function readDocumentFacts(
  db: Db | Tx,
  app: App,
  given: { proofing: ProofingCase; examinationId: RowId },
): Promise<ChipDocument | null> {
  const document = (await readRecordedVerdict(db, app, given))?.document;
  return document ?? readPageDocument(db, app, given);
}

const ZONE = 'mrz_lines';
export const PAGE_PHOTO = 'data_page_photo';
const INSPECTION = 'inspection';

/** How the officer at a counter looked at a document. */
const inspection = z.object({
  /** A kind of documents-accepted.ts. */
  kind: z.string(),
  /** What was looked at and found in order: codes of inspection.ts. */
  features: z.array(z.string()),
  /** The name as printed where it differs from the zone's letters: the officer has the page before them. */
  namePrinted: z.string().nullable(),
  /** Of a second document, whose zone nobody may be able to read. */
  issuingState: z.string().nullable(),
  documentNumber: z.string().nullable(),
  expiresOn: z.string().nullable(),
});
export type InspectionRecord = z.output<typeof inspection>;

/** What a document without a chip leaves as evidence: its zone, the photo of its page, how an officer inspected it. */
export function pageEvidence(given: {
  lines: readonly string[] | null;
  photo: Buffer | null;
  inspection: InspectionRecord | null;
}): Map<string, Buffer> {
  const evidence = new Map<string, Buffer>();
  if (given.lines) evidence.set(ZONE, Buffer.from(given.lines.join('\n')));
  if (given.photo) evidence.set(PAGE_PHOTO, given.photo);
  if (given.inspection) evidence.set(INSPECTION, Buffer.from(JSON.stringify(given.inspection)));
  return evidence;
}

/** What the zone of a data page says, read as of today; null where none is on file. */
async function readPageDocument(
  db: Db | Tx,
  app: App,
  given: { proofing: ProofingCase; examinationId: RowId },
): Promise<ChipDocument | null> {
  const evidence = await readEvidence(db, app, { ...given, kinds: [ZONE, INSPECTION] });
  const zone = evidence.get(ZONE);
  if (!zone) return null;
  const now = app.clock.now();
  const read = parseMrz(zone.toString('latin1').split('\n'), zoneOptions(app));
  if (!read.ok) return null;
  const said = evidence.get(INSPECTION);
  const name = said ? inspection.parse(JSON.parse(said.toString('utf8'))).namePrinted : null;
  return {
    ...chipDocumentOf(read.mrz, {}, now),
    ...(name ? { fullNamePrinted: name } : {}),
  };
}

/** How an officer inspected a document; null where none did. */
export async function readInspection(
  db: Db | Tx,
  app: App,
  given: { proofing: ProofingCase; examinationId: RowId },
): Promise<InspectionRecord | null> {
  const said = (await readEvidence(db, app, { ...given, kinds: [INSPECTION] })).get(INSPECTION);
  return said ? inspection.parse(JSON.parse(said.toString('utf8'))) : null;
}

/** Whose zones we read: those of specimen states in the sandbox alone. */
export function zoneOptions(app: Pick<App, 'clock' | 'config'>) {
  return { now: app.clock.now(), specimenStates: app.config.sandbox };
}

const exchange = z.object({ challenge: z.base64url(), response: z.base64url() });

/** The stored files judged anew, with today's anchors, revocation lists and date; null where they were wiped. */
export async function judgeAgain(
  db: Db | Tx,
  app: App,
  given: { proofing: ProofingCase; examinationId: RowId },
): Promise<ChipVerdict | null> {
  const kinds = [...EXPECTED_FILES, EXCHANGE, RUN];
  const evidence = await readEvidence(db, app, { ...given, kinds });
  const files = new Map<ChipFileName, Buffer>();
  for (const name of EXPECTED_FILES) {
    const bytes = evidence.get(name);
    if (bytes) files.set(name, bytes);
  }
  if (files.size === 0) return null;
  const said = evidence.get(EXCHANGE);
  const answered = said ? exchange.parse(JSON.parse(said.toString('utf8'))) : null;
  const run = evidence.get(RUN);
  return verifyChip({
    files,
    now: app.clock.now(),
    ...(run ? { chipAuthentication: { source: 'our_server', session: unpackSession(run) } } : {}),
    ...(answered
      ? {
          activeAuthentication: {
            challenge: Buffer.from(answered.challenge, 'base64url'),
            response: Buffer.from(answered.response, 'base64url'),
          },
        }
      : {}),
    ...(await chipTrust(db, app, files)),
  });
}

/** The document as it stands at this moment, whatever it is. */
export interface JudgedDocument extends DocumentNow {
  document: ChipDocument | null;
  documentSigner: string | null;
  trustAnchor: string | null;
}

/** The evidence on file judged anew: a chip with today's anchors, revocation lists and date; a zone with today's date. */
export async function judgeDocumentNow(
  tx: Tx,
  app: App,
  given: { proofing: ProofingCase; document: DocumentOnFile },
): Promise<JudgedDocument> {
  const { proofing, document } = given;
  const asked = { proofing, examinationId: document.examinationId };
  if (document.check === 'chip') {
    const verdict = await judgeAgain(tx, app, asked);
    return {
      outcome: verdict?.document ? verdict.outcome : 'unverifiable',
      cloneCheck: verdict?.cloneCheck ?? 'not_attempted',
      expired: verdict?.document?.expired ?? false,
      document: verdict?.document ?? null,
      documentSigner: verdict?.fingerprints.documentSigner ?? null,
      trustAnchor: verdict?.fingerprints.chain?.at(-1) ?? null,
    };
  }
  const found = await readPageDocument(tx, app, asked);
  return {
    outcome: found ? 'inspected' : 'unverifiable',
    cloneCheck: 'not_attempted',
    expired: found?.expired ?? false,
    document: found,
    documentSigner: null,
    trustAnchor: null,
  };
}
