import { z } from 'zod';
import { foundParts } from '../../visas/register-answer.ts';
import { correctionBody } from '../../visas/register-envelope.ts';

/** One person as the sandbox register holds them. A renewed passport is a further document of the same person. */
export const sandboxRecord = z.object({
  person: foundParts.person,
  documents: z.array(foundParts.document).min(1).max(20),
  visa: foundParts.visa,
  admission: foundParts.admission,
  departure: foundParts.departure,
  contacts: foundParts.contacts,
  entryPhotoHeld: foundParts.entryPhotoHeld,
  /** What the labour register knows of the person. */
  workPermit: foundParts.workPermit,
});
export type SandboxRecord = z.output<typeof sandboxRecord>;

/** A request to correct an entry, as it came and how it stands. */
export const sandboxCorrection = z.object({
  /** Which register took it. */
  register: z.enum(['immigration', 'labour']),
  request: correctionBody,
  state: z.enum(['received', 'corrected', 'rejected']),
});
export type SandboxCorrection = z.output<typeof sandboxCorrection>;

/** Everything the sandbox register knows: the content of its one file. */
export const registerContent = z.object({
  version: z.literal(1),
  /** Played outage: questions are answered 503. */
  down: z.boolean(),
  records: z.array(sandboxRecord),
  corrections: z.array(sandboxCorrection).default([]),
});
export type RegisterContent = z.output<typeof registerContent>;

/** The person's key in the register. */
export function recordId(record: SandboxRecord): string {
  return record.person.registerPersonId;
}
