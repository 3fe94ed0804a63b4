import { addService } from '../../agencies/add-service.ts';
import { SYSTEM } from '../../audit/append.ts';
import type { App } from '../../lib/app.ts';
import { digestToken } from '../../lib/blind-index.ts';
import { transact } from '../../lib/database.ts';
import { findService } from '../../agencies/find-service.ts';
import { DEMO_AGENCIES } from './agencies.ts';
import type { DemoAgency } from './agencies.ts';

/** A demo agency with what it needs to run. */
export interface DemoClient {
  agency: DemoAgency;
  /** Its address, without a slash at the end. */
  url: string;
  secret: string;
}

/**
 * Registers the demo agencies at `PORT`+2 and +3 of 127.0.0.1, where they are not yet: not at localhost, whose
 * ports are one site, so that cookies behave as between real agencies. Their secrets follow from our own key, so
 * that a restart needs no file of them; production has neither them nor this function.
 */
export async function registerDemoAgencies(app: App): Promise<DemoClient[]> {
  if (!app.config.sandbox) throw new Error('Production has no demo agencies.');
  const clients = DEMO_AGENCIES.map((agency, index) => ({
    agency,
    url: `http://127.0.0.1:${app.config.PORT + 2 + index}`,
    secret: digestToken(app.keys.tokenDigestKey, `demo agency ${agency.key}`).toString('base64url'),
  }));
  for (const client of clients) if (!(await isRegistered(app, client))) await register(app, client);
  return clients;
}

async function isRegistered(app: App, client: DemoClient): Promise<boolean> {
  const service = await findService(app.db, client.agency.clientId);
  return (
    service !== null &&
    service.redirectUris.includes(`${client.url}/callback`) &&
    service.secretDigest?.equals(digestToken(app.keys.tokenDigestKey, client.secret)) === true
  );
}

async function register(app: App, { agency, url, secret }: DemoClient): Promise<void> {
  const metadata = {
    client_id: agency.clientId,
    client_name: agency.service.en,
    'client_name#th': agency.service.th,
    agency: { code: `demo-${agency.key}`, name: agency.agency.en, 'name#th': agency.agency.th },
    purpose: agency.purpose.en,
    'purpose#th': agency.purpose.th,
    redirect_uris: [`${url}/callback`],
    post_logout_redirect_uris: [`${url}/`],
    initiate_login_uri: `${url}/initiate-login`,
    grant_types: ['authorization_code', 'refresh_token'],
    claims: agency.claims,
  };
  const added = await transact(app.db, (tx) =>
    addService(tx, app, { metadata, actor: SYSTEM, replace: true, secret }),
  );
  if (!added.ok) throw new Error(`The demo agency was refused: ${JSON.stringify(added)}`);
}
