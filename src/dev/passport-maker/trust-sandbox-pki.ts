import type { App } from '../../lib/app.ts';
import type { Tx } from '../../lib/database.ts';
import { addSandboxAnchor, addSandboxRevocationList } from '../../trust/add-sandbox-trust.ts';
import type { SandboxPki } from './sandbox-pki.ts';

/** Makes this deployment trust Utopia: its CSCA and its CRL. Idempotent; throws in production. */
export async function trustSandboxPki(
  tx: Tx,
  app: Pick<App, 'config' | 'clock' | 'random'>,
  pki: SandboxPki,
): Promise<void> {
  const source = 'sandbox passport maker';
  const results = [
    await addSandboxAnchor(tx, app, { certificate: pki.csca.certificate, source }),
    await addSandboxRevocationList(tx, app, { list: pki.revocationList, source }),
  ];
  const refused = results.find((result) => !result.ok);
  if (refused) throw new Error(`the sandbox PKI was refused: ${refused.reason}`);
}
