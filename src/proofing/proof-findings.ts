import type { ProofFindings } from '../registry/record-proof.ts';
import type { RegisterFinding, ReviewState } from './case-state.ts';
import type { JudgedDocument } from './document-record.ts';
import type { PortraitFacts } from './portrait-facts.ts';

/** Who decides: an officer with a reason, or the written policy. */
export type DecidedBy = 'officer' | 'policy';

/** What the proof of a case leaves on record (DESIGN section 3): the outcomes of what was done, never a level. */
export function findingsOf(given: {
  state: ReviewState;
  judged: JudgedDocument;
  portrait: PortraitFacts;
  by: DecidedBy;
  /** The register's entry photo was compared too. */
  entryPhotoCompared: boolean;
  secondOfficer: boolean;
}): ProofFindings {
  const { state, judged } = given;
  const isChip = state.document.check === 'chip';
  const base = {
    chipVerdict: isChip ? (judged.outcome as 'genuine' | 'unverifiable' | 'rejected') : 'absent',
    cloneCheck: isChip ? judged.cloneCheck : 'not_attempted',
    cloneCompensated: isChip && judged.cloneCheck === 'unsupported' && given.entryPhotoCompared,
    registers: REGISTERS[state.register.finding],
    biometricSample: state.sample ? 'kept' : 'not_kept',
    secondOfficer: given.secondOfficer,
    documentSigner: judged.documentSigner,
    trustAnchor: judged.trustAnchor,
  } as const;
  if (state.face) return { ...base, ...atCounter(state) };
  const documentCheck = isChip ? 'chip' : 'data_page';
  if (state.code) return { ...base, ...byCode, documentCheck };
  return { ...base, ...byFace(given), documentCheck };
}

function atCounter(state: ReviewState) {
  return {
    pathway: 'counter',
    documentCheck: state.document.check === 'chip' ? 'chip' : 'inspected_with_second',
    capture: 'in_person',
    attackDetection: 'not_run',
    matcher: 'not_run',
    officer: 'match',
    registerCodeConfirmed: false,
  } as const;
}

const byCode = {
  pathway: 'remote_code',
  capture: 'none',
  attackDetection: 'not_run',
  matcher: 'not_run',
  officer: 'not_asked',
  registerCodeConfirmed: true,
} as const;

function byFace({ by, portrait }: { by: DecidedBy; portrait: PortraitFacts }) {
  const machine = by === 'policy';
  return {
    pathway: machine ? 'remote_matcher' : 'remote_officer',
    capture: portrait.capture,
    // What a machine found is no officer's to judge away remotely.
    attackDetection:
      portrait.attackDetection === 'left_to_officer'
        ? 'judged_by_officer'
        : portrait.attackDetection,
    matcher: portrait.matcher,
    officer: machine ? 'not_asked' : 'match',
    registerCodeConfirmed: false,
  } as const;
}

const REGISTERS = {
  agrees: 'agree',
  contradicts: 'contradict',
  no_record: 'no_record',
} as const satisfies Record<RegisterFinding, string>;
