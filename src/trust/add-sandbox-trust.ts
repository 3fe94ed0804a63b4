import { appendAudit, SYSTEM } from '../audit/append.ts';
import { parseCertificate } from '../documents/certificates.ts';
import { FormatRefusal } from '../documents/format-refusal.ts';
import { parseRevocationList } from '../documents/revocation-lists.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { revocationListRow } from './revocation-list-row.ts';
import { insertAnchor, insertRevocationList } from './store.ts';

type TrustApp = Pick<App, 'config' | 'clock' | 'random'>;

/** `added: false` means that it was there already: adding is idempotent. */
export type AddTrustResult =
  | { ok: true; added: boolean }
  | { ok: false; reason: 'not_in_production' | 'not_a_ca' | 'names_no_state' | 'unreadable' };

/** Trusts a CSCA of the sandbox. Refused in production, where the store would not use it either. */
export async function addSandboxAnchor(
  tx: Tx,
  app: TrustApp,
  { certificate, source }: { certificate: Buffer; source: string },
): Promise<AddTrustResult> {
  if (!app.config.sandbox) return { ok: false, reason: 'not_in_production' };
  const parsed = readable(() => parseCertificate(certificate));
  if (parsed === null) return { ok: false, reason: 'unreadable' };
  if (!parsed.extensions.isCa) return { ok: false, reason: 'not_a_ca' };
  const country = parsed.subject.country?.toUpperCase();
  if (country === undefined) return { ok: false, reason: 'names_no_state' };
  const id = RowId.make(app);
  const added = await insertAnchor(tx, {
    id,
    sha256: Buffer.from(parsed.fingerprint, 'hex'),
    certificate,
    country,
    environment: 'sandbox',
    source,
    notBefore: new Date(parsed.notBefore),
    notAfter: new Date(parsed.notAfter),
    addedAt: app.clock.now(),
  });
  if (added) {
    await appendAudit(tx, app, {
      action: 'trust.anchor_added',
      actor: SYSTEM,
      subject: { kind: 'anchor', id },
      details: { sha256: parsed.fingerprint, country, environment: 'sandbox', source },
    });
  }
  return { ok: true, added };
}

/** Adds a CRL of a sandbox CSCA. Its signature is judged when it is used, like that of every list. */
export async function addSandboxRevocationList(
  tx: Tx,
  app: TrustApp,
  { list, source }: { list: Buffer; source: string },
): Promise<AddTrustResult> {
  if (!app.config.sandbox) return { ok: false, reason: 'not_in_production' };
  const parsed = readable(() => parseRevocationList(list));
  if (parsed === null) return { ok: false, reason: 'unreadable' };
  const country = parsed.issuer.country?.toUpperCase();
  if (country === undefined) return { ok: false, reason: 'names_no_state' };
  const row = revocationListRow(app, { list: parsed, country, environment: 'sandbox', source });
  const added = await insertRevocationList(tx, row);
  if (added) {
    await appendAudit(tx, app, {
      action: 'trust.revocation_list_added',
      actor: SYSTEM,
      subject: { kind: 'anchor', id: row.id },
      details: { sha256: parsed.fingerprint, country, environment: 'sandbox', source },
    });
  }
  return { ok: true, added };
}

function readable<Value>(parse: () => Value): Value | null {
  try {
    return parse();
  } catch (refusal) {
    if (refusal instanceof FormatRefusal) return null;
    throw refusal;
  }
}
