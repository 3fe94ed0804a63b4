import type { AddressInfo } from 'node:net';
import { createApp, createServer } from '../../../src/app.ts';
import type { FullApp } from '../../../src/app.ts';
import { openDatabase } from '../../../src/lib/database.ts';
import type { AccountId } from '../../../src/lib/ids.ts';
import { standingOf } from '../../../src/registry/standing.ts';
import { atEnd } from '../../at-end.ts';
import type { TestServer } from '../../harness.ts';
import { enrolled } from '../../registry/enrolment.ts';
import type { EnrolmentInput } from '../../../src/registry/enrol-person.ts';
import { agree } from '../protected-api.ts';
import { relyingParty, tokenRequest } from '../relying-party.ts';
import type { RelyingParty } from '../relying-party.ts';

export interface Server {
  url: string;
  app: FullApp;
}

export const resourceOf = (server: Server) => `${server.url}/api/numbers/look-ups`;

/** A service without people, with an agreement to look numbers up; either overridden. */
export async function asker(
  server: Server,
  id: string,
  agreement: Record<string, unknown> | null = {},
  more: Record<string, unknown> = {},
): Promise<RelyingParty> {
  const party = await relyingParty(server, {
    client_id: id,
    agency: { code: 'labour', name: 'Department of Employment', 'name#th': 'กรมการจัดหางาน' },
    grant_types: ['client_credentials'],
    redirect_uris: [],
    claims: [],
    ...more,
  });
  if (agreement)
    await agree(server, {
      service: id,
      resource: resourceOf(server),
      scopes: ['numbers:check'],
      purpose: 'To check work permits.',
      'purpose#th': 'เพื่อตรวจสอบใบอนุญาตทำงาน',
      legal_reference: 'Working of Aliens Decree, section 13',
      ...agreement,
    });
  return party;
}

export function askForToken(server: Server, party: RelyingParty, scope = 'numbers:check') {
  return tokenRequest(server, party, {
    grant_type: 'client_credentials',
    resource: resourceOf(server),
    scope,
  });
}

export async function tokenFor(server: Server, party: RelyingParty, scope?: string) {
  const { body } = await askForToken(server, party, scope);
  if (typeof body.access_token !== 'string') throw new Error(JSON.stringify(body));
  return body.access_token;
}

export interface LookedUp {
  status: number;
  headers: Record<string, string>;
  text: string;
  json: Record<string, unknown>;
}

/** Asks about a number; each test from a network of its own, where it says. */
export async function lookUp(
  at: string,
  token: string | null,
  number: unknown,
  {
    network = '198.51.100.1',
    headers = {},
  }: { network?: string; headers?: Record<string, string> } = {},
): Promise<LookedUp> {
  const response = await fetch(`${at}/api/numbers/look-ups`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': network,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ number }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text,
    json: JSON.parse(text) as Record<string, unknown>,
  };
}

export async function numberOf(app: FullApp, accountId: AccountId): Promise<string> {
  return (await standingOf(app.db, app, accountId))!.number()!;
}

/** Somebody with a number. */
export async function holder(app: FullApp, changes: Partial<EnrolmentInput> = {}) {
  const made = await enrolled(app, changes);
  return { ...made, number: await numberOf(app, made.accountId) };
}

/** The statements that `work` runs on this database, values left out. */
export async function statementsOf(app: FullApp, work: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  const listen = ({ sql }: { sql: string }) => seen.push(sql);
  app.db.on('query', listen);
  try {
    await work();
  } finally {
    app.db.removeListener('query', listen);
  }
  return seen;
}

/**
 * The same product again, on a pool of connections of its own and without background jobs: it shares nothing with the
 * first but PostgreSQL.
 */
export async function anotherNode(server: TestServer): Promise<{ url: string; app: FullApp }> {
  const { config, keys, log } = server.app;
  const db = openDatabase({ url: server.databaseUrl, poolSize: 8 });
  const app = await createApp({ config, keys, log, db });
  const node = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => node.once('listening', resolve));
  atEnd(async () => {
    node.closeAllConnections();
    await new Promise((resolve) => node.close(resolve));
    await db.destroy();
  });
  return { url: `http://127.0.0.1:${(node.address() as AddressInfo).port}`, app };
}
