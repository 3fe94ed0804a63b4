import type { AuditEvents } from '../../audit/events.ts';
import type { ProviderKey } from './store.ts';

export function publishedDetails(key: ProviderKey): AuditEvents['oidc.key_published'] {
  return { kind: key.kind, heldBy: key.heldBy, usedFrom: key.usedFrom.toISOString() };
}
