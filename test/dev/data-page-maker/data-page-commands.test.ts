import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { commands, runCommand } from '../../../src/cli.ts';
import { sandboxDataPage } from '../../../src/dev/data-page-maker/sandbox-data-page.ts';
import { demoPeople } from '../../../src/dev/demo-people.ts';
import { makePassport } from '../../../src/dev/passport-maker/make-passport.ts';
import { makeSandboxPki } from '../../../src/dev/passport-maker/sandbox-pki.ts';
import { mrzReport } from '../../../src/documents/mrz-report.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { readDataPage } from '../../../src/trust/read-data-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'tangchat-data-pages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const now = systemClock.now();

async function run(...argv: string[]) {
  const written = { out: '', err: '' };
  const io = {
    out: (text: string) => void (written.out += text),
    err: (text: string) => void (written.err += text),
  };
  return { code: await runCommand(argv, io), ...written };
}

describe('data-page print and read', () => {
  it('round-trip: what was printed is read, with every check digit, and exits 0', async () => {
    const printed = await run('data-page', 'print', '--damage', 'phone', '--out', at('phone.jpg'));
    expect(printed.code).toBe(0);
    const read = await run('data-page', 'read', at('phone.jpg'));
    expect(read.code).toBe(0);
    const report = JSON.parse(read.out);
    expect(report).toMatchObject({
      outcome: 'read',
      format: 'TD3',
      lines: printed.out.split('\n'),
    });
    expect(report.zone.checkDigits).toHaveLength(5);
    expect(report.confidence.least).toBeGreaterThan(0.97);
  });

  it('exit 2 with what to do where nothing can be read', async () => {
    await run('data-page', 'print', '--damage', 'glaring', '--out', at('glare.jpg'));
    const read = await run('data-page', 'read', at('glare.jpg'));
    expect(read.code).toBe(2);
    expect(JSON.parse(read.out).advice).toContainEqual({
      reason: 'glare',
      text: expect.stringContaining('tilt the page'),
    });
  });

  it('make the same picture from the same words, and another from another seed', async () => {
    const grainy = async (seed: string, name: string) => {
      await run('data-page', 'print', '--damage', 'grainy', '--seed', seed, '--out', at(name));
      return readFileSync(at(name));
    };
    const first = await grainy('7', 'a.jpg');
    expect(first.equals(await grainy('7', 'b.jpg'))).toBe(true);
    expect(first.equals(await grainy('8', 'c.jpg'))).toBe(false);
  });

  it('refuse words that they do not know', async () => {
    expect((await run('data-page', 'print', '--damage', 'burnt', '--out', at('x.jpg'))).code).toBe(
      64,
    );
    expect((await run('data-page', 'read')).code).toBe(64);
    expect((await run('data-page', 'read', at('missing.jpg'))).code).toBe(66);
  });

  it('are listed with their usage', () => {
    const words = commands.map((command) => command.words);
    expect(words).toEqual(expect.arrayContaining(['data-page read', 'data-page print']));
  });
});

describe('a photo is refused', () => {
  const options = { now, specimenStates: true };

  it('when it is none, SVG included', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), svg]) {
      expect(await readDataPage(bytes, options)).toEqual({ ok: false, reason: 'not_an_image' });
    }
  });

  it('when it is cut off', async () => {
    const whole = await sharp({
      create: { width: 900, height: 600, channels: 3, background: '#999' },
    })
      .png()
      .toBuffer();
    const cut = whole.subarray(0, whole.length >> 1);
    expect(await readDataPage(cut, options)).toEqual({ ok: false, reason: 'undecodable' });
  });

  it('when its header says that it holds more than 40 megapixels', async () => {
    const bomb = await sharp({
      create: { width: 9000, height: 5000, channels: 3, background: '#fff' },
    })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(await readDataPage(bomb, options)).toEqual({ ok: false, reason: 'too_many_pixels' });
  });

  it('and the command says so', async () => {
    writeFileSync(at('text.jpg'), 'no picture');
    const read = await run('data-page', 'read', at('text.jpg'));
    expect(read.code).toBe(2);
    expect(JSON.parse(read.out)).toEqual({ outcome: 'refused', reason: 'not_an_image' });
  });
});

describe('a sandbox data page', () => {
  it("carries the very zone that the person's chip signs", async () => {
    const pki = makeSandboxPki({ clock: systemClock, random: systemRandom });
    const passport = await makePassport(pki, { person: demoPeople.tomas, now });
    const page = sandboxDataPage(demoPeople.tomas, 'TD3', now);
    expect(page.mrzLines).toEqual(passport.mrzLines);
  });

  for (const format of ['TD3', 'TD2', 'TD1', 'MRV-A', 'MRV-B'] as const) {
    it(`has a valid zone as a ${format}, whoever's it is`, () => {
      for (const person of Object.values(demoPeople)) {
        const { mrzLines } = sandboxDataPage(person, format, now);
        expect(mrzReport(mrzLines.join('\n'), now)).toMatchObject({ valid: true, format });
      }
    });
  }
});
