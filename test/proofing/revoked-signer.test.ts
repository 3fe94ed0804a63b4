import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeRevocationList } from '../../src/dev/passport-maker/write-certificate.ts';
import type { Identity } from '../../src/dev/passport-maker/write-certificate.ts';
import { transact } from '../../src/lib/database.ts';
import { OfficerId } from '../../src/lib/ids.ts';
import { decideCase } from '../../src/proofing/decide-case.ts';
import { listExaminations } from '../../src/proofing/examination-store.ts';
import { keepProofSigners, keepSigner } from '../../src/proofing/keep-signers.ts';
import { noticeRevokedSigners } from '../../src/registry/notice-revoked-signers.ts';
import { runCrlImport } from '../../src/trust/crl-import-command.ts';
import { revokedSigners } from '../../src/trust/revoked-signers.ts';
import { fingerprint } from '../documents/master-list-pki.ts';
import { relyingParty, signInAt } from '../oidc/relying-party.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { startNode } from '../oidc/start-node.ts';
import { signUpOfficer, waitForMail } from '../walk.ts';
import { reviewCase } from './review.ts';
import { passportOf, startScene } from './scene.ts';
import type { Scene } from './scene.ts';

let scene: Scene;
let officerId: OfficerId;
let lands: RelyingParty;
/** Another process of ours on the same database. */
let secondNode: string;

beforeAll(async () => {
  scene = await startScene();
  const officer = await signUpOfficer(scene, { name: 'Malee', roles: ['officer'] });
  officerId = OfficerId.parse(officer.accountId)!;
  lands = await relyingParty(scene, { claims: ['name', 'nationality'] });
  secondNode = await startNode(scene);
});

let numbers = 0;

/** Somebody whose real chip, signed by a key of this kind, an officer approved; with tokens at a service. */
async function approved(algorithm: 'rsa' | 'ecdsa') {
  numbers += 1;
  const documentNumber = `K${String(numbers).padStart(8, '0')}`;
  const passport = await passportOf(scene, { documentNumber, algorithm });
  const person = await reviewCase(scene, { passport });
  const decided = await decideCase(scene.app, {
    caseId: person.caseId,
    officerId,
    expectedVersion: person.proofing.version,
    decision: 'approve',
    reasonCode: 'face_matches',
    note: null,
    settlement: { dismissed: 'all' },
  });
  if (!decided.ok || decided.outcome !== 'approved') throw new Error(JSON.stringify(decided));
  const { tokens } = await signInAt(person.walker, lands);
  return { ...person, refreshToken: tokens.refresh_token! };
}

