import { generateKeyPairSync } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENESIS, hashEvent, linkAfter } from '../../src/audit/chain.ts';
import { listLinksAfter } from '../../src/audit/chain-store.ts';
import { signHead } from '../../src/audit/head.ts';
import { runAuditVerify } from '../../src/audit/verify-command.ts';
import type { App } from '../../src/lib/app.ts';
import { transact } from '../../src/lib/database.ts';
import { testApp } from '../harness.ts';
import { append, appendAndSeal, listChain, makeNode, readLines, tamper, verify } from './trail.ts';

describe('the audit verifier', () => {
  let app: App;
  let node: Awaited<ReturnType<typeof makeNode>>;
  let chain: Awaited<ReturnType<typeof listChain>>;

  beforeEach(async () => {
    app = await testApp();
    node = await makeNode();
    await appendAndSeal(app, node.dataDir, ['a', 'b', 'c']);
    await appendAndSeal(app, node.dataDir, ['d', 'e']);
    chain = await listChain(app);
  });
  afterEach(() => node.remove());
  const idAt = (seq: number) => chain[seq - 1]!.eventId;

  it('finds an untouched trail sound, and an empty one too', async () => {
    expect(await verify(app, node.file)).toEqual({
      sound: true,
      sealed: { seq: 5, databaseHeadSeq: 5, outsideHeadSeq: 5 },
      unsealed: { rows: 0, oldestSeconds: 0 },
      faultCount: 0,
      faults: [],
    });
    const fresh = await testApp();
    expect(await verify(fresh, join(node.dataDir, 'absent.jsonl'))).toMatchObject({
      sound: true,
      sealed: { seq: 0 },
    });
  });

  it('tells how long the unsealed tail is', async () => {
    await transact(app.db, (tx) => append(tx, app, 'f'));
    await transact(app.db, (tx) => append(tx, app, 'g'));
    await app.db.raw(`update audit_unsealed set queued_at = queued_at - interval '90 seconds'`);
    const report = await verify(app, node.file);
    expect(report).toMatchObject({ sound: true, unsealed: { rows: 2 } });
    expect(report.unsealed.oldestSeconds).toBeGreaterThanOrEqual(90);
    expect(report.unsealed.oldestSeconds).toBeLessThan(120);
  });

  it.each([
    ['details', `details = '{"version":"forged"}'`, ['details']],
    ['the moment, by a microsecond', `at = at + interval '1 microsecond'`, ['at']],
    ['who and what', `actor_id = 'x', subject_kind = 'case'`, ['actorId', 'subjectKind']],
  ])('names an event whose %s was altered', async (_, change, fields) => {
    await tamper(app, 'audit_events', `update audit_events set ${change} where id = '${idAt(2)}'`);
    expect(await verify(app, node.file)).toMatchObject({
      sound: false,
      faultCount: 1,
      faults: [{ kind: 'event_altered', seq: 2, eventId: idAt(2), fields }],
    });
  });

  it('names a removed event', async () => {
    await tamper(app, 'audit_events', `delete from audit_events where id = '${idAt(3)}'`);
    expect((await verify(app, node.file)).faults).toEqual([
      { kind: 'event_removed', seq: 3, eventId: idAt(3) },
    ]);
  });

  it('names an event that was removed together with its link', async () => {
    await tamper(app, 'audit_events', `delete from audit_events where id = '${idAt(2)}'`);
    await tamper(app, 'audit_chain', `delete from audit_chain where seq = 2`);
    expect((await verify(app, node.file)).faults[0]).toEqual({
      kind: 'links_missing',
      fromSeq: 2,
      toSeq: 2,
    });
  });

  it('names the first link that does not follow, where an event and its own link were forged together', async () => {
    await forgeFrom(app, { seq: 2, details: '{"version":"forged"}', last: 2 });
    expect((await verify(app, node.file)).faults[0]).toEqual({
      kind: 'link_altered',
      seq: 3,
      eventId: idAt(3),
    });
  });

  it('holds a trail that was re-linked to its end against the signed heads', async () => {
    await forgeFrom(app, { seq: 2, details: '{"version":"forged"}', last: 5 });
    const report = await verify(app, node.file);
    expect(
      report.faults.map(({ kind, ...rest }) => [
        kind,
        'where' in rest && rest.where,
        'seq' in rest && rest.seq,
      ]),
    ).toEqual([
      ['head_contradicts_chain', 'database', 3],
      ['head_contradicts_chain', 'database', 5],
      ['head_contradicts_chain', 'outside', 3],
      ['head_contradicts_chain', 'outside', 5],
    ]);
  });

  it('knows a head that somebody else signed', async () => {
    const [head] = await app.db('audit_heads').select('seq', 'link', 'sealed_at').where({ seq: 5 });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid: app.keys.auditSigningJwk.kid! };
    const jws = await signHead({ seq: 5, link: head.link, sealedAt: head.sealed_at }, jwk);
    await tamper(app, 'audit_heads', `update audit_heads set jws = '${jws}' where seq = 5`);
    expect((await verify(app, node.file)).faults).toEqual([
      { kind: 'head_forged', where: 'database', seq: 5 },
      { kind: 'tail_unsigned', fromSeq: 4, toSeq: 5 },
      expect.objectContaining({ kind: 'rolled_back', databaseSeq: 3, outsideSeq: 5 }),
    ]);
    const lines = await readLines(node.file);
    await writeFile(
      node.file,
      lines
        .map((line) => `${JSON.stringify({ ...line, seq: Number(line['seq']) + 1 })}\n`)
        .join(''),
    );
    const kinds = (await verify(app, node.file)).faults.map(({ kind, ...rest }) => [
      kind,
      'where' in rest && rest.where,
    ]);
    expect(kinds).toContainEqual(['head_forged', 'outside']);
  });

  it('tells a cut tail', async () => {
    await tamper(app, 'audit_chain', 'delete from audit_chain where seq > 3');
    await tamper(
      app,
      'audit_events',
      `delete from audit_events where id in ('${idAt(4)}', '${idAt(5)}')`,
    );
    expect((await verify(app, null)).faults).toEqual([
      { kind: 'tail_cut', fromSeq: 4, toSeq: 5, signedAt: expect.stringMatching(/Z$/) },
    ]);
  });

  it('tells a database that was rolled back as a whole, from the heads outside', async () => {
    const later = await makeNode();
    await mkdir(dirname(later.file));
    await copyFile(node.file, later.file);
    await appendAndSeal(app, later.dataDir, ['f']);
    // Back to the state before 'f', as a restored backup would be.
    await tamper(app, 'audit_heads', 'delete from audit_heads where seq = 6');
    await tamper(app, 'audit_chain', 'delete from audit_chain where seq = 6');
    await tamper(app, 'audit_events', `delete from audit_events where details like '%"f"%'`);
    expect(await verify(app, null)).toMatchObject({ sound: true });
    const rolledBack = {
      kind: 'rolled_back',
      databaseSeq: 5,
      outsideSeq: 6,
      outsideSignedAt: expect.any(String),
    };
    expect((await verify(app, later.file)).faults).toEqual([rolledBack]);
    // Sealing on from there does not hide it.
    await appendAndSeal(app, later.dataDir, ['g', 'h']);
    expect((await verify(app, later.file)).faults).toEqual([
      expect.objectContaining({ kind: 'head_contradicts_chain', where: 'outside', seq: 6 }),
    ]);
    await later.remove();
  });

  it('tells a lost or damaged file of heads', async () => {
    const text = await readFile(node.file, 'utf8');
    await writeFile(node.file, text.replace('{"seq"', '{"sea'));
    expect((await verify(app, node.file)).faults).toEqual([
      { kind: 'heads_line_damaged', line: 1 },
    ]);
    await rm(node.file);
    expect((await verify(app, node.file)).faults).toEqual([
      { kind: 'heads_file_missing', databaseSeq: 5 },
    ]);
  });

  it('tells events that were kept from the sealer, or removed before it came', async () => {
    await transact(app.db, (tx) => append(tx, app, 'hidden'));
    await app.db.raw('delete from audit_unsealed');
    const hidden = await app.db('audit_events').where('details', 'like', '%hidden%').first('id');
    expect((await verify(app, node.file)).faults).toEqual([
      { kind: 'event_never_queued', eventId: hidden.id },
    ]);
    await tamper(app, 'audit_events', `delete from audit_events where id = '${hidden.id}'`);
    await app.db.raw(`insert into audit_unsealed (event_id) values ('${hidden.id}')`);
    expect((await verify(app, node.file)).faults).toEqual([
      { kind: 'event_removed_unsealed', eventId: hidden.id },
    ]);
  });

  it('answers on the command line: JSON, and 0 for sound, 1 for broken, 64 for wrong use', async () => {
    const said: string[] = [];
    const io = {
      out: (text: string) => void said.push(text),
      err: (text: string) => void said.push(text),
    };
    const deployment = { ...app, config: { ...app.config, DATA_DIR: node.dataDir } };
    expect(await runAuditVerify([], io, deployment)).toBe(0);
    expect(JSON.parse(said.pop()!)).toMatchObject({ sound: true, sealed: { seq: 5 } });
    expect(await runAuditVerify(['--heads', join(node.dataDir, 'absent')], io, deployment)).toBe(1);
    expect(JSON.parse(said.pop()!)).toMatchObject({ faults: [{ kind: 'heads_file_missing' }] });
    expect(await runAuditVerify(['--no-heads'], io, deployment)).toBe(0);
    const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
      format: 'jwk',
    });
    const keyFile = join(node.dataDir, 'old-key.json');
    await writeFile(keyFile, JSON.stringify({ ...otherKey, kid: 'old' }));
    expect(await runAuditVerify(['--key', keyFile], io, deployment)).toBe(0);
    await writeFile(keyFile, '{}');
    expect(await runAuditVerify(['--key', keyFile], io, deployment)).toBe(64);
    expect(await runAuditVerify(['--whatever'], io, deployment)).toBe(64);
  });

  it('walks a trail of many batches', async () => {
    await app.db.raw(
      `insert into audit_events (id, at, action, actor_kind, subject_kind, details)
       select gen_random_uuid(), now(), 'system.started', 'system', 'system', '{"version":"' || n || '"}' from generate_series(1, 2500) n`,
    );
    await appendAndSeal(app, node.dataDir, []);
    expect(await verify(app, node.file)).toMatchObject({ sound: true, sealed: { seq: 2505 } });
    await tamper(
      app,
      'audit_events',
      `update audit_events set details = 'x' where id = (select event_id from audit_chain where seq = 2001)`,
    );
    await tamper(
      app,
      'audit_events',
      `update audit_events set action = 'x' where id in (select event_id from audit_chain where seq between 2101 and 2200)`,
    );
    const report = await verify(app, node.file);
    expect(report).toMatchObject({
      faultCount: 101,
      faults: [
        { kind: 'event_altered', seq: 2001, fields: ['details'] },
        ...Array.from({ length: 19 }, () => ({})),
      ],
    });
  });
});

/** Alters the event at `seq` and recomputes its hash and the links up to `last`, as somebody without the signing key would. */
async function forgeFrom(
  app: App,
  input: { seq: number; details: string; last: number },
): Promise<void> {
  const [target] = (await listChain(app)).filter(({ seq }) => seq === input.seq);
  await tamper(
    app,
    'audit_events',
    `update audit_events set details = '${input.details}' where id = '${target!.eventId}'`,
  );
  const links = await transact(app.db, (tx) => listLinksAfter(tx, 0, 100));
  let previous: Buffer = GENESIS;
  for (const row of links) {
    const { hash, marks } = hashEvent(row.event!);
    const link =
      row.seq >= input.seq && row.seq <= input.last ? linkAfter(previous, row.seq, hash) : row.link;
    previous = link;
    const eventHash = row.seq <= input.last ? hash : row.eventHash;
    await tamper(
      app,
      'audit_chain',
      `update audit_chain set event_hash = '\\x${eventHash.toString('hex')}', field_marks = '\\x${marks.toString('hex')}',
              link = '\\x${link.toString('hex')}' where seq = ${row.seq}`,
    );
  }
}
