import { openKeylessAccount } from '../../src/dev/keyless-account.ts';
import { answerActiveAuthentication } from '../../src/dev/passport-maker/answer-active-authentication.ts';
import type { SandboxPassport } from '../../src/dev/passport-maker/make-passport.ts';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import type { App } from '../../src/lib/app.ts';
import { toPlainDate } from '../../src/lib/clock.ts';
import { transact } from '../../src/lib/database.ts';
import { RowId } from '../../src/lib/ids.ts';
import { acceptDocument, answerRegister, takePortrait } from '../../src/proofing/case.ts';
import type { Transition } from '../../src/proofing/case.ts';
import type { ProofingCase } from '../../src/proofing/case-state.ts';
import { documentEvidence } from '../../src/proofing/document-record.ts';
import { recordExamination } from '../../src/proofing/evidence.ts';
import { judgeChip } from '../../src/proofing/judge-chip.ts';
import { judgeRegister } from '../../src/proofing/judge-register.ts';
import { portraitChecks } from '../../src/proofing/portrait-checks.ts';
import { registerEvidence } from '../../src/proofing/register-record.ts';
import { saveChange } from '../../src/proofing/save-case.ts';
import { openCase } from '../../src/proofing/start-case.ts';
import { chipTrust } from '../../src/trust/chip-trust.ts';

let serial = 0;

/**
 * A case at its review with all its evidence, put on file without a browser and a phone: for tests that need many. The chip
 * was really verified and is kept, so that whoever approves judges it anew; no register knows its number.
 */
export async function caseInReview(
  app: App,
  given: { passport: SandboxPassport; picture: Buffer },
): Promise<ProofingCase> {
  serial += 1;
  const address = `in-review-${serial}@example.org`;
  const { accountId } = await transact(app.db, (tx) => openKeylessAccount(tx, app, address));
  const opened = await openCase(app, { accountId, returnTo: null });
  const { files, exchange, verdict } = await readChip(app, given.passport);
  const judged = judgeChip(verdict, { pathway: 'chip', day: toPlainDate(app.clock.now()) });
  const { document } = verdict;
  if (!judged.accepted || !document) throw new Error('The chip was refused.');
  return transact(app.db, async (tx) => {
    const now = app.clock.now();
    let proofing = opened;
    const put = async (change: Transition) => {
      if (!change.ok) throw new Error(change.reason);
      proofing = await saveChange(tx, app, proofing, change.change);
    };
    const examine = (
      kind: 'document' | 'portrait' | 'register',
      record: Pick<Parameters<typeof recordExamination>[2], 'outcome' | 'checks' | 'evidence'>,
    ) => recordExamination(tx, app, { proofing, kind, ...record });

    const requestId = RowId.make(app);
    const examinationId = await examine('document', {
      outcome: 'accepted',
      checks: [],
      evidence: documentEvidence({ files, exchange, run: null, verdict }),
    });
    const { cloneCheck } = judged;
    const held = { examinationId, check: 'chip', cloneCheck, examinedAt: now } as const;
    await put(acceptDocument(proofing, { document: held, requestId, now }));

    const measures = { width: 960, height: 1234, light: 120, detail: 30, sharpness: 60 };
    const face = { finding: 'one_face', measured: 'one_face 0.90' } as const;
    const portraitId = await examine('portrait', {
      outcome: 'accepted',
      checks: portraitChecks({ measures, capture: 'capture_page', face, comparesWith: null }),
      evidence: new Map([['live_portrait', given.picture]]),
    });
    const portrait = { examinationId: portraitId, takenAt: now };
    await put(takePortrait(proofing, { portrait, now }));

    const said = { kind: 'not_found', asOf: now.toISOString(), source: 'immigration' } as const;
    const { finding, checks, entryPhotoHeld } = judgeRegister(said, document, now);
    const evidence = registerEvidence(said);
    const answerId = await examine('register', { outcome: finding, checks, evidence });
    const answer = {
      status: 'answered',
      requestId,
      examinationId: answerId,
      finding,
      entryPhotoHeld,
      answeredAt: now,
    } as const;
    await put(answerRegister(proofing, { answer, now }));
    return proofing;
  });
}

async function readChip(app: App, { files, chipKey }: SandboxPassport) {
  const challenge = app.random.bytes(8);
  const response = answerActiveAuthentication(chipKey, challenge, app.random);
  const exchange = { challenge, response };
  const trust = await chipTrust(app.db, app, files);
  const now = app.clock.now();
  const verdict = verifyChip({ files, now, activeAuthentication: exchange, ...trust });
  return { files, exchange, verdict };
}
