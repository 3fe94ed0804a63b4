import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runAnchorsImport } from '../../src/trust/import-anchors-command.ts';
import { csca, fingerprint, listingState, listOf } from '../documents/master-list-pki.ts';
import { testApp } from '../harness.ts';

describe('tangchat anchors import', async () => {
  const app = await testApp();
  const folder = await mkdtemp(join(tmpdir(), 'tangchat-anchors-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const state = listingState('AA');
  const list = listOf(state, [csca('BB'), state.root]);
  const file = async (name: string, content: Buffer | string) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const good = await file('good.ml', list);
  const root = await file('root.cer', state.root.certificate);

  async function run(...args: string[]) {
    const said = { out: '', err: '', opened: 0 };
    const io = {
      out: (text: string) => void (said.out += text),
      err: (text: string) => void (said.err += text),
    };
    const code = await runAnchorsImport(args, io, {
      clock: app.clock,
      withApp: (work) => {
        said.opened++;
        return work(app);
      },
    });
    return { code, ...said, report: said.out === '' ? null : JSON.parse(said.out) };
  }

  it('prints what would change with --dry-run, then what changed, then that nothing does', async () => {
    for (const [args, outcome] of [
      [['--dry-run'], 'dry_run'],
      [[], 'imported'],
      [[], 'already_imported'],
    ] as const) {
      const { code, report } = await run(good, '--root', root, ...args);
      expect(code).toBe(0);
      expect(report).toMatchObject({
        outcome,
        sha256: fingerprint(list),
        source: 'good.ml',
        list: { byState: { AA: 1, BB: 1 }, byKey: { 'P-256': 2 } },
        refused: [],
      });
    }
  });

  it('takes the root as PEM too', async () => {
    const base64 = state.root.certificate.toString('base64');
    const pem = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
    expect((await run(good, '--root', await file('root.pem', pem))).code).toBe(0);
  });

  it.each([
    ['altered', () => Buffer.from(list).fill(0, list.length - 4), root, 'signature_wrong'],
    ['longer by a byte', () => Buffer.concat([list, Buffer.from([0])]), root, 'trailing_bytes'],
    ['too large', () => Buffer.alloc(9 * 1024 * 1024), root, 'master_list_too_large'],
    ['under no readable root', () => list, good, 'root_unreadable'],
  ])(
    'refuses a list that is %s with 1, without opening the database',
    async (_what, bytes, under, reason) => {
      const answer = await run(await file('bad.ml', bytes()), '--root', under);
      expect(answer).toMatchObject({ code: 1, opened: 0, report: { outcome: 'refused', reason } });
    },
  );

  it('tells a wrong call and a missing file from a refusal', async () => {
    expect((await run(good)).code).toBe(64);
    expect((await run(good, good, '--root', root)).code).toBe(64);
    expect((await run('--root', root, '--force')).code).toBe(64);
    const absent = await run(join(folder, 'none.ml'), '--root', root);
    expect(absent).toMatchObject({ code: 66, err: expect.stringContaining('cannot be read') });
  });
});
