import type { Pathway } from './case-state.ts';

/** What somebody may hold. Locale keys `proofing.document.*`. */
export const DOCUMENT_KINDS = [
  'passport_chip',
  'passport',
  'official_passport',
  'refugee_document',
  'stateless_document',
  'alien_document',
  'emergency_document',
  'certificate_of_identity',
  'seafarer_identity',
  'seafarer_book',
  'border_pass',
  'laissez_passer',
  'national_card',
  'residence_document',
  'work_permit',
  'birth_certificate',
] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** As NIST SP 800-63A-4 §2.4 grades evidence, by our own reading. */
export type EvidenceStrength = 'superior' | 'strong' | 'fair' | 'none';

/** What a kind of document of some states is good for, from a day on. */
export interface DocumentRule {
  kind: DocumentKind;
  /** State codes of the zone, or every state that no other row names. */
  states: readonly string[] | 'any';
  /** The pathways on which it is the first document; empty: it only ever stands beside another. */
  routes: readonly Pathway[];
  strength: EvidenceStrength;
  /** The highest IAL that it can carry as the first document; at a counter without a chip always with a second one. */
  highestIal: 0 | 1 | 2 | 3;
  /** Good as the second document at a counter. */
  second: boolean;
  effectiveFrom: string;
  /** First day on which the row holds no longer; null: it holds. */
  effectiveTo: string | null;
  source: string;
  confidence: 'certain' | 'reported' | 'assumed';
}

type Row = Omit<DocumentRule, 'effectiveFrom' | 'effectiveTo'> &
  Partial<Pick<DocumentRule, 'effectiveTo'>>;

const POLICY = 'own policy of 2026-11-23, not yet reviewed by the registrar';
const NO_ANCHOR = 'no CSCA of this state in the German and Italian master lists at hand';

/** 2026-11-23: the first table. A row that changes gets an end, and another row a beginning. */
const ROWS: readonly Row[] = [
  {
    kind: 'passport_chip',
    states: 'any',
    routes: ['chip', 'counter', 'data_page'],
    strength: 'superior',
    highestIal: 3,
    second: true,
    source: 'Doc 9303-10, -11; DESIGN section 3',
    confidence: 'certain',
  },
  {
    // What the chip says can't be held against anything: it is inspected as if it had none.
    kind: 'passport_chip',
    states: ['MMR', 'LAO', 'KHM'],
    routes: ['counter', 'data_page'],
    strength: 'strong',
    highestIal: 3,
    second: true,
    source: NO_ANCHOR,
    confidence: 'certain',
  },
  {
    kind: 'passport',
    states: 'any',
    routes: ['counter', 'data_page'],
    strength: 'strong',
    highestIal: 3,
    second: true,
    source: 'Doc 9303-4; DESIGN section 3 (2 counter)',
    confidence: 'certain',
  },
  {
    kind: 'official_passport',
    states: 'any',
    routes: ['chip', 'counter', 'data_page'],
    strength: 'superior',
    highestIal: 3,
    second: true,
    source: 'Doc 9303-4: PD, PO; accredited holders are exempt from a stay',
    confidence: 'reported',
  },
  {
    kind: 'refugee_document',
    states: 'any',
    routes: ['chip', 'counter', 'data_page'],
    strength: 'strong',
    highestIal: 3,
    second: true,
    source: '1951 Convention article 28 and schedule; nationality XXB in the zone (Doc 9303-3)',
    confidence: 'reported',
  },
  {
    kind: 'stateless_document',
    states: 'any',
    routes: ['chip', 'counter', 'data_page'],
    strength: 'strong',
    highestIal: 3,
    second: true,
    source: '1954 Convention article 28 and schedule; nationality XXA in the zone (Doc 9303-3)',
    confidence: 'reported',
  },
  {
    kind: 'alien_document',
    states: 'any',
    routes: ['counter', 'data_page'],
    strength: 'strong',
    highestIal: 2,
    second: true,
    source: 'travel document for aliens outside both conventions; XXC or XXX in the zone',
    confidence: 'assumed',
  },
  {
    kind: 'emergency_document',
    states: 'any',
    routes: ['data_page'],
    strength: 'fair',
    highestIal: 1,
    second: false,
    source: `Doc 9303-8: issued in haste, for one journey; ${POLICY}`,
    confidence: 'assumed',
  },
  {
    kind: 'certificate_of_identity',
    states: ['MMR'],
    routes: ['counter', 'data_page'],
    strength: 'fair',
    highestIal: 2,
    second: true,
    source: `issued to workers in Thailand under bilateral agreements; ${POLICY}`,
    confidence: 'assumed',
  },
  {
    kind: 'seafarer_identity',
    states: 'any',
    routes: ['counter'],
    strength: 'strong',
    highestIal: 2,
    second: true,
    source: 'ILO Convention 185 (revised 2016), of states that ratified it',
    confidence: 'reported',
  },
  {
    kind: 'seafarer_book',
    states: 'any',
    routes: [],
    strength: 'fair',
    highestIal: 0,
    second: true,
    source: `a record of service, no identity document; ${POLICY}`,
    confidence: 'assumed',
  },
  {
    kind: 'border_pass',
    states: ['MMR', 'LAO', 'KHM', 'MYS'],
    routes: [],
    strength: 'fair',
    highestIal: 0,
    second: true,
    source: `bilateral border agreements: good near the border and for days; ${POLICY}`,
    confidence: 'assumed',
  },
  {
    kind: 'laissez_passer',
    states: ['UNO', 'UNA', 'XPO', 'EUE'],
    routes: ['chip', 'counter'],
    strength: 'strong',
    highestIal: 2,
    second: true,
    source: 'Doc 9303-3 section 5 part D: organisations that issue travel documents',
    confidence: 'reported',
  },
  {
    kind: 'national_card',
    states: 'any',
    routes: [],
    strength: 'strong',
    highestIal: 0,
    second: true,
    source: `identity card of the state of nationality; ${POLICY}`,
    confidence: 'assumed',
  },
  {
    kind: 'residence_document',
    states: ['THA'],
    routes: [],
    strength: 'strong',
    highestIal: 0,
    second: true,
    source: `residence certificate, alien certificate or card of a person without Thai nationality; ${POLICY}`,
    confidence: 'assumed',
  },
  {
    kind: 'work_permit',
    states: ['THA'],
    routes: [],
    strength: 'fair',
    highestIal: 0,
    second: true,
    source: `with photograph; ${POLICY}`,
    confidence: 'assumed',
  },
  {
    kind: 'birth_certificate',
    states: 'any',
    routes: [],
    strength: 'fair',
    highestIal: 0,
    second: true,
    source: `for a child, beside a travel document; ${POLICY}`,
    confidence: 'assumed',
  },
];

