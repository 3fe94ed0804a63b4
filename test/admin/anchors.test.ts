import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { trustedAnchors } from '../../src/trust/chip-trust.ts';
import { csca } from '../documents/master-list-pki.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { signUpOfficer } from '../walk.ts';
import type { SignedIn } from '../walk.ts';

let server: TestServer;
type Staff = Pick<SignedIn, 'walker'>;
let somchai: Staff;
let wipa: Staff;
let malee: Staff;
beforeAll(async () => {
  server = await startTestServer();
  somchai = await signUpOfficer(server, { name: 'Somchai', roles: ['security_officer'] });
  wipa = await signUpOfficer(server, { name: 'Wipa', roles: ['supervisor'] });
  malee = await signUpOfficer(server, { name: 'Malee', roles: ['officer', 'client_manager'] });
});

const SOURCE = 'Handed over by the embassy, fingerprint compared by telephone.';
const barbados = csca('BB');
const fingerprint = createHash('sha256').update(barbados.certificate).digest('hex');

const propose = ({ walker }: Staff, bytes: Uint8Array, source = SOURCE) =>
  walker.postFiles(
    '/console/anchors',
    { certificate: { name: 'csca.cer', type: 'application/pkix-cert', bytes } },
    { source },
  );
const decisionOn = (text: string) =>
  /\/console\/anchor(?:s|-withdrawals)\/[\w-]+\/decision/.exec(text)![0];
const isTrusted = async () =>
  (await trustedAnchors(server.app.db, server.app)).some((der) => der.equals(barbados.certificate));

describe('a certificate that no list brought', () => {
  it('is proposed by one, shown with what it would become, and trusted by another alone', async () => {
    await somchai.walker.get('/console/anchors');
    expect(await propose(somchai, barbados.certificate)).toMatchObject({
      status: 302,
      location: '/console/anchors',
    });
    expect(await isTrusted()).toBe(false);
    const own = (await somchai.walker.get('/console/anchors')).text;
    expect(own).toContain('Would be trusted');
    expect(own).toContain(SOURCE);
    expect(own).toContain(fingerprint.slice(0, 4) + ' ' + fingerprint.slice(4, 8));
    expect(own).toContain('Take back');
    expect(own).not.toContain('Trust it');

    const path = decisionOn(own);
    const alone = await somchai.walker.post(path, { decision: 'confirm' });
    expect(alone.status).toBe(409);
    expect(alone.text).toContain('another officer must confirm it');
    expect((await wipa.walker.get('/console/anchors')).text).toContain('Trust it');
    expect((await wipa.walker.post(path, { decision: 'confirm' })).status).toBe(302);
    expect(await isTrusted()).toBe(true);
    expect((await wipa.walker.post(path, { decision: 'not_needed' })).status).toBe(409);
  });

  it('is refused with what is wrong beside its field, and what was typed is kept', async () => {
    const refused = async (bytes: Uint8Array, source: string, words: string) => {
      const page = await propose(somchai, bytes, source);
      expect(page.status).toBe(422);
      expect(page.text).toContain(words);
      expect(page.text).toContain('aria-invalid="true"');
      return page.text;
    };
    expect(
      await refused(Buffer.from('no certificate'), SOURCE, 'not the CSCA certificate'),
    ).toContain(SOURCE);
    await refused(Buffer.alloc(0), SOURCE, 'Choose the file');
    await refused(csca('BM').certificate, ' ', 'how the certificate came to us');
    await refused(barbados.certificate, SOURCE, 'We have this certificate already');
  });

  it('is taken back by the proposer, and rejected by another with a reason', async () => {
    for (const [who, decision] of [
      [somchai, 'not_needed'],
      [wipa, 'wrong_certificate'],
    ] as const) {
      await propose(somchai, csca('BS').certificate);
      const path = decisionOn((await somchai.walker.get('/console/anchors')).text);
      expect((await who.walker.post(path, { decision })).status).toBe(302);
    }
    const page = await somchai.walker.get('/console/anchors');
    expect(page.text).toContain('Nothing waits for a second officer');
  });
});

describe('a certificate to be believed no more', () => {
  it('takes two officers as well, named by its fingerprint as anybody writes it', async () => {
    const typed = fingerprint.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:');
    const withdraw = (sha256: string, reason = 'key_compromised') =>
      wipa.walker.post('/console/anchor-withdrawals', { sha256, reason });
    expect((await withdraw('ab12')).status).toBe(422);
    expect((await withdraw('00'.repeat(32))).text).toContain(
      'no certificate with this fingerprint',
    );
    const unsaid = await withdraw(typed, '');
    expect(unsaid.status).toBe(422);
    expect(unsaid.text).toContain(typed);
    expect((await withdraw(typed)).status).toBe(302);
    expect((await withdraw(typed)).text).toContain('proposed already');
    const own = await wipa.walker.get('/console/anchors');
    expect(own.text).toContain('Its key was stolen or misused');
    expect(own.text).toContain('Withdrawal of a certificate of BB');
    const path = decisionOn(own.text);
    expect((await wipa.walker.post(path, { decision: 'confirm' })).status).toBe(409);
    expect(await isTrusted()).toBe(true);
    expect((await somchai.walker.post(path, { decision: 'confirm' })).status).toBe(302);
    expect(await isTrusted()).toBe(false);
  });
});

it('is no place of officers who decide cases', async () => {
  expect((await malee.walker.get('/console/anchors')).status).toBe(403);
  expect((await malee.walker.get('/console/cases')).text).not.toContain('/console/anchors');
  expect((await propose(malee, csca('BB').certificate)).status).toBe(403);
});
