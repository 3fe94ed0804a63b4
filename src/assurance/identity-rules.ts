import type { Ial } from './acr.ts';
import type { IdentityEvidence, Pathway } from './identity-evidence.ts';

/** What is tested: a proof, and whether its re-proof date has come. */
export type ProofFacts = IdentityEvidence & { reproofDue: boolean };

/** One thing a level asks of a proof; `says` is what docs/assurance.md prints. */
export interface Demand {
  readonly code: string;
  readonly says: string;
  holds(this: void, proof: ProofFacts): boolean;
}

/** A proof of this pathway and one of these document checks that meets every demand carries this level. */
export interface IalRule {
  readonly ial: Ial;
  readonly pathway: Pathway;
  readonly documentChecks: readonly IdentityEvidence['documentCheck'][];
  readonly demands: readonly Demand[];
}

const isLive = (proof: ProofFacts) =>
  proof.capture === 'capture_page' || proof.capture === 'attested_app';

const chipGenuine: Demand = {
  code: 'chip_genuine',
  says: 'the chip passes passive authentication to a trusted CSCA',
  holds: (proof) => proof.chipVerdict === 'genuine',
};
const cloneChecked: Demand = {
  code: 'clone_checked',
  says: "the clone check passed, or is unsupported by the chip and compensated by an officer with the register's entry photo",
  holds: (proof) =>
    proof.cloneCheck === 'passed' || (proof.cloneCheck === 'unsupported' && proof.cloneCompensated),
};
const liveCapture: Demand = {
  code: 'live_capture',
  says: 'the face was captured live by our capture page or an attested app',
  holds: isLive,
};
const attackDetected: Demand = {
  code: 'attack_detection',
  says: 'presentation-attack and injection detection passed',
  holds: (proof) => proof.attackDetection === 'passed',
};
const attackJudged: Demand = {
  code: 'attack_judged',
  says: 'presentation-attack and injection detection passed, or the officer judged the capture',
  holds: (proof) =>
    proof.attackDetection === 'passed' || proof.attackDetection === 'judged_by_officer',
};
const matcherMatch: Demand = {
  code: 'matcher_match',
  says: 'an approved matcher matched the face',
  holds: (proof) => proof.matcher === 'match',
};
const officerMatch: Demand = {
  code: 'officer_match',
  says: 'an officer matched the face',
  holds: (proof) => proof.officer === 'match',
};
const inPerson: Demand = {
  code: 'in_person',
  says: 'an officer compared the face in person',
  holds: (proof) => proof.capture === 'in_person' && proof.officer === 'match',
};
const sampleKept: Demand = {
  code: 'biometric_sample',
  says: 'a biometric sample is kept under the retention policy, with consent',
  holds: (proof) => proof.biometricSample === 'kept',
};
const secondOfficer: Demand = {
  code: 'second_officer',
  says: 'a second officer confirmed',
  holds: (proof) => proof.secondOfficer,
};
const registersAgree: Demand = {
  code: 'registers_agree',
  says: 'an authoritative register knows the same person and document',
  holds: (proof) => proof.registers === 'agree',
};
const registerCode: Demand = {
  code: 'register_code',
  says: 'a code came back from the address that the visa or arrival-card register holds',
  holds: (proof) => proof.registerCodeConfirmed,
};

/** Without any one of these a proof carries no level at all, whatever else it holds. */
export const STANDING_DEMANDS: readonly Demand[] = [
  {
    code: 'registers_do_not_contradict',
    says: 'no register contradicts the person or the document',
    holds: (proof) => proof.registers !== 'contradict',
  },
  {
    code: 'chip_not_rejected',
    says: 'no chip was rejected, and no clone check failed',
    holds: (proof) => proof.chipVerdict !== 'rejected' && proof.cloneCheck !== 'failed',
  },
  {
    code: 'attack_not_detected',
    says: 'no presentation or injection attack was detected',
    holds: (proof) => proof.attackDetection !== 'failed',
  },
  {
    code: 'face_not_refused',
    says: "no officer saw another face, and no matcher did remotely (an officer's eye overrides a matcher at a counter only)",
    holds: (proof) =>
      proof.officer !== 'no_match' && (proof.matcher !== 'no_match' || proof.pathway === 'counter'),
  },
  {
    code: 'document_not_lost_before',
    says: 'the document was not reported lost or stolen before the proofing',
    holds: (proof) => proof.documentLostAt === null || proof.documentLostAt > proof.proofedAt,
  },
  {
    code: 'issuer_not_compromised',
    says: 'the key that signed the chip is not classified as compromised',
    holds: (proof) => !proof.issuerCompromised,
  },
  {
    code: 'reproof_not_due',
    says: 'the re-proof date has not come',
    holds: (proof) => !proof.reproofDue,
  },
];

const counterChip = [chipGenuine, inPerson];
const counterInspected = [inPerson];
const highest = [sampleKept, secondOfficer];
/** A chip that falls short of IAL2 (an uploaded face, no anchor) still shows what a data page shows. */
const IAL1_CHECKS = ['data_page', 'chip'] as const;

/** The one table of identity assurance (DESIGN section 3), highest level first: the first rule that holds wins. */
export const IAL_RULES: readonly IalRule[] = [
  { ial: 3, pathway: 'counter', documentChecks: ['chip'], demands: [...counterChip, ...highest] },
  {
    ial: 3,
    pathway: 'counter',
    documentChecks: ['inspected_with_second'],
    demands: [...counterInspected, ...highest],
  },
  { ial: 2, pathway: 'counter', documentChecks: ['chip'], demands: counterChip },
  {
    ial: 2,
    pathway: 'counter',
    documentChecks: ['inspected_with_second'],
    demands: counterInspected,
  },
  {
    ial: 2,
    pathway: 'remote_matcher',
    documentChecks: ['chip'],
    demands: [chipGenuine, cloneChecked, liveCapture, attackDetected, matcherMatch],
  },
  {
    ial: 2,
    pathway: 'remote_officer',
    documentChecks: ['chip'],
    demands: [chipGenuine, cloneChecked, liveCapture, attackJudged, officerMatch],
  },
  {
    ial: 1,
    pathway: 'remote_matcher',
    documentChecks: IAL1_CHECKS,
    demands: [registersAgree, matcherMatch],
  },
  {
    ial: 1,
    pathway: 'remote_officer',
    documentChecks: IAL1_CHECKS,
    demands: [registersAgree, officerMatch],
  },
  {
    ial: 1,
    pathway: 'remote_code',
    documentChecks: IAL1_CHECKS,
    demands: [registersAgree, registerCode],
  },
];