export const DOCUMENT_RULES: readonly DocumentRule[] = ROWS.map((row) => ({
  effectiveFrom: '2026-11-23',
  effectiveTo: null,
  ...row,
}));

/**
 * What a kind of document of a state is good for on a day (`YYYY-MM-DD`): the row that names the state, else the one for any.
 * Null where we take none of this kind from this state.
 */
export function documentRule(
  kind: DocumentKind,
  state: string | null,
  day: string,
): DocumentRule | null {
  const rows = DOCUMENT_RULES.filter(
    (row) =>
      row.kind === kind &&
      row.effectiveFrom <= day &&
      (row.effectiveTo === null || day < row.effectiveTo),
  );
  const named = state
    ? rows.find(({ states }) => states !== 'any' && states.includes(state))
    : undefined;
  return named ?? rows.find(({ states }) => states === 'any') ?? (state ? null : (rows[0] ?? null));
}

export function isDocumentKind(text: unknown): text is DocumentKind {
  return DOCUMENT_KINDS.some((kind) => kind === text);
}

/** What an officer must have looked at before a document without a chip goes on file. Locale keys `admin.feature.*`. */
export const INSPECTED_FEATURES = [
  'genuine_material',
  'printed_agrees',
  'picture_integrated',
  'no_alteration',
] as const;
export type InspectedFeature = (typeof INSPECTED_FEATURES)[number];

export const ACCEPTED_START = '<!-- generated from src/proofing/documents-accepted.ts: start -->';
export const ACCEPTED_END = '<!-- generated from src/proofing/documents-accepted.ts: end -->';

/** `document` with the table between its two marks written anew. */
export function withDocumentTable(document: string): string {
  const start = document.indexOf(ACCEPTED_START);
  const end = document.indexOf(ACCEPTED_END);
  if (start === -1 || end < start)
    throw new Error('the document lacks the marks of its generated part');
  const head = document.slice(0, start + ACCEPTED_START.length);
  return `${head}\n\n${describeDocuments()}\n\n${document.slice(end)}`;
}

function describeDocuments(): string {
  const lines = DOCUMENT_RULES.map((row) =>
    [
      row.kind,
      row.states === 'any' ? 'any other' : row.states.join(', '),
      row.routes.join(', ') || 'as second document only',
      row.strength,
      row.highestIal === 0 ? 'none by itself' : `IAL${row.highestIal}`,
      row.second ? 'yes' : 'no',
      row.effectiveTo ? `${row.effectiveFrom} to ${row.effectiveTo}` : row.effectiveFrom,
      `${row.source} (${row.confidence})`,
    ].join(' | '),
  );
  return [
    '| document | issued by | pathways | strength | reaches | as second document | from | source (confidence) |',
    '|---|---|---|---|---|---|---|---|',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n');
}
