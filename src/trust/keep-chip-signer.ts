import { embeddedSignerOf } from '../documents/signer-reference.ts';
import type { App } from '../lib/app.ts';
import type { Tx } from '../lib/database.ts';
import { addDocumentSigner } from './add-document-signer.ts';
import { signersByHash } from './document-signer-store.ts';

/**
 * Keeps the certificate that signed a chip on which a proof rests, so that a revocation list, which names an issuer and a serial number,
 * can be held against the proofs, which name its SHA-256 (`fingerprint`, lower-case hex). False where the SOD holds no such
 * certificate, or no CSCA that is trusted now signed it. What is kept already costs one look.
 */
export async function keepChipSigner(
  tx: Tx,
  app: Pick<App, 'config' | 'clock' | 'random'>,
  { sod, fingerprint }: { sod: Buffer; fingerprint: string },
): Promise<boolean> {
  if ((await signersByHash(tx, [Buffer.from(fingerprint, 'hex')])).length > 0) return true;
  const signer = embeddedSignerOf(sod);
  if (signer?.fingerprint !== fingerprint) return false;
  return (await addDocumentSigner(tx, app, { certificate: signer.raw, source: 'chip' })).ok;
}
