import { z } from 'zod';
import { FAULTS } from '../lib/fault.ts';
import type { FaultCode } from '../lib/fault.ts';
import type { Method } from './router.ts';

/** Who may call: nobody in particular, a bearer token of one kind, or a browser with its session. */
export type ApiSecurity = 'none' | 'reader' | 'registration' | 'service' | 'collector' | 'browser';

/** One JSON endpoint of ours, as it is published in /openapi.json. Each domain describes its own, beside the handlers. */
export interface ApiOperation {
  method: Method;
  /** As in src/routes.ts: `/api/reader/files/:name`. */
  path: string;
  id: string;
  tag: string;
  summary: string;
  security: ApiSecurity;
  /** Path, query and header parameters by name. */
  parameters?: Record<string, { in: 'path' | 'query' | 'header'; schema: z.ZodType; says: string }>;
  body?: { type: string; schema: z.ZodType | 'bytes'; required?: boolean };
  /** By status. Null: no body. */
  answers: Record<number, ApiAnswer>;
  /** Refusals that are problems of RFC 9457: stable code → status. Those of any endpoint (faults) are added. */
  problems?: Readonly<Record<string, number>>;
  faults?: readonly FaultCode[];
  /** Production answers 404. */
  sandboxOnly?: true;
}

export type ApiAnswer =
  | { says: string; schema: z.ZodType; type?: string }
  | { says: string; schema: 'text' | null; type?: string };

/** RFC 9457 §3.1, as all of ours have it. */
export const problemSchema = z.object({
  type: z.url(),
  title: z.string(),
  status: z.int(),
  code: z.string().meta({ description: 'Stable: decide by this.' }),
  detail: z.string().optional().meta({ description: 'For whoever integrates, in English.' }),
  instance: z.string(),
});

const SECURITY: Record<Exclude<ApiSecurity, 'none'>, object> = {
  reader: {
    type: 'http',
    scheme: 'bearer',
    description: 'The session of a hand-off: POST /api/reader/sessions.',
  },
  registration: {
    type: 'http',
    scheme: 'bearer',
    description: 'An initial access token, or the registration access token of one service.',
  },
  service: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An access token of the service itself (client_credentials) for this resource; DPoP or certificate-bound where it is.',
  },
  collector: { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN.' },
  browser: {
    type: 'apiKey',
    in: 'cookie',
    name: 'tc_session',
    description:
      "A browser's session. For our own pages' scripts, which send their form token too.",
  },
};

/** The OpenAPI 3.1 document of these operations. */
export function describeApi(
  operations: readonly ApiOperation[],
  server: { issuer: string; version: string },
): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/[:*](\w+)/g, '{$1}');
    (paths[path] ??= {})[operation.method.toLowerCase()] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tangchat ID',
      version: server.version,
      summary: 'JSON endpoints of our own. Those of OpenID Connect are in the discovery document.',
      license: { name: 'Unlicensed', identifier: 'LicenseRef-Unlicensed' },
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: server.issuer }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema, 'output', { root: true }) },
      securitySchemes: SECURITY,
    },
  };
}

function describe(operation: ApiOperation): Record<string, unknown> {
  const { id, tag, summary, security, parameters = {}, body, answers } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(operation.sandboxOnly
      ? { description: 'In the sandbox alone; production answers 404.' }
      : {}),
    security: security === 'none' ? [] : [{ [security]: [] }],
    ...(Object.keys(parameters).length > 0
      ? {
          parameters: Object.entries(parameters).map(([name, parameter]) => ({
            name,
            in: parameter.in,
            required: parameter.in === 'path',
            description: parameter.says,
            schema: schemaOf(parameter.schema, 'input'),
          })),
        }
      : {}),
    ...(body
      ? {
          requestBody: {
            required: body.required ?? true,
            content: {
              [body.type]: {
                schema: body.schema === 'bytes' ? {} : schemaOf(body.schema, 'input'),
              },
            },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)]),
      ),
      ...describeProblems(operation),
    },
  };
}

function describeAnswer({ says, schema, type }: ApiAnswer): Record<string, unknown> {
  if (schema === null) return { description: says };
  const content = schema === 'text' ? { type: 'string' } : schemaOf(schema, 'output');
  return {
    description: says,
    content: {
      [type ?? (schema === 'text' ? 'text/plain' : 'application/json')]: { schema: content },
    },
  };
}

/** Faults that any endpoint has. */
const EVERYWHERE: readonly FaultCode[] = ['too_many_requests', 'internal', 'unavailable'];

/** Every code by which an operation may refuse, with its status. */
export function problemsOf(operation: ApiOperation): Record<string, number> {
  const faults = [...EVERYWHERE, ...(operation.faults ?? [])];
  return {
    ...operation.problems,
    ...Object.fromEntries(faults.map((code) => [code, FAULTS[code]])),
  };
}

function describeProblems(operation: ApiOperation): Record<string, unknown> {
  const byStatus = new Map<number, string[]>();
  for (const [code, status] of Object.entries(problemsOf(operation)))
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  const described = [...byStatus]
    .filter(([status]) => operation.answers[status] === undefined)
    .map(([status, codes]) => [
      status,
      {
        description: codes.join(', '),
        content: {
          'application/problem+json': {
            schema: {
              allOf: [
                { $ref: '#/components/schemas/Problem' },
                { type: 'object', properties: { code: { enum: codes } } },
              ],
            },
          },
        },
      },
    ]);
  return Object.fromEntries(described) as Record<string, unknown>;
}

function schemaOf(
  schema: z.ZodType,
  io: 'input' | 'output',
  { root = false } = {},
): Record<string, unknown> {
  const {
    $schema: _dialect,
    id: _id,
    ...described
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    // What a later version adds must not break who checks strictly today.
    override: ({ jsonSchema }) => {
      if (jsonSchema.type === 'object' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
    },
  }) as Record<string, unknown>;
  if (!root && schema === problemSchema) return { $ref: '#/components/schemas/Problem' };
  return described;
}
