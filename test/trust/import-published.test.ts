import { describe, expect, it } from 'vitest';
import { verifyChip } from '../../src/documents/verify-chip.ts';
import { chipTrust } from '../../src/trust/chip-trust.ts';
import { importMasterList } from '../../src/trust/import-master-list.ts';
import { importRevocationList } from '../../src/trust/import-revocation-list.ts';
import { verifyMasterList } from '../../src/trust/import-verify.ts';
import { threadCpuMs } from '../documents/cpu-time.ts';
import { vector, vectorNames, vectorsAreHere } from '../documents/vectors.ts';
import { testApp } from '../harness.ts';

/** The lists of 2026 stay within their signers' validity until 2028: judged as of the month they were fetched. */
const now = new Date('2026-11-22T12:00:00Z');

describe.skipIf(!vectorsAreHere)('importing the published lists', async () => {
  const app = await testApp();

  async function bring(list: string, root: string) {
    const judged = verifyMasterList({
      bytes: vector(`masterlists/${list}`),
      root: vector(`masterlists/roots/${root}`),
      now,
    });
    if (!judged.ok) throw new Error(judged.report.reason);
    const report = await importMasterList(app, { verified: judged.verified, source: list });
    if (report.outcome === 'refused') throw new Error(report.reason);
    return report;
  }

  it('takes the German one in less than 2 s, and lets other work through all the while', async () => {
    const start = threadCpuMs();
    let turns = 0;
    const counter = setInterval(() => turns++, 0);
    const report = await bring('DE_ML_2026-05-28.ml', 'DE_ROOT_CA_CSCA07.cer');
    clearInterval(counter);
    expect(threadCpuMs() - start).toBeLessThan(2000);
    expect(turns).toBeGreaterThan(100);
    expect(report).toMatchObject({
      version: 1,
      list: { certificates: 588, states: 112, country: 'DE' },
      counts: { new: 576, quarantined: 12, refused: 0 },
    });
  });

  it('joins the Dutch one to it: 627, 414 self-signed, 202 links, 11 orphans', async () => {
    const report = await bring('NL_ML_2026-07-22.ml', 'NL_ROOT_CA.cer');
    expect(report).toMatchObject({
      version: 2,
      list: { certificates: 411, states: 129 },
      counts: { new: 39, known: 372, linked: 1 },
      store: { anchors: 627, trusted: 616, selfSigned: 414, links: 202, orphans: 11 },
    });
  });

  it.each([
    ['DE', 'passed'],
    ['MY', 'passed'],
    ['AU', 'passed'],
    ['US', 'passed'],
    // Signed under a CSCA of before 2011 that neither list holds any more.
    ['NZ2013', 'unknown'],
  ])('says of the CSCA of the %s passport: %s', async (name, outcome) => {
    const files = new Map([['EF_SOD', vector(`sod/${name}_EF_SOD.bin`)] as const]);
    const { checks } = verifyChip({ files, now, ...(await chipTrust(app.db, app, files)) });
    expect(checks.find(({ name: check }) => check === 'signer_chain')?.outcome).toBe(outcome);
    expect(checks.find(({ name: check }) => check === 'sod_signature')?.outcome).toBe('passed');
  });

  it('refuses each under the other’s root', () => {
    const judged = verifyMasterList({
      bytes: vector('masterlists/NL_ML_2026-07-22.ml'),
      root: vector('masterlists/roots/DE_ROOT_CA_CSCA07.cer'),
      now,
    });
    expect(judged).toMatchObject({ ok: false, report: { reason: 'signer_of_another_state' } });
  });

  it('takes the revocation lists of the states whose keys are among them', async () => {
    const refused: string[][] = [];
    const names = vectorNames('crl');
    for (const name of names) {
      const report = await importRevocationList(app, { list: vector(`crl/${name}`), source: name });
      if (report.outcome === 'refused') refused.push([name, report.reason]);
    }
    expect(names.length).toBe(28);
    expect(refused).toEqual([
      ['BE_CSCAEC_BE_3_20170926_1418.crl', 'covers_only_a_part'],
      ['LT_csca_crl.crl', 'trailing_bytes'],
    ]);
  });
});
