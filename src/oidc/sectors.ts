import { agencyAddresses } from '../agencies/find-service.ts';
import type { Agency } from '../agencies/service.ts';
import { Fault } from '../lib/fault.ts';
import type { Context, WebApp } from '../web/context.ts';

/**
 * The `sector_identifier_uri` of an agency's services: ours to serve, so that an agency with several hosts needs none of
 * its own. Spelled https as the library demands, in the sandbox too; clients come from our register and it is
 * never fetched by us.
 */
export function sectorAddress(issuer: string, agency: Pick<Agency, 'code'>): string {
  const address = new URL(`/sectors/${agency.code}.json`, issuer);
  address.protocol = 'https:';
  return address.href;
}

/** GET /sectors/:agency: the addresses of one sector, as OpenID Connect Registration §5 wants them listed. */
export async function showSector(ctx: Context, app: WebApp): Promise<void> {
  const code = /^([a-z0-9-]{2,40})\.json$/.exec(ctx.state.params.agency ?? '')?.[1];
  const addresses = code === undefined ? null : await agencyAddresses(app.db, code);
  if (addresses === null) throw new Fault('not_found');
  ctx.body = addresses;
}
