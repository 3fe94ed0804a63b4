import type { IdentityAssurance } from '../assurance/identity.ts';
import type { IdentityEvidence } from '../assurance/identity-evidence.ts';
import { ASSURANCE_POLICY, TRUST_FRAMEWORK } from '../assurance/trust-framework.ts';
import type { DocumentDetails } from './known-documents.ts';
import type { Json } from './match-verification.ts';

/** What there is to tell about how a person was verified. */
export interface Verification {
  ial: number;
  identity: IdentityAssurance;
  proof: IdentityEvidence;
  /** Only the parts that the person agreed to share. */
  document: Partial<DocumentDetails> & { type: string };
  /** Name of the register that agreed, where it is known. */
  registerSource: string | null;
  /** A name for one thing of this proof that only this agency knows: two agencies can't compare theirs. */
  reference(this: void, what: string): string;
}

/** Check methods by OpenID's register of predefined values, of everything that our proofings do. */
export const DOCUMENT_CHECK_METHODS = [
  'vcrypt',
  'vpip',
  'vri',
  'pvp',
  'pvr',
  'bvp',
  'bvr',
] as const;
/** Our own word: no predefined value names a register of entries and stays. */
export const REGISTER_RECORD = 'immigration_register';

/**
 * All of the `verification` element (OpenID Identity Assurance Schema 1.0 §5.4), of which a request is then told the
 * parts that it asks. Nothing is said that no check on record says.
 */
export function fullVerification(facts: Verification): Json {
  const { proof, identity, reference } = facts;
  const validation = validationMethod(proof);
  const verifying = verifyingMethods(proof);
  const checks = [validation, ...verifying].map((check_method) => ({
    check_method,
    check_id: reference(`check ${check_method}`),
  }));
  const refer = (methods: readonly string[]) =>
    methods.map((method) => ({ check_id: reference(`check ${method}`) }));
  return {
    trust_framework: TRUST_FRAMEWORK,
    assurance_level: `ial${facts.ial}`,
    assurance_process: {
      policy: ASSURANCE_POLICY,
      procedure: proof.pathway,
      assurance_details: [
        {
          assurance_type: 'evidence_validation',
          assurance_classification: validationOutcome(proof, identity),
          evidence_ref: refer([validation]),
        },
        ...(verifying.length > 0
          ? [
              {
                assurance_type: 'verification',
                assurance_classification: proof.pathway,
                evidence_ref: refer(verifying),
              },
            ]
          : []),
      ],
    },
    // To the minute, in UTC: a second would tell one person's proofing from everybody else's (IDA §9).
    time: `${proof.proofedAt.toISOString().slice(0, 16)}Z`,
    verification_process: reference('process'),
    evidence: [
      { type: 'document', check_details: checks, document_details: { ...facts.document } },
      ...registerEvidence(facts),
    ],
  };
}

function validationMethod(proof: IdentityEvidence): 'vcrypt' | 'vri' | 'vpip' {
  switch (proof.documentCheck) {
    case 'chip':
      // A chip that no anchor vouches for still shows its data page to the eye.
      return proof.chipVerdict === 'genuine' ? 'vcrypt' : 'vri';
    case 'data_page':
      return 'vri';
    case 'inspected_with_second':
      return 'vpip';
  }
}

function validationOutcome(proof: IdentityEvidence, identity: IdentityAssurance): string {
  if (proof.chipVerdict !== 'genuine') return proof.documentCheck;
  return identity.cloneCheck === null
    ? 'chip_genuine'
    : `chip_genuine_clone_check_${identity.cloneCheck}`;
}

function verifyingMethods(proof: IdentityEvidence): ('pvp' | 'pvr' | 'bvp' | 'bvr')[] {
  const inPerson = proof.capture === 'in_person';
  return [
    ...(proof.officer === 'match' ? [inPerson ? ('pvp' as const) : ('pvr' as const)] : []),
    ...(proof.matcher === 'match' ? [inPerson ? ('bvp' as const) : ('bvr' as const)] : []),
  ];
}

function registerEvidence({ proof, registerSource, reference }: Verification): Json[] {
  if (proof.registers !== 'agree') return [];
  const methods = ['data', ...(proof.registerCodeConfirmed ? ['auth'] : [])];
  return [
    {
      type: 'electronic_record',
      check_details: methods.map((check_method) => ({
        check_method,
        check_id: reference(`record ${check_method}`),
      })),
      record: {
        type: REGISTER_RECORD,
        source: {
          ...(registerSource === null ? {} : { name: registerSource }),
          country_code: 'THA',
        },
      },
    },
  ];
}

/** What was done, step by step, for the person to read: keys of `oidc.verification`. */
export function verificationMethods(proof: IdentityEvidence): string[] {
  const document = { vcrypt: 'chip', vri: 'page', vpip: 'inspected' }[validationMethod(proof)];
  const face = { pvp: 'in_person', pvr: 'officer', bvp: 'matcher', bvr: 'matcher' };
  const agreed = proof.registers === 'agree';
  return [
    document,
    ...verifyingMethods(proof).map((method) => face[method]),
    ...(agreed ? ['register'] : []),
    ...(agreed && proof.registerCodeConfirmed ? ['register_code'] : []),
  ];
}
