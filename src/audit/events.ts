/**
 * Every event that the audit trail knows, with the details it carries: ids, codes, counts, levels.
 * Never personal data (a canary test greps the trail). One line an event, grouped by domain.
 */
export interface AuditEvents {
  'system.started': { version: string };
  'system.migrated': { migrations: number };
}

export type AuditAction = keyof AuditEvents;

/** Who acted. `holder` is the person at a keyboard without an account session (a link from a notice). */
export type Actor =
  | { kind: 'system'; id: string | null }
  | { kind: 'account'; id: string }
  | { kind: 'officer'; id: string }
  | { kind: 'service'; id: string }
  | { kind: 'reader'; id: string }
  | { kind: 'holder'; id: string | null };

/** What was acted upon: an id in one of our tables. */
export interface Subject {
  kind:
    | 'system'
    | 'account'
    | 'officer'
    | 'passkey'
    | 'session'
    | 'case'
    | 'person'
    | 'agency'
    | 'service'
    | 'grant'
    | 'anchor';
  id: string | null;
}
