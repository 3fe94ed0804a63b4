import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { mayBeShown } from '../../src/oidc/ciba/admission.ts';
import type { ShownBefore } from '../../src/oidc/ciba/admission.ts';
import { isPlainMessage } from '../../src/oidc/ciba/binding-message.ts';
import { signUp } from '../walk.ts';
import { ciba, COUNTER, waiting } from './ciba.ts';
import { postAs } from './device.ts';
import { relyingParty } from './relying-party.ts';

const { server, ask, settled } = ciba();

describe('what a service sends', () => {
  it('is refused where a binding message could read as something else', async () => {
    for (const message of [
      'x'.repeat(81),
      'x'.repeat(60_000),
      '<b>Approve</b>',
      'two\nlines',
      'bell\u0007',
      'turned \u202Etxet',
      'zero\u200Bwidth',
      'see https://evil.example',
      'see www.evil.example',
      `marks e${'\u0301'.repeat(9)}`,
      ' ',
    ])
      expect(
        await ask({ login_hint: 'a@example.org', binding_message: message }),
        message,
      ).toMatchObject({
        status: message.length > 50_000 ? expect.any(Number) : 400,
        body: { error: expect.stringMatching(/^invalid_(?:binding_message|request)$/) },
      });
    for (const message of ['W4SCT', 'โอนเงิน 5,000 บาท', 'ငွေလွှဲ ၅၀၀', 'Überweisung 20 €', '+66 2 #7'])
      expect(isPlainMessage(message), message).toBe(true);
    const short = await ask({ login_hint: 'a@example.org', requested_expiry: '60' });
    expect(short.body.expires_in).toBe(60);
    const long = await ask({ login_hint: 'a@example.org', requested_expiry: '86400' });
    expect(long.body.expires_in).toBe(600);
    const stranger = { clientId: 'lands-counter', secret: 'wrong' };
    const refused = await postAs(server(), stranger, '/oidc/backchannel-authentication', {
      scope: 'openid',
      login_hint: 'a@example.org',
    });
    expect(refused).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    for (const more of [
      { resource: 'https://lands.example/api' },
      { authorization_details: '[{"type":"x"}]' },
    ])
      expect((await ask({ login_hint: 'a@example.org', ...more })).status).toBe(400);
    const unregistered = await relyingParty(server(), { client_id: 'lands-plain' });
    expect((await ask({ login_hint: 'a@example.org' }, unregistered)).status).toBe(400);
  });

  it('is taken signed only, where the service registered an algorithm', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const signing = await relyingParty(server(), {
      ...COUNTER,
      client_id: 'lands-signing',
      backchannel_authentication_request_signing_alg: 'ES256',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' }] },
    });
    const plain = await ask({ login_hint: 'a@example.org' }, signing);
    expect(plain).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const person = await signUp(server(), { email: 'signed@example.org' });
    const sign = (claims: Record<string, unknown>, key = privateKey) =>
      new SignJWT({ scope: 'openid', login_hint: person.email, jti: `${Math.random()}`, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer('lands-signing')
        .setAudience(server().url)
        .setIssuedAt()
        .setNotBefore('0s')
        .setExpirationTime('5m')
        .sign(key);
    const request = await sign({ binding_message: 'SIGNED 1' });
    const taken = await postAs(server(), signing, '/oidc/backchannel-authentication', { request });
    expect(taken.status).toBe(200);
    await settled(1, person.accountId);
    const [path] = await waiting(person);
    expect((await person.walker.get(path!)).text).toContain('SIGNED 1');
    const forger = await generateKeyPair('ES256');
    const forged = await sign({}, forger.privateKey);
    expect(
      await postAs(server(), signing, '/oidc/backchannel-authentication', { request: forged }),
    ).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });
});

describe('the limits on asking one person', () => {
  const now = new Date('2026-11-23T10:00:00Z');
  const shown = (
    minutesAgo: number,
    answer: ShownBefore['answer'],
    serviceId = 'a',
  ): ShownBefore => {
    const admittedAt = new Date(now.getTime() - minutesAgo * 60_000);
    return { serviceId, admittedAt, answer, expiresAt: new Date(admittedAt.getTime() + 600_000) };
  };
  it.each<[string, ShownBefore[], boolean]>([
    ['nothing before', [], true],
    ['two that wait', [shown(1, null, 'b'), shown(2, null, 'c')], true],
    ['three that wait', [shown(1, null, 'b'), shown(2, null, 'c'), shown(3, null, 'd')], false],
    ['a refusal just now', [shown(5, 'refused')], false],
    ["another service's refusal", [shown(5, 'refused', 'b')], true],
    ['a refusal a while ago', [shown(16, 'refused')], true],
    ['a report of today', [shown(1000, 'reported')], false],
    ['three unanswered in the hour', [shown(15, null), shown(30, null), shown(45, null)], false],
    [
      'three approved in the hour',
      [shown(5, 'approved'), shown(15, 'approved'), shown(30, 'approved')],
      true,
    ],
    [
      'ten unwanted of all',
      Array.from({ length: 10 }, (_, n) => shown(15 + n, null, `s${n}`)),
      false,
    ],
  ])('%s', (_name, before, may) => {
    expect(mayBeShown(before, { serviceId: 'a', now })).toBe(may);
  });

  it('hold over HTTP: the fourth that waits at once is not shown', async () => {
    const person = await signUp(server(), { email: 'bombed@example.org' });
    const parties = [];
    for (const name of ['one', 'two', 'three', 'four'])
      parties.push(await relyingParty(server(), { ...COUNTER, client_id: `lands-${name}` }));
    const answers = await Promise.all(
      parties.map((party) => ask({ login_hint: person.email }, party)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await settled(4, person.accountId);
    expect(await waiting(person)).toHaveLength(3);
  });
});
