import { z } from 'zod';
import type { ApiOperation } from '../web/describe-api.ts';

const message = z.object({
  id: z.uuid(),
  to: z.string(),
  lang: z.string(),
  subject: z.string(),
  text: z.string(),
  sentAt: z.iso.datetime(),
});

/** The sandbox's mailbox, for programs. */
export const MAIL_API: readonly ApiOperation[] = [
  {
    method: 'GET',
    path: '/dev/mail',
    id: 'listSandboxMail',
    tag: 'sandbox',
    summary: 'Mails that the sandbox sent, newest first, with `Accept: application/json`.',
    security: 'none',
    sandboxOnly: true,
    parameters: { to: { in: 'query', schema: z.string(), says: 'Of one recipient only.' } },
    answers: { 200: { says: 'The mails.', schema: z.object({ messages: z.array(message) }) } },
    faults: ['not_found'],
  },
];
