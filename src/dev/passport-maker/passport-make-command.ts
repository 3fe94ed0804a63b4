import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import { answerActiveAuthentication } from './answer-active-authentication.ts';
import {
  AGREEMENTS,
  CHIP_CIPHERS,
  makeAgreementKey,
  writeAgreementKey,
} from './chip-authentication-key.ts';
import { demoPeople, type DemoPerson } from '../demo-people.ts';
import { makePassport, passportDefects } from './make-passport.ts';
import type { PassportRequest, SandboxPassport } from './make-passport.ts';
import { loadOrMakeSandboxPki } from './sandbox-pki-file.ts';
import type { SandboxPki } from './sandbox-pki.ts';

const USAGE = `usage: tangchat passport make [--person ${Object.keys(demoPeople).join('|')}] [--algorithm rsa|ecdsa]
                             [--chip-authentication ${AGREEMENTS.join('|')} [--chip-cipher ${CHIP_CIPHERS.join('|')}]]
                             [--no-active-authentication]
                             [--defect ${passportDefects.join('|')}] [--number NUMBER]
                             [--code P|PD|PE|PL|PM|PO|PR|PS|PT] [--nationality XXA|XXB|XXC|XXX] --out DIR`;
const EX_USAGE = 64;

const options = z.object({
  person: z.string().default('anna').transform(personNamed).pipe(z.custom<DemoPerson>(Boolean)),
  algorithm: z.enum(['rsa', 'ecdsa']).optional(),
  'chip-authentication': z.enum(AGREEMENTS).optional(),
  'chip-cipher': z.enum(CHIP_CIPHERS).default('aes-128'),
  'no-active-authentication': z.boolean().default(false),
  defect: z.enum(passportDefects).optional(),
  number: z
    .string()
    .regex(/^[A-Z0-9]{1,9}$/)
    .optional(),
  code: z
    .string()
    .regex(/^P[A-Z]?$/)
    .optional(),
  nationality: z.enum(['XXA', 'XXB', 'XXC', 'XXX']).optional(),
  out: z.string().min(1),
});

/**
 * `tangchat passport make`: writes the chip files, `passport.json` (zone, facts), `chip-key.pkcs8` (what the chip signs
 * challenges with) and one recorded active authentication, `chip-authentication.json` where one was asked for (what it agrees
 * on keys with), the portrait, and the CSCA and CRL under which it verifies. `reader submit` and `chip verify` take the folder.
 */
export async function runPassportMake(
  args: readonly string[],
  io: { out(text: string): void; err(text: string): void },
  context: { keysDir: string; clock: Clock; random: Random },
): Promise<number> {
  const asked = parseOptions(args);
  if (asked === null) {
    io.err(USAGE);
    return EX_USAGE;
  }
  const pki = loadOrMakeSandboxPki(context.keysDir, context);
  const request: PassportRequest = {
    person: asked.person,
    now: context.clock.now(),
    ...(asked.algorithm === undefined ? {} : { algorithm: asked.algorithm }),
    ...(asked.defect === undefined ? {} : { defect: asked.defect }),
    ...(asked.code === undefined ? {} : { documentCode: asked.code }),
    ...(asked.nationality === undefined ? {} : { nationality: asked.nationality }),
    ...(asked.number === undefined ? {} : { documentNumber: asked.number }),
    activeAuthentication: !asked['no-active-authentication'],
    ...(asked['chip-authentication'] === undefined
      ? {}
      : {
          chipAuthentication: {
            key: makeAgreementKey(asked['chip-authentication']),
            cipher: asked['chip-cipher'],
          },
        }),
  };
  const passport = await makePassport(pki, request);
  await writePassport(asked.out, passport, pki, request);
  if (passport.files.has('DG15')) {
    const challenge = context.random.bytes(8);
    const answer = answerActiveAuthentication(passport.chipKey, challenge, context.random);
    await writeFile(join(asked.out, 'AA_challenge.bin'), challenge);
    await writeFile(join(asked.out, 'AA_response.bin'), answer);
  }
  io.out(`${asked.out}: ${[...passport.files.keys()].join(', ')}`);
  return 0;
}

function parseOptions(args: readonly string[]): z.output<typeof options> | null {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        person: text,
        algorithm: text,
        'chip-authentication': text,
        'chip-cipher': text,
        'no-active-authentication': { type: 'boolean' },
        defect: text,
        number: text,
        code: text,
        nationality: text,
        out: text,
      },
    });
    const parsed = options.safeParse(values);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** By key or by surname, in either case. */
function personNamed(name: string): DemoPerson | undefined {
  const wanted = name.toLowerCase();
  return Object.values(demoPeople).find(
    ({ key, primaryIdentifier }) => key === wanted || primaryIdentifier.toLowerCase() === wanted,
  );
}

/** Writes a passport as a folder of files; makes the folder. */
export async function writePassport(
  folder: string,
  passport: SandboxPassport,
  pki: SandboxPki,
  request: Pick<PassportRequest, 'person' | 'defect'>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const write = (name: string, content: Buffer | string) => writeFile(join(folder, name), content);
  for (const [name, bytes] of passport.files) await write(`${name}.bin`, bytes);
  if (passport.files.has('DG15'))
    await write('chip-key.pkcs8', passport.chipKey.export({ type: 'pkcs8', format: 'der' }));
  if (passport.agreementKey)
    await write('chip-authentication.json', writeAgreementKey(passport.agreementKey));
  await write('portrait.jpg', passport.portrait);
  await write('sandbox-csca.cer', pki.csca.certificate);
  await write('sandbox.crl', pki.revocationList);
  const description = {
    person: request.person.key,
    defect: request.defect ?? null,
    mrz: passport.mrzLines,
    facts: passport.facts,
    visaNumber: request.person.visaNumber,
    email: request.person.email,
  };
  await write('passport.json', `${JSON.stringify(description, null, 2)}\n`);
}
