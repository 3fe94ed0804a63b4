import { z } from 'zod';

/**
 * `verified_claims` as JSON Schema, written from the text of OpenID Identity Assurance Schema Definition 1.0 §5: what it
 * requires, the forms of dates and times, and nothing beside what it defines (so that a slip of ours shows).
 */
const DATE = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' } as const;
const TIME = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?(Z|[+-]\\d{2}:\\d{2})$',
} as const;
const TEXT = { type: 'string', minLength: 1 } as const;
const closed = (required: string[], properties: Record<string, unknown>) => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
});
const some = (items: unknown) => ({ type: 'array', minItems: 1, items });

const checks = some(
  closed(['check_method'], {
    check_method: TEXT,
    organization: TEXT,
    check_id: TEXT,
    time: TIME,
  }),
);
const party = closed([], { name: TEXT, country_code: TEXT, jurisdiction: TEXT });

const SCHEMA = closed(['verification', 'claims'], {
  verification: closed(['trust_framework'], {
    trust_framework: TEXT,
    assurance_level: TEXT,
    assurance_process: closed([], {
      policy: TEXT,
      procedure: TEXT,
      assurance_details: some(
        closed([], {
          assurance_type: TEXT,
          assurance_classification: TEXT,
          evidence_ref: some(closed(['check_id'], { check_id: TEXT })),
        }),
      ),
    }),
    time: TIME,
    verification_process: TEXT,
    evidence: some({
      anyOf: [
        closed(['type'], {
          type: { const: 'document' },
          check_details: checks,
          document_details: closed(['type'], {
            type: TEXT,
            document_number: TEXT,
            date_of_issuance: DATE,
            date_of_expiry: DATE,
            issuer: party,
          }),
        }),
        closed(['type'], {
          type: { const: 'electronic_record' },
          check_details: checks,
          record: closed(['type'], {
            type: TEXT,
            created_at: TIME,
            date_of_expiry: DATE,
            source: party,
          }),
        }),
      ],
    }),
  }),
  claims: { type: 'object' },
});

const schema = z.fromJSONSchema(SCHEMA as never);

/** Why `answer` is no valid `verified_claims`, object or array; empty where it is one. */
export function schemaFaults(answer: unknown): string[] {
  const answers = Array.isArray(answer) ? (answer as unknown[]) : [answer];
  return answers.flatMap((one) => {
    const read = schema.safeParse(one);
    return read.success ? [] : read.error.issues.map((issue) => JSON.stringify(issue));
  });
}
