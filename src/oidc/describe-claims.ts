import { CLAIM_NAMES } from '../agencies/claim-names.ts';
import {
  ASSURANCE_LEVELS,
  ASSURANCE_POLICY,
  TRUST_FRAMEWORK,
} from '../assurance/trust-framework.ts';
import { CLAIMS, TAGGED } from './claims.ts';
import { LEVEL_CLAIMS } from './level-claims.ts';
import { DOCUMENT_PARTS, VERIFIABLE } from './verified-claims-request.ts';
import { DOCUMENT_CHECK_METHODS, REGISTER_RECORD } from './verification-evidence.ts';

/** Where docs/claims.md is filled in: the text between the two marks is generated. */
export const GENERATED_START = '<!-- generated from src/oidc: start -->';
export const GENERATED_END = '<!-- generated from src/oidc: end -->';

/** `document` with its generated part written anew from the tables that the code runs on. */
export function withGeneratedClaims(document: string): string {
  const start = document.indexOf(GENERATED_START);
  const end = document.indexOf(GENERATED_END);
  if (start === -1 || end < start)
    throw new Error('the document lacks the marks of its generated part');
  const head = document.slice(0, start + GENERATED_START.length);
  const parts = [describePersonal(), describeLevels(), describeVerified()];
  return `${head}\n\n${parts.join('\n\n')}\n\n${document.slice(end)}`;
}

function describePersonal(): string {
  const rows = CLAIM_NAMES.map((name) => {
    const { scope, form, verified, source } = CLAIMS[name];
    return [
      code(name),
      scope === null ? 'by name only' : code(scope),
      form,
      verified ? 'yes' : 'no',
      source,
    ];
  });
  const tagged = Object.entries(TAGGED).map(([name, { of }]) => `${code(name)} of ${code(of)}`);
  return `## About the person

${table(['claim', 'scope', 'form', 'in `verified_claims`', 'source'], rows)}

With a language tag (OpenID Connect Core §5.2), told beside the plain one where it is known: ${tagged.join(', ')}.`;
}

function describeLevels(): string {
  const rows = Object.entries(LEVEL_CLAIMS).map(([name, source]) => [code(name), source]);
  return `## In every ID token: how sure we are

Scope \`openid\`, no consent: they say nothing of who it is.

${table(['claim', 'source'], rows)}`;
}

function describeVerified(): string {
  const parts = Object.entries(DOCUMENT_PARTS).map(([part, item]) => [
    code(`document_details.${part}`),
    code(item),
  ]);
  return `## \`verified_claims\`

| element | values |
| --- | --- |
| \`trust_framework\` | ${code(TRUST_FRAMEWORK)} |
| \`assurance_level\` | ${ASSURANCE_LEVELS.map(code).join(', ')} |
| \`assurance_process.policy\` | ${code(ASSURANCE_POLICY)} |
| \`evidence[].type\` | \`document\`, \`electronic_record\` |
| \`check_details[].check_method\` of a document | ${DOCUMENT_CHECK_METHODS.map(code).join(', ')} |
| \`check_details[].check_method\` of a record | \`data\`, \`auth\` |
| \`record.type\` | ${code(REGISTER_RECORD)} |
| claims within | ${VERIFIABLE.map(code).join(', ')} |

Parts of the document need the registered claim \`travel_document\`, and are agreed to one by one:

${table(['element', 'line of the consent'], parts)}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
