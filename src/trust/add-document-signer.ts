import { appendAudit, SYSTEM } from '../audit/append.ts';
import { findAnchor } from '../documents/certificate-chain.ts';
import { parseCertificate, type Certificate } from '../documents/certificates.ts';
import { FormatRefusal } from '../documents/format-refusal.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { RowId } from '../lib/ids.ts';
import { trustedAnchors } from './chip-trust.ts';
import { insertDocumentSigner } from './document-signer-store.ts';

type TrustApp = Pick<App, 'config' | 'clock' | 'random'>;

export type AddSignerResult =
  | { ok: true; added: boolean }
  | { ok: false; reason: 'unreadable' | 'is_a_ca' | 'names_no_state' | 'csca_unknown' };

const SPECIMEN_STATES = ['UT', 'UTO', 'ZZ'];

/**
 * Keeps a document signer for SODs that leave theirs out (Doc 9303-10 §4.6.2.2). Refused unless a CSCA that is trusted now
 * signed it; that is judged again at every use. Adding it twice changes nothing.
 */
export async function addDocumentSigner(
  tx: Tx,
  app: TrustApp,
  { certificate, source }: { certificate: Buffer; source: string },
): Promise<AddSignerResult> {
  const parsed = readable(certificate);
  if (parsed === null) return { ok: false, reason: 'unreadable' };
  if (parsed.extensions.isCa) return { ok: false, reason: 'is_a_ca' };
  const country = parsed.issuer.country?.toUpperCase();
  if (country === undefined) return { ok: false, reason: 'names_no_state' };
  const anchors = (await trustedAnchors(tx, app)).map((bytes) => readable(bytes));
  const known = anchors.filter((anchor) => anchor !== null);
  if (!findAnchor(parsed, known).ok) return { ok: false, reason: 'csca_unknown' };
  const environment = SPECIMEN_STATES.includes(country) ? 'sandbox' : 'production';
  const id = RowId.make(app);
  const added = await insertDocumentSigner(tx, {
    id,
    sha256: Buffer.from(parsed.fingerprint, 'hex'),
    certificate,
    country,
    serial: parsed.serial,
    subjectKeyId: parsed.extensions.subjectKeyId ?? null,
    environment,
    source,
    addedAt: app.clock.now(),
  });
  if (added) {
    await appendAudit(tx, app, {
      action: 'trust.document_signer_added',
      actor: SYSTEM,
      subject: { kind: 'anchor', id },
      details: { sha256: parsed.fingerprint, country, environment, source },
    });
  }
  return { ok: true, added };
}

function readable(bytes: Buffer): Certificate | null {
  try {
    return parseCertificate(bytes);
  } catch (refusal) {
    if (refusal instanceof FormatRefusal) return null;
    throw refusal;
  }
}
