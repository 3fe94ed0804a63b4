import { ACTING_RULES } from './acting-for.ts';
import { AALS, IALS, acrOf, meets } from './acr.ts';
import { ALIGNED_AAL, ALIGNED_IAL, THAI_NAMES, alignedNames } from './aligned-names.ts';
import { IDENTITY_POLICY } from './identity-evidence.ts';
import { IAL_RULES, STANDING_DEMANDS } from './identity-rules.ts';
import { ID_STATES, SIGN_IN_POLICY } from './sign-in-policy.ts';
import { STAY_STATUSES, isLawfulStay } from './stay.ts';

/** Where docs/assurance.md is filled in: the text between the two marks is generated. */
export const GENERATED_START = '<!-- generated from src/assurance: start -->';
export const GENERATED_END = '<!-- generated from src/assurance: end -->';

/** `document` with its generated part written anew from the tables that the code runs on. */
export function withGeneratedTables(document: string): string {
  const start = document.indexOf(GENERATED_START);
  const end = document.indexOf(GENERATED_END);
  if (start === -1 || end < start)
    throw new Error('the document lacks the marks of its generated part');
  const head = document.slice(0, start + GENERATED_START.length);
  return `${head}\n\n${describeAssurance()}\n\n${document.slice(end)}`;
}

/** The policy and mapping tables as Markdown. */
export function describeAssurance(): string {
  return [
    describeRules(),
    describeStanding(),
    describeAuthentication(),
    describeNames(),
    describePairs(),
    describeSignInPolicy(),
    describeActing(),
    describeStay(),
  ].join('\n\n');
}

function describeRules(): string {
  const rows = IAL_RULES.map((rule) => [
    String(rule.ial),
    code(rule.pathway),
    rule.documentChecks.map(code).join(', '),
    rule.demands.map((demand) => demand.says).join('; '),
  ]);
  return `## Identity assurance: what each level asks

The first rule that holds, from the top, gives a proof its level; a person's best proof counts. No proof: IAL0.

${table(['IAL', 'pathway', 'document check', 'every one of'], rows)}`;
}

function describeStanding(): string {
  const rows = STANDING_DEMANDS.map((demand) => [code(demand.code), demand.says]);
  return `## What takes every level from a proof

Where one of these no longer holds, the proof carries nothing (IAL0) until a new proof.

${table(['code', 'must hold'], rows)}

The re-proof date is the earliest of: ${IDENTITY_POLICY.reproofAfterDays} days after the proofing,
${IDENTITY_POLICY.reproofAfterExpiryDays} days after the document's expiry, and a date that an officer set for the proof.`;
}

function describeAuthentication(): string {
  const rows = [
    ['1', 'a passkey without user verification', ALIGNED_AAL[1].nist],
    ['2', 'a user-verifying passkey, synced or not', ALIGNED_AAL[2].nist],
    [
      '3',
      'user verified; not backup-eligible; attested non-exportable hardware key, certified above L1, not revoked',
      ALIGNED_AAL[3].nist,
    ],
  ];
  return `## Authentication assurance\n\n${table(['AAL', 'the sign-in', 'NIST SP 800-63B-4'], rows)}`;
}

function describeNames(): string {
  const rows = IALS.map((ial) => [
    String(ial),
    ALIGNED_IAL[ial].nist ?? 'none',
    ALIGNED_IAL[ial].thai,
  ]);
  return `## Aligned names of the identity levels

"Aligned with", never "certified". The Thai names are ${THAI_NAMES.reviewed ? 'reviewed' : 'unreviewed'}, as of ${THAI_NAMES.asOf}.

${table(['IAL', 'NIST SP 800-63A-4', 'Thai'], rows)}`;
}

function describePairs(): string {
  const rows = IALS.flatMap((ial) =>
    AALS.map((aal) => [
      code(acrOf({ ial, aal })),
      alignedNames({ ial, aal }).eidas ?? 'none',
      String(acrValuesMetBy({ ial, aal })),
    ]),
  );
  return `## Every \`acr\`

${table(['acr', 'eIDAS (of the pair)', 'acr values it meets'], rows)}`;
}

function acrValuesMetBy(held: { ial: (typeof IALS)[number]; aal: (typeof AALS)[number] }): number {
  const asked = IALS.flatMap((ial) => AALS.map((aal) => ({ ial, aal })));
  return asked.filter((levels) => meets(levels, held)).length;
}

function describeSignInPolicy(): string {
  const rows = ID_STATES.map((state) => {
    const policy = SIGN_IN_POLICY[state];
    return [
      code(state),
      policy.maySignIn ? 'yes' : 'no',
      String(policy.highestIal),
      policy.numberReleased.replaceAll('_', ' '),
      policy.because,
    ];
  });
  return `## Who may sign in

${table(['ID state', 'may sign in', 'highest IAL', 'number released', 'because'], rows)}`;
}

function describeActing(): string {
  const rows = ACTING_RULES.map((rule) => [code(rule.code), rule.says]);
  return `## A guardian who acts for a ward

The token is about the ward and names the guardian in \`act\`. \`ial\` is the lower of the two people's, with the ward's own proof,
document and stay told beside it; \`aal\` is that of the guardian's sign-in. At each token all of this must hold, or none is given
and those that were given are refused.

${table(['code', 'must hold'], rows)}`;
}

function describeStay(): string {
  const rows = STAY_STATUSES.map((status) => [code(status), isLawfulStay(status) ? 'yes' : 'no']);
  return `## Stay

A separate fact, worked out at each token; it never moves a level.

${table(['status', 'counts as lawful'], rows)}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableLine(heads), tableLine(heads.map(() => '---')), ...rows.map(tableLine)].join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
