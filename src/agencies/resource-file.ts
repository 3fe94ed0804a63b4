import { z } from 'zod';
import { browserAddress } from './addresses.ts';
import type { AddressRules } from './addresses.ts';
import type { DetailField, DetailType, ResourceScope } from './resource.ts';

const text = (max: number) => z.string().trim().min(1).max(max);
const both = { label: text(120), 'label#th': text(120) };
const field = {
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be 1 to 40 of a-z, 0-9, underscore'),
  ...both,
  required: z.boolean().default(true),
};
const choices = z
  .array(z.strictObject({ value: text(60), ...both }))
  .min(1)
  .max(30);

/** Members of `authorization_details` that RFC 9396 §2 gives a meaning of their own. */
const RESERVED = ['type', 'locations'];

const detailField = z.discriminatedUnion('kind', [
  z.strictObject({ ...field, kind: z.literal('text'), max_length: z.int().min(1).max(200) }),
  z.strictObject({
    ...field,
    kind: z.literal('integer'),
    minimum: z.int().default(0),
    maximum: z.int().default(Number.MAX_SAFE_INTEGER),
  }),
  z.strictObject({ ...field, kind: z.literal('date') }),
  z.strictObject({
    ...field,
    kind: z.literal('amount'),
    currencies: z
      .array(z.string().regex(/^[A-Z]{3}$/, 'must be a code of ISO 4217'))
      .min(1)
      .max(20),
  }),
  z.strictObject({ ...field, kind: z.literal('yes_no') }),
  z.strictObject({ ...field, kind: z.literal('choice'), choices }),
  z.strictObject({ ...field, kind: z.literal('choices'), choices }),
]);

/** The file of `resource add`. */
export function resourceFileSchema(rules: AddressRules) {
  return z
    .strictObject({
      resource: browserAddress(rules),
      resource_name: text(120),
      'resource_name#th': text(120),
      agency: z.string().regex(/^[a-z0-9-]{2,40}$/, 'must be the code of an agency'),
      token_format: z.enum(['jwt', 'opaque']).default('jwt'),
      token_seconds: z.int().min(30).max(600).default(300),
      minimum_ial: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).default(0),
      minimum_aal: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(2),
      scopes: z
        .array(
          z.strictObject({
            // The colon keeps them apart from the scopes of OpenID Connect and ours.
            name: z
              .string()
              .max(80)
              .regex(
                /^[a-z0-9_.-]+(?::[a-z0-9_.-]+)+$/,
                'must be words of a-z, 0-9, dot, dash, underscore with a colon between, as in titles:read',
              ),
            description: text(200),
            'description#th': text(200),
            without_person: z.boolean().default(false),
          }),
        )
        .min(1)
        .max(50),
      services: z.array(z.string().max(64)).max(1000).default([]),
      authorization_details_types: z
        .array(
          z.strictObject({
            type: z
              .string()
              .regex(/^[a-z][a-z0-9_.:-]{2,99}$/, 'must be 3 to 100 of a-z, 0-9, _ . : -'),
            name: text(120),
            'name#th': text(120),
            fields: z.array(detailField).min(1).max(30),
          }),
        )
        .max(20)
        .default([]),
    })
    .superRefine((file, ctx) => {
      const add = (path: (string | number)[], message: string) =>
        ctx.addIssue({ code: 'custom', path, message });
      for (const index of repeated(file.scopes.map(({ name }) => name)))
        add(['scopes', index, 'name'], 'is there twice');
      for (const index of repeated(file.services)) add(['services', index], 'is there twice');
      file.authorization_details_types.forEach(({ fields }, at) => {
        const names = fields.map(({ name }) => name);
        for (const index of repeated(names))
          add(['authorization_details_types', at, 'fields', index, 'name'], 'is there twice');
        names.forEach((name, index) => {
          if (RESERVED.includes(name))
            add(
              ['authorization_details_types', at, 'fields', index, 'name'],
              `must not be ${name}: RFC 9396 §2 defines it`,
            );
        });
      });
    });
}

export type ResourceFile = z.output<ReturnType<typeof resourceFileSchema>>;

/** The places of what came before. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}

export function scopesOf(file: ResourceFile): ResourceScope[] {
  return file.scopes.map((scope) => ({
    name: scope.name,
    description: { en: scope.description, th: scope['description#th'] },
    withoutPerson: scope.without_person,
  }));
}

export function detailTypesOf(file: ResourceFile): DetailType[] {
  return file.authorization_details_types.map(({ type, name, 'name#th': thai, fields }) => ({
    type,
    name: { en: name, th: thai },
    fields: fields.map(fieldOf),
  }));
}

function fieldOf(file: z.output<typeof detailField>): DetailField {
  const base = {
    name: file.name,
    label: { en: file.label, th: file['label#th'] },
    required: file.required,
  };
  switch (file.kind) {
    case 'text':
      return { ...base, kind: 'text', maxLength: file.max_length };
    case 'integer':
      return { ...base, kind: 'integer', minimum: file.minimum, maximum: file.maximum };
    case 'amount':
      return { ...base, kind: 'amount', currencies: file.currencies };
    case 'choice':
    case 'choices':
      return {
        ...base,
        kind: file.kind,
        choices: file.choices.map(({ value, label, 'label#th': thai }) => ({
          value,
          label: { en: label, th: thai },
        })),
      };
    case 'date':
    case 'yes_no':
      return { ...base, kind: file.kind };
  }
}
