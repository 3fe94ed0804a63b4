import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApp, createServer } from '../../src/app.ts';
import { withdrawConsent } from '../../src/oidc/consents.ts';
import { pingService } from '../../src/oidc/ciba/ping-service.ts';
import { transact } from '../../src/lib/database.ts';
import { transitionId } from '../../src/registry/transition-id.ts';
import { atEnd } from '../at-end.ts';
import { anna, officer } from '../registry/enrolment.ts';
import { signUp } from '../walk.ts';
import { ciba, COUNTER, touch } from './ciba.ts';
import { enrol } from './enrolled.ts';
import { relyingParty } from './relying-party.ts';

const { server, counter, ask, poll, asked } = ciba();

afterEach(() => void vi.useRealTimers());

function later(seconds: number): void {
  const at = Date.now() + seconds * 1000;
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(at);
}

async function isAlive(tokens: Record<string, unknown>): Promise<boolean> {
  const token = String(tokens.access_token);
  return (await openid.tokenIntrospection(counter().config, token)).active;
}

describe('tokens of an approval', () => {
  it('end with the consent, the session that approved, and a suspension', async () => {
    const person = await signUp(server(), { email: 'ends@example.org' });
    const { personId } = await enrol(server(), person.accountId, {
      ...anna,
      documentNumber: 'CIBA00001',
    });
    const approved = async () => {
      const { id, path } = await asked(person);
      await touch(person, path);
      return (await poll(id)).body;
    };
    const one = await approved();
    expect(await isAlive(one)).toBe(true);
    await transact(server().app.db, (tx) =>
      withdrawConsent(tx, server().app, {
        accountId: person.accountId,
        serviceId: counter().clientId,
      }),
    );
    expect(await isAlive(one)).toBe(false);
    const two = await approved();
    expect(await isAlive(two)).toBe(true);
    await transact(server().app.db, (tx) =>
      transitionId(tx, server().app, {
        personId,
        to: 'suspended',
        reason: 'suspected_fraud',
        actor: officer,
      }),
    );
    expect(await isAlive(two)).toBe(false);
    const blocked = await asked(person);
    expect((await person.walker.get(blocked.path)).text).toContain('The state of your ID');
    expect((await touch(person, blocked.path)).location).toBe(blocked.path);

    const leaver = await signUp(server(), { email: 'leaver@example.org' });
    const last = await asked(leaver);
    await touch(leaver, last.path);
    const { body } = await poll(last.id);
    expect(await isAlive(body)).toBe(true);
    await leaver.walker.post('/sign-out');
    expect(await isAlive(body)).toBe(false);
  });

  it('are given once, to the service that asked, on whatever node; a replay ends them', async () => {
    const { config, db, keys, log } = server().app;
    const node = createServer(await createApp({ config, db, keys, log })).listen(0, '127.0.0.1');
    await once(node, 'listening');
    atEnd(() => {
      node.closeAllConnections();
      node.close();
    });
    const other = { url: `http://127.0.0.1:${(node.address() as { port: number }).port}` };
    const thief = await relyingParty(server(), { ...COUNTER, client_id: 'lands-thief' });
    const person = await signUp(server(), { email: 'races@example.org' });
    const { id, path } = await asked(person);
    await touch(person, path);
    expect((await poll(id, thief)).body.error).toBe('invalid_grant');
    const answers = await Promise.all(
      [server(), other, server(), other].map((at) => poll(id, counter(), at)),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length).toBe(1);
    expect(await isAlive(won[0]!.body)).toBe(true);
    later(30);
    expect((await poll(id)).body.error).toBe('invalid_grant');
    expect(await isAlive(won[0]!.body)).toBe(false);
  });

  it('come of a request that is sealed where it waits', async () => {
    await ask({ login_hint: 'canary.hint@example.org', binding_message: 'CANARY MESSAGE' });
    const rows = await server().app.db('oidc_backchannel_requests').select();
    const text = JSON.stringify(
      rows.map((row: Record<string, unknown>) =>
        Object.values(row).map((value) =>
          Buffer.isBuffer(value) ? value.toString('latin1') : value,
        ),
      ),
    );
    for (const secret of ['canary.hint', 'CANARY']) expect(text).not.toContain(secret);
  });
});

describe('a ping', () => {
  it('tells the service, with its token, and again where its server was down', async () => {
    const heard: { authorization: string | undefined; body: string }[] = [];
    const notified = createHttpServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard.push({ authorization: request.headers.authorization, body });
        response.writeHead(heard.length === 1 ? 503 : 204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(notified, 'listening');
    atEnd(() => void notified.close());
    const { port } = notified.address() as { port: number };
    const pinged = await relyingParty(server(), {
      ...COUNTER,
      client_id: 'lands-pinged',
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: `http://127.0.0.1:${port}/ping`,
    });
    expect((await ask({ login_hint: 'x@example.org' }, pinged)).body.error).toBe('invalid_request');
    const person = await signUp(server(), { email: 'pinged@example.org' });
    const token = 'notification-token_1';
    const { id, path } = await asked(person, { client_notification_token: token }, pinged);
    await touch(person, path);
    for (let tries = 0; heard.length < 1 && tries < 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 25));
    // The queue waits seconds before it tries again; here it does so at once.
    await pingService({ approvalId: path.split('/').at(-1)! }, server().app);
    expect(heard.slice(0, 2)).toEqual(
      Array.from({ length: 2 }, () => ({
        authorization: `Bearer ${token}`,
        body: JSON.stringify({ auth_req_id: id }),
      })),
    );
    expect((await poll(id, pinged)).status).toBe(200);
  });

  it('is not needed to hear that the session that approved has ended', async () => {
    const told = await relyingParty(server(), {
      ...COUNTER,
      client_id: 'lands-told',
      backchannel_logout_uri: 'http://127.0.0.1:9/never',
      backchannel_logout_session_required: true,
    });
    const person = await signUp(server(), { email: 'told@example.org' });
    const { id, path } = await asked(person, {}, told);
    await touch(person, path);
    const { body } = await poll(id, told);
    const { sid } = decodeJwt(String(body.id_token));
    await person.walker.post('/sign-out');
    await expect
      .poll(
        async () => {
          const { rows } = await server().app.db.raw<{ rows: { key: string }[] }>(
            'select key from graphile_worker.jobs where key is not null',
          );
          return rows.map(({ key }) => key);
        },
        { timeout: 10_000 },
      )
      .toContain(`sign-out:lands-told:${String(sid)}`);
  });

  it('never goes to an address that is not public', async () => {
    const inside = await relyingParty(server(), {
      ...COUNTER,
      client_id: 'lands-inside',
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: 'https://169.254.169.254/ping',
    });
    const person = await signUp(server(), { email: 'inside@example.org' });
    const { path } = await asked(person, { client_notification_token: 'abc' }, inside);
    await person.walker.post(`${path}/refusal`, { reason: 'refused' });
    await expect(
      pingService({ approvalId: path.split('/').at(-1)! }, server().app),
    ).rejects.toThrow('forbidden_address');
  });
});
