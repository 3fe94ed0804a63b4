import { z } from 'zod';
import { NUMBER_LOOK_UPS_PATH } from '../../agencies/number-look-ups.ts';
import type { ApiOperation } from '../../web/describe-api.ts';

export const lookUpRequest = z.object({
  number: z
    .string()
    .min(1)
    .max(64)
    .meta({ description: 'A foreign-national ID; spaces, hyphens and lower case are read.' }),
});

const lookUpAnswer = z.object({
  result: z.enum(['in_use', 'not_in_use', 'no_answer']).meta({
    description:
      'no_answer: unknown, mistyped, erased, or nothing that this service may know; never which.',
  }),
  state: z
    .enum(['provisional', 'active', 'dormant', 'suspended', 'revoked', 'naturalised', 'deceased'])
    .nullable()
    .meta({ description: 'With numbers:state alone.' }),
  current_number: z
    .string()
    .nullable()
    .meta({ description: 'The number that counts now: another one after a merge. Keep this one.' }),
});

/** Looking a foreign-national ID up, for services with an agreement. */
export const NUMBER_API: readonly ApiOperation[] = [
  {
    method: 'POST',
    path: NUMBER_LOOK_UPS_PATH,
    id: 'lookUpNumber',
    tag: 'numbers',
    summary: 'Whether a foreign-national ID is in use, as far as an agreement goes.',
    security: 'service',
    body: { type: 'application/json', schema: lookUpRequest },
    answers: { 200: { says: 'The same form whatever the number is.', schema: lookUpAnswer } },
    faults: [
      'not_signed_in',
      'not_allowed',
      'bad_request',
      'invalid_input',
      'unsupported_type',
      'too_large',
    ],
  },
];
