import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { anna } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import type { SignedIn } from '../walk.ts';
import { enrol } from './enrolled.ts';
import { REVENUE, TITLES, agree, protectedApi } from './protected-api.ts';
import { relyingParty, signInAt, tokenRequest } from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
export const LEDGER = 'https://api.lands.example/ledger';
export const PERMITS = 'https://api.labour.example/permits';

/** Three agencies, two of which may call the next one's API, and Anna, who is signed in at two. */
export interface Agencies {
  server: TestServer;
  lands: RelyingParty;
  revenue: RelyingParty;
  labour: RelyingParty;
  person: SignedIn;
  /** Anna's, of `revenue`. */
  subjectToken: string;
  /** Anna's at `lands`. */
  landsSub: string;
  /** By which `revenue` may call TITLES. */
  agreementId: Awaited<ReturnType<typeof agree>>['id'];
  /** Asks for TITLES on behalf of Anna, any field and the caller overridden. */
  exchange(more?: Record<string, string>, party?: RelyingParty): ReturnType<typeof tokenRequest>;
}

export async function agenciesWithAgreements(): Promise<Agencies> {
  const server = await startTestServer();
  const grant_types = ['authorization_code', 'refresh_token', EXCHANGE];
  const lands = await relyingParty(server, { grant_types });
  const revenue = await relyingParty(server, {
    client_id: 'revenue-tax',
    agency: REVENUE,
    grant_types,
  });
  const labour = await relyingParty(server, {
    client_id: 'labour-permits',
    agency: { code: 'labour', name: 'Department of Employment', 'name#th': 'กรมการจัดหางาน' },
    grant_types,
  });
  await protectedApi(server, { services: [] });
  await protectedApi(server, { resource: LEDGER, token_format: 'opaque', services: [] });
  await protectedApi(server, { resource: PERMITS, agency: 'labour', services: [] });
  const scopes = ['titles:read'];
  const agreement = await agree(server, { service: 'revenue-tax', resource: TITLES, scopes });
  await agree(server, { service: 'revenue-tax', resource: LEDGER, scopes });
  await agree(server, { service: 'lands-condo', resource: PERMITS, scopes });
  const person = await signUp(server, { email: 'anna@example.org' });
  await enrol(server, person.accountId, anna);
  const landsSub = (await signInAt(person.walker, lands)).claims.sub;
  const subjectToken = (await signInAt(person.walker, revenue)).tokens.access_token;
  return {
    server,
    lands,
    revenue,
    labour,
    person,
    subjectToken,
    landsSub,
    agreementId: agreement.id,
    exchange: (more = {}, party = revenue) =>
      tokenRequest(server, party, {
        grant_type: EXCHANGE,
        subject_token: subjectToken,
        subject_token_type: ACCESS_TOKEN,
        resource: TITLES,
        scope: 'titles:read',
        ...more,
      }),
  };
}
