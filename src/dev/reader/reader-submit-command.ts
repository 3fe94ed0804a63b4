import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ChipFileName } from '../../documents/chip-verdict.ts';
import type { CommandIo } from '../../lib/command-io.ts';
import type { Random } from '../../lib/random.ts';
import { answerActiveAuthentication } from '../passport-maker/answer-active-authentication.ts';
import { readAgreementKey } from '../passport-maker/chip-authentication-key.ts';
import { simulateChip } from '../passport-maker/simulate-chip.ts';
import {
  ReaderRefused,
  openHandOff,
  relayChipAuthentication,
  sendFile,
  submitFiles,
} from './reader-client.ts';
import type { ChipAnswer, OpenedSession } from './reader-client.ts';

const USAGE = `usage: tangchat reader submit --passport DIR --link LINK_OR_TOKEN [--server URL] [--chip-key FILE]

  --passport DIR   a sandbox passport (tangchat passport make), or any folder of EF_SOD.bin, DG1.bin, DG2.bin …
  --link           the link below the QR code, or its token; a token alone needs --server
  --chip-key FILE  PKCS #8 key that answers the challenge; DIR/chip-key.pkcs8 where that is there
  --agreement-key FILE  key of chip authentication; DIR/chip-authentication.json where that is there`;

export const READER_EXIT = { accepted: 0, refused: 1, notSubmitted: 2, usage: 64 } as const;

interface Asked {
  folder: string;
  server: string;
  token: string;
  chipKey: string | null;
  agreementKey: string | null;
}

/**
 * `tangchat reader submit`: plays the phone and the chip over HTTP. Opens the hand-off, shows the number to compare, sends the
 * files, lets the chip's keys answer the server's challenge and its run of chip authentication, and prints the verdict. Exits 0 accepted, 1 refused, 2 not submitted.
 */
export async function runReaderSubmit(
  args: readonly string[],
  io: CommandIo,
  context: { random: Random },
): Promise<number> {
  const asked = parseAsked(args);
  if (asked === null) {
    io.err(USAGE);
    return READER_EXIT.usage;
  }
  try {
    return await play(asked, io, context.random);
  } catch (error) {
    if (error instanceof ReaderRefused) io.err(`Refused (${error.code}): ${error.message}`);
    else io.err(`Not submitted: ${error instanceof Error ? error.message : String(error)}`);
    return READER_EXIT.notSubmitted;
  }
}

function parseAsked(args: readonly string[]): Asked | null {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        passport: text,
        link: text,
        server: text,
        'chip-key': text,
        'agreement-key': text,
      },
    });
    const { passport, link } = values;
    if (!passport || !link) return null;
    const url = URL.parse(link);
    const token = url ? (/\/h\/([\w-]+)$/.exec(url.pathname)?.[1] ?? null) : link;
    const server = values.server ?? url?.origin;
    if (!token || !server || !URL.canParse(server)) return null;
    const keyIn = (given: string | undefined, name: string) => {
      const path = given ?? join(passport, name);
      return given || existsSync(path) ? path : null;
    };
    return {
      folder: passport,
      server,
      token,
      chipKey: keyIn(values['chip-key'], 'chip-key.pkcs8'),
      agreementKey: keyIn(values['agreement-key'], 'chip-authentication.json'),
    };
  } catch {
    return null;
  }
}

async function play(asked: Asked, io: CommandIo, random: Random): Promise<number> {
  const { folder, server, token } = asked;
  const key = asked.chipKey ? readKey(asked.chipKey) : null;
  const agreement = asked.agreementKey
    ? readAgreementKey(readFileSync(asked.agreementKey, 'utf8'))
    : null;
  if (!existsSync(join(folder, 'EF_SOD.bin')))
    throw new Error(`${folder} holds no EF_SOD.bin: is it a passport's folder?`);
  const session = await openHandOff(server, token);
  io.out(`Case ${session.caseRef}${session.accountHint ? ` of ${session.accountHint}` : ''}`);
  io.out(`Your screen must show: ${session.matchNumber}`);
  const files = new Map<ChipFileName, Buffer>();
  for (const name of [...session.files.required, ...session.files.optional]) {
    const path = join(folder, `${name}.bin`);
    if (!existsSync(path)) continue;
    const bytes = readFileSync(path);
    files.set(name, bytes);
    const sent = await sendFile(server, session.session, { name, bytes });
    io.out(`  sent ${sent.name.padEnd(7)} ${String(sent.sizeBytes).padStart(7)} bytes`);
  }
  // Before chip authentication, whose keys take the place of those that the phone has with the chip.
  const activeAuthentication = key ? answerChallenge(key, session, random) : null;
  if (agreement) {
    const chip = simulateChip(files, agreement);
    const run = await relayChipAuthentication(server, session.session, (command) =>
      chip.transmit(command),
    );
    io.out(`  chip authentication: ${run.state}${run.reason ? ` (${run.reason})` : ''}`);
  }
  const answer = await submitFiles(server, session.session, {
    activeAuthentication,
    idempotencyKey: random.token(18),
  });
  report(answer, io);
  return answer.outcome === 'accepted' ? READER_EXIT.accepted : READER_EXIT.refused;
}

function readKey(path: string): KeyObject {
  const bytes = readFileSync(path);
  const isPem = bytes.subarray(0, 10).toString('latin1') === '-----BEGIN';
  return createPrivateKey(isPem ? bytes : { key: bytes, format: 'der', type: 'pkcs8' });
}

function answerChallenge(key: KeyObject, { challenge }: OpenedSession, random: Random) {
  const response = answerActiveAuthentication(key, Buffer.from(challenge, 'base64url'), random);
  return { challenge, response: response.toString('base64url') };
}

function report(answer: ChipAnswer, io: CommandIo): void {
  for (const { name, verdict } of answer.files) io.out(`  ${name.padEnd(7)} ${verdict}`);
  for (const { name, outcome, reason } of answer.checks)
    if (outcome !== 'passed') io.out(`  ${name}: ${outcome}${reason ? ` (${reason})` : ''}`);
  io.out(`Chip: ${answer.verdict}, clone check ${answer.cloneCheck}`);
  if (answer.outcome === 'accepted') io.out('Accepted. Look at your screen: it goes on there.');
  else io.out(`Not accepted: ${answer.refusal}. Tries left: ${answer.attemptsLeft}.`);
}
