import { createHash } from 'node:crypto';
import type { RevocationList } from '../documents/revocation-lists.ts';
import type { App } from '../lib/app.ts';
import { RowId } from '../lib/ids.ts';
import type { Environment, RevocationListRow } from './store.ts';

/** How a list is kept: by issuer and key, since a CSCA that changes its key goes on under its name. */
export function revocationListRow(
  app: Pick<App, 'clock' | 'random'>,
  given: { list: RevocationList; country: string; environment: Environment; source: string },
): RevocationListRow {
  const { list, country, environment, source } = given;
  const issuer = createHash('sha256').update(list.issuer.raw);
  return {
    id: RowId.make(app),
    sha256: Buffer.from(list.fingerprint, 'hex'),
    list: list.raw,
    issuerSha256: issuer.update(list.authorityKeyId ?? '').digest(),
    country,
    environment,
    source,
    thisUpdate: new Date(list.thisUpdate),
    nextUpdate: list.nextUpdate === undefined ? null : new Date(list.nextUpdate),
    addedAt: app.clock.now(),
  };
}