/** The IAL that the next token says, at the other node. */
async function nextIal({ refreshToken }: { refreshToken: string }): Promise<unknown> {
  const basic = Buffer.from(`${lands.clientId}:${lands.secret}`).toString('base64');
  const response = await fetch(`${secondNode}/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    headers: { authorization: `Basic ${basic}` },
  });
  const { id_token: idToken } = (await response.json()) as { id_token: string };
  return (
    JSON.parse(Buffer.from(idToken.split('.')[1]!, 'base64url').toString()) as { ial: number }
  ).ial;
}

/** Asks until the next token says `ial`; gives how long that took. */
async function untilIal(person: { refreshToken: string }, ial: number): Promise<number> {
  const since = performance.now();
  while ((await nextIal(person)) !== ial)
    if (performance.now() - since > 5000) throw new Error(`The level did not become ${ial}.`);
  return performance.now() - since;
}

let lists = 0;

/** `tangchat crl import` of a list that names these signers and Utopia's revoked one, signed by `issuer`. */
async function importList(revoked: Identity[], issuer = scene.pki.csca) {
  lists += 1;
  const now = scene.app.clock.now();
  const { signers } = scene.pki;
  const list = writeRevocationList({
    issuer,
    number: Math.floor(now.getTime() / 1000) + lists,
    thisUpdate: new Date(now.getTime() + lists * 1000),
    nextUpdate: new Date(now.getTime() + 90 * 86_400_000),
    revoked: [signers.revoked, ...revoked].map(({ serial }) => ({ serial, at: now })),
  });
  const file = join(scene.app.config.DATA_DIR, `${lists}.crl`);
  writeFileSync(file, list);
  const out: string[] = [];
  const io = { out: (text: string) => out.push(text), err: (text: string) => out.push(text) };
  return { exit: await runCrlImport([file], io, scene.app), said: out.join('\n') };
}

const audited = (signer: Identity) =>
  scene.app
    .db('audit_events')
    .where({ action: 'registry.issuer_compromised' })
    .whereRaw(`details::jsonb->>'fingerprint' = ?`, [fingerprint(signer.certificate)])
    .pluck<string[]>('details');

describe('a document signer that a revocation list names', () => {
  it('takes their level from whom it proved, within a second, on every node; they are told, others keep theirs', async () => {
    const { rsa } = scene.pki.signers;
    const touched = await approved('rsa');
    const spared = await approved('ecdsa');
    expect(await nextIal(touched)).toBe(2);
    expect(await importList([rsa])).toMatchObject({ exit: 0 });
    expect(await untilIal(touched, 0)).toBeLessThan(1000);
    expect(await nextIal(spared)).toBe(2);
    const mail = await waitForMail(scene.url, touched.email, ({ subject }) =>
      subject.includes('prove your identity again'),
    );
    expect(mail).toBeDefined();
    expect(await audited(rsa)).toEqual([
      JSON.stringify({ fingerprint: fingerprint(rsa.certificate), persons: 1 }),
    ]);
    // At least once: the same job again, or the next list that still names it, changes nothing.
    await noticeRevokedSigners({}, scene.app);
    expect((await audited(rsa)).length).toBe(1);
    // Nobody is approved by it any more; who proved by another signer goes on.
    const info = await openid.fetchUserInfo(
      lands.config,
      (await signInAt(spared.walker, lands)).tokens.access_token,
      openid.skipSubjectCheck,
    );
    expect(info.name).toBeDefined();
  });

  it('counts for a proof that was being decided while the list came in', async () => {
    const late = await approved('ecdsa');
    const { rsa } = scene.pki.signers;
    // As if its own approval had read the lists before the import committed.
    const signer = Buffer.from(fingerprint(rsa.certificate), 'hex');
    await scene.app
      .db('identity_proofs')
      .where({ case_id: late.caseId })
      .update({ document_signer: signer });
    expect(await nextIal(late)).toBe(2);
    const examinations = await listExaminations(scene.app.db, late.caseId);
    const { id: examinationId } = examinations.find(({ kind }) => kind === 'document')!;
    await transact(scene.app.db, (tx) =>
      keepSigner(tx, scene.app, {
        proofing: late.proofing,
        examinationId,
        fingerprint: signer.toString('hex'),
      }),
    );
    expect(await untilIal(late, 0)).toBeLessThan(1000);
  });

  it('is found for proofs of before signers were kept, as long as the chip files are there', async () => {
    const early = await approved('ecdsa');
    const { rsa, ecdsa } = scene.pki.signers;
    const kept = scene.app.db('document_signers').where({ country: 'UT' });
    await kept.clone().delete();
    await importList([rsa, ecdsa]);
    await noticeRevokedSigners({}, scene.app);
    // A list has a serial number, the proof a SHA-256: nobody knows.
    expect(await nextIal(early)).toBe(2);
    await keepProofSigners({}, scene.app);
    expect(await untilIal(early, 0)).toBeLessThan(1000);
    expect(await kept.clone().pluck('source')).toContain('chip');
  });

  it('is judged as a chip is: a list of a key that nobody trusts, or one in force no more, names nobody', async () => {
    const { ecdsa, rsa } = scene.pki.signers;
    const stranger = await importList([ecdsa], scene.pki.unknownCsca);
    expect(stranger).toMatchObject({ exit: 1 });
    expect(stranger.said).toContain('no_trusted_signer');
    await importList([]);
    expect(await revokedSigners(scene.app.db, scene.app, 'all')).toEqual([]);
    await importList([ecdsa]);
    const named = fingerprint(ecdsa.certificate);
    expect(await revokedSigners(scene.app.db, scene.app, 'all')).toEqual([named]);
    expect(await revokedSigners(scene.app.db, scene.app, { signer: named })).toEqual([named]);
    const other = { signer: fingerprint(rsa.certificate) };
    expect(await revokedSigners(scene.app.db, scene.app, other)).toEqual([]);
    const production = { ...scene.app, config: { ...scene.app.config, sandbox: false } };
    expect(await revokedSigners(scene.app.db, production, 'all')).toEqual([]);
  });
});
