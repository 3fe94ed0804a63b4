import { beforeAll, describe, expect, it, test } from 'vitest';
import { personAssurance } from '../../src/assurance/person.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import {
  recordIssuerCompromise,
  withdrawBiometricConsent,
} from '../../src/registry/lower-assurance.ts';
import { reportDocumentLost } from '../../src/registry/report-document-lost.ts';
import { standingOf } from '../../src/registry/standing.ts';
import { testApp } from '../harness.ts';
import {
  ANCHOR,
  SIGNER,
  anna,
  assuranceOf,
  enrolled,
  officer,
  officerFindings,
} from './enrolment.ts';

let app: App;
beforeAll(async () => {
  app = await testApp();
});

describe('a document reported lost', () => {
  const report = (document: typeof anna, lostAt: string) =>
    transact(app.db, (tx) =>
      reportDocumentLost(tx, app, { document, lostAt: new Date(lostAt), actor: officer }),
    );

  it('before its proofing: the proof falls and the ID is suspended', async () => {
    const { personId, accountId, document } = await enrolled(app);
    expect(await report(document, '2020-01-01T00:00:00Z')).toEqual({
      ok: true,
      personId,
      suspended: true,
    });
    const standing = (await standingOf(app.db, app, accountId))!;
    expect(standing.idState).toBe('suspended');
    expect(personAssurance(standing, app.clock.now()).identity).toMatchObject({ ial: 0 });
  });

  it('after its proofing: it is no longer current, and the level stays', async () => {
    const { accountId, document } = await enrolled(app);
    const lostAt = new Date(app.clock.now().getTime() + 60_000).toISOString();
    expect(await report(document, lostAt)).toMatchObject({ ok: true, suspended: false });
    const later = new Date(Date.parse(lostAt) + 1000);
    expect(personAssurance(await standingOf(app.db, app, accountId), later)).toMatchObject({
      ial: 2,
      identity: { documentCurrent: false },
    });
  });

  it('twice: the earliest report counts', async () => {
    const { accountId, document } = await enrolled(app);
    await report(document, '2020-01-01T00:00:00Z');
    await report(document, '2030-01-01T00:00:00Z');
    expect((await standingOf(app.db, app, accountId))!.proofs[0]!.documentLostAt).toEqual(
      new Date('2020-01-01T00:00:00Z'),
    );
  });

  it('that is not on record changes nothing', async () => {
    expect(await report({ ...anna, documentNumber: 'NOSUCH1' }, '2020-01-01T00:00:00Z')).toEqual({
      ok: false,
      reason: 'not_on_record',
    });
  });
});

describe('what lowers a level from outside', () => {
  test.each([
    ['document_signer', SIGNER],
    ['trust_anchor', ANCHOR],
  ] as const)(
    'a compromised %s takes every level from its proofs until a new one',
    async (key, was) => {
      const fingerprint = was.replace(/^../, key === 'document_signer' ? '11' : '22');
      const column = key === 'document_signer' ? 'documentSigner' : 'trustAnchor';
      const touched = await enrolled(app, {
        findings: { ...officerFindings, [column]: fingerprint },
      });
      const spared = await enrolled(app);
      const persons = await transact(app.db, (tx) =>
        recordIssuerCompromise(tx, app, { key, fingerprint, actor: officer }),
      );
      expect(persons).toEqual([touched.personId]);
      expect(await assuranceOf(app, touched.accountId)).toMatchObject({
        ial: 0,
        signIn: { maySignIn: true },
      });
      expect(await assuranceOf(app, spared.accountId)).toMatchObject({ ial: 2 });
    },
  );

  it('a withdrawn biometric consent makes 3 a 2', async () => {
    const { personId, accountId } = await enrolled(app, {
      findings: {
        ...officerFindings,
        pathway: 'counter',
        capture: 'in_person',
        biometricSample: 'kept',
        secondOfficer: true,
      },
    });
    expect(await assuranceOf(app, accountId)).toMatchObject({ ial: 3 });
    const withdraw = () =>
      transact(app.db, (tx) => withdrawBiometricConsent(tx, app, { personId, actor: officer }));
    expect(await withdraw()).toBe(true);
    expect(await assuranceOf(app, accountId)).toMatchObject({ ial: 2 });
    expect(await withdraw()).toBe(false);
  });
});
