import type { SealedFields } from './chain.ts';

/** One thing that is not as it was sealed. `seq` is a place in the chain, `line` a line of the heads file. */
export type AuditFault =
  | { kind: 'event_altered'; seq: number; eventId: string; fields: (keyof SealedFields)[] }
  | { kind: 'event_removed'; seq: number; eventId: string }
  | { kind: 'link_altered'; seq: number; eventId: string }
  | { kind: 'links_missing'; fromSeq: number; toSeq: number }
  | { kind: 'tail_cut'; fromSeq: number; toSeq: number; signedAt: string }
  | { kind: 'tail_unsigned'; fromSeq: number; toSeq: number }
  | { kind: 'rolled_back'; databaseSeq: number; outsideSeq: number; outsideSignedAt: string }
  | { kind: 'head_forged'; where: 'database' | 'outside'; seq: number }
  | { kind: 'head_contradicts_chain'; where: 'database' | 'outside'; seq: number; signedAt: string }
  | { kind: 'heads_line_damaged'; line: number }
  | { kind: 'heads_file_missing'; databaseSeq: number }
  | { kind: 'event_never_queued'; eventId: string }
  | { kind: 'event_removed_unsealed'; eventId: string };

/** Where faults are noted: all are counted, the first are kept. */
export interface FaultList {
  add(fault: AuditFault): void;
}
