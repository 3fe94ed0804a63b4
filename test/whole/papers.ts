import sharp from 'sharp';
import type { DemoPerson } from '../../src/dev/demo-people.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { drawPortrait } from '../../src/dev/passport-maker/draw-portrait.ts';
import { makePassport } from '../../src/dev/passport-maker/make-passport.ts';
import type { SandboxPassport } from '../../src/dev/passport-maker/make-passport.ts';
import { loadOrMakeSandboxPki } from '../../src/dev/passport-maker/sandbox-pki-file.ts';
import { demoContent } from '../../src/dev/sandbox-register/demo-records.ts';
import type { SandboxRecord } from '../../src/dev/sandbox-register/sandbox-record.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { systemRandom } from '../../src/lib/random.ts';
import type { Place } from './running-product.ts';

/** A passport that the running product trusts: under the sandbox CSCA of its key folder. */
export function passportFor(
  { keysDir }: Place,
  person: DemoPerson,
  portrait?: Buffer,
): Promise<SandboxPassport> {
  const pki = loadOrMakeSandboxPki(keysDir, { clock: systemClock, random: systemRandom });
  return makePassport(pki, {
    person,
    now: systemClock.now(),
    ...(portrait ? { portrait } : {}),
  });
}

/** Puts a record like Anna's on file at the running sandbox register. */
export async function putOnRegister(
  { registerUrl }: Pick<Place, 'registerUrl'>,
  change: (anna: SandboxRecord) => SandboxRecord,
): Promise<void> {
  const [anna] = demoContent(systemClock.now()).records;
  const answer = await fetch(`${registerUrl}/control/records`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change(anna!)),
  });
  if (!answer.ok) throw new Error(`The register's control answered ${answer.status}.`);
}

/** A live picture as a camera gives it, of the size that the page sends. */
export async function livePicture(person: DemoPerson = demoPeople.anna): Promise<Buffer> {
  const drawn = await drawPortrait(person.look);
  return sharp(drawn).resize({ width: 960 }).jpeg({ quality: 90 }).toBuffer();
}
