import { z } from 'zod';
import type { ChipAuthenticationSession } from '../documents/chip-authentication.ts';
import type {
  ActiveAuthentication,
  ChipDocument,
  ChipFileName,
  ChipVerdict,
} from '../documents/chip-verdict.ts';
import { verifyChip } from '../documents/verify-chip.ts';
import type { App } from '../lib/app.ts';
import type { Db, Tx } from '../lib/database.ts';
import type { RowId } from '../lib/ids.ts';
import { chipTrust } from '../trust/chip-trust.ts';
import type { ProofingCase } from './case-state.ts';
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

/** What the document says of its holder, as the chip was read. */
export async function readDocumentFacts(
  db: Db | Tx,
  app: App,
  given: { proofing: ProofingCase; examinationId: RowId },
): Promise<ChipDocument | null> {
  return (await readRecordedVerdict(db, app, given))?.document ?? null;
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
