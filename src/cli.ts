import { stderr, stdout } from 'node:process';
import { sandboxTrust, seed, showConfig, withApp, withSandboxKeys } from './command-app.ts';
import { systemClock } from './lib/clock.ts';
import type { CommandIo } from './lib/command-io.ts';
import { systemRandom } from './lib/random.ts';

export interface Command {
  /** Words that select it: `id check`. */
  words: string;
  usage: string;
  purpose: string;
  /** Gives the exit code. */
  run(args: string[], io: CommandIo): Promise<number>;
}

/** Every command, one line each. Modules are loaded when called: `tangchat id check` opens no database. */
export const commands: readonly Command[] = [
  {
    words: 'serve',
    usage: 'serve',
    purpose: 'Starts everything, as npm start does.',
    run: async () => (await import('./main.ts')).runServer(),
  },
  {
    words: 'migrate',
    usage: 'migrate',
    purpose: 'Brings the database up to date and stops.',
    run: async (_args, io) => withApp(io, async () => 0),
  },
  {
    words: 'seed',
    usage: 'seed',
    purpose: 'Prepares the sandbox: demo passports, officers and trust. Idempotent.',
    run: async (_args, io) => withApp(io, (app) => seed(app, io)),
  },
  {
    words: 'config',
    usage: 'config',
    purpose:
      'Lists every setting with its value, default and purpose; exits 78 where one has a fault.',
    run: showConfig,
  },
  {
    words: 'id check',
    usage: 'id check NUMBER',
    purpose: 'Is this a well-formed foreign-national ID? Exits 0, or 1 with the reason.',
    run: async (args, io) => (await import('./registry/id-check-command.ts')).runIdCheck(args, io),
  },
  {
    words: 'mrz',
    usage: 'mrz FILE',
    purpose: 'Reads a machine-readable zone, as JSON. Exits 0 where it is valid, 1 where not.',
    run: async (args, io) =>
      (await import('./trust/mrz-command.ts')).runMrz(args, io, { clock: systemClock }),
  },
  {
    words: 'chip verify',
    usage:
      'chip verify DIR [--anchors FILE…] [--root CER…] [--crl FILE…] [--at DATE] [--mrz FILE] [--test-anchors]',
    purpose: 'Verifies chip files, verdict as JSON. Exits 0 genuine, 1 rejected, 2 unverifiable.',
    run: async (args, io) =>
      (await import('./trust/verify-chip-folder.ts')).runChipVerify(args, io, {
        clock: systemClock,
        testTrust: sandboxTrust,
        rootsFolder: 'keys',
      }),
  },
  {
    words: 'anchors import',
    usage: 'anchors import FILE --root CER [--dry-run]',
    purpose: 'Imports a CSCA master list under a pinned root; says what changed. Exits 0, or 1.',
    run: async (args, io) =>
      (await import('./trust/import-anchors-command.ts')).runAnchorsImport(args, io, {
        clock: systemClock,
        withApp: (work) => withApp(io, work),
      }),
  },
  {
    words: 'crl import',
    usage: 'crl import FILE…',
    purpose: "Brings states' revocation lists in; says what became of each. Exits 0, or 1.",
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./trust/crl-import-command.ts')).runCrlImport(args, io, app),
      ),
  },
  {
    words: 'signers add',
    usage: 'signers add FILE…',
    purpose:
      'Keeps document signers for SODs that leave theirs out. Exits 0, or 1 with the reason.',
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./trust/signers-add-command.ts')).runSignersAdd(args, io, app),
      ),
  },
  {
    words: 'seal verify',
    usage:
      'seal verify FILE --signers DIR [--mrz FILE…] [--passport NUMBER] [--at DATE] [--revocation required|reported]',
    purpose:
      'Verifies a visible digital seal (hex, JSON or a picture of it), verdict as JSON. Exits 0 genuine, 1 rejected, 2 refer.',
    run: async (args, io) =>
      (await import('./trust/seal-verify-command.ts')).runSealVerify(args, io, {
        clock: systemClock,
      }),
  },
  {
    words: 'passport make',
    usage:
      'passport make [--person NAME] [--algorithm rsa|ecdsa] [--chip-authentication ecdh|dh] [--no-active-authentication] [--defect DEFECT] --out DIR',
    purpose: 'Makes a sandbox passport with real signatures under the sandbox CSCA.',
    run: (args, io) =>
      withSandboxKeys(io, async (keysDir) =>
        (await import('./dev/passport-maker/passport-make-command.ts')).runPassportMake(args, io, {
          keysDir,
          clock: systemClock,
          random: systemRandom,
        }),
      ),
  },
  {
    words: 'data-page read',
    usage: 'data-page read IMAGE',
    purpose:
      'Reads the zone in a photo of a data page, as JSON. Exits 0 read, 1 candidates only, 2 unreadable.',
    run: async (args, io) =>
      (await import('./trust/data-page-read-command.ts')).runDataPageRead(args, io, {
        clock: systemClock,
      }),
  },
  {
    words: 'data-page print',
    usage: 'data-page print [--person NAME] [--format FORMAT] [--damage KIND]… --out FILE',
    purpose: 'Photographs the data page of a sandbox passport, clean or damaged.',
    run: async (args, io) =>
      (await import('./dev/data-page-maker/data-page-print-command.ts')).runDataPagePrint(
        args,
        io,
        { clock: systemClock },
      ),
  },
  {
    words: 'reader submit',
    usage: 'reader submit --passport DIR --link LINK [--chip-key FILE] [--agreement-key FILE]',
    purpose: 'Plays the phone that reads a passport chip for a proofing case.',
    run: async (args, io) =>
      (await import('./dev/reader/reader-submit-command.ts')).runReaderSubmit(args, io, {
        random: systemRandom,
      }),
  },
  {
    words: 'stay rules import',
    usage: 'stay rules import FILE',
    purpose: 'Makes a whole set of dated stay rules the next version. Exits 0, or 1.',
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./visas/stay-command.ts')).runStayRulesImport(args, io, app),
      ),
  },
  {
    words: 'stay rules show',
    usage: 'stay rules show',
    purpose: 'Prints the stay rules in force and their version, as JSON.',
    run: (_args, io) =>
      withApp(io, async (app) =>
        (await import('./visas/stay-command.ts')).runStayRulesShow(io, app),
      ),
  },
  {
    words: 'stay replay',
    usage: 'stay replay STAYS (--rules FILE | --proposed) [--at DATE]',
    purpose: 'Shows what a changed set of stay rules would change over a file of stays.',
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./visas/stay-command.ts')).runStayReplay(args, io, app),
      ),
  },
  {
    words: 'audit verify',
    usage: 'audit verify [--heads FILE | --no-heads] [--key FILE]',
    purpose: 'Proves the audit trail unbroken. Exits 0, or 1 with the first broken link as JSON.',
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./audit/verify-command.ts')).runAuditVerify(args, io, app),
      ),
  },
  {
    words: 'officer invite',
    usage: 'officer invite --name NAME --role ROLE [--role ROLE]',
    purpose: "Makes an officer's account; prints the single-use link that registers their passkey.",
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./accounts/invite-command.ts')).runOfficerInvite(args, io, app),
      ),
  },
  {
    words: 'demo life',
    usage: 'demo life',
    purpose:
      'Plays one life: tourist, renewed passport, worker, one number. Shows what a service sees. Sandbox only.',
    run: (args, io) =>
      withApp(io, async (app) => (await import('./dev/demo-life.ts')).runDemoLife(args, io, app)),
  },
  {
    words: 'person erase',
    usage: 'person erase NUMBER --reason REASON [--confirm CODE]',
    purpose:
      'Erases a person: shows what would go and a code, and with that code does it. Exits 0, 1 refused, 2 not yet confirmed.',
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./admin/person-erase-command.ts')).runPersonErase(args, io, app),
      ),
  },
  {
    words: 'hold add',
    usage: 'hold add (--person ID | --number NUMBER | --case ID) --reason REASON --reference REF',
    purpose: 'Keeps the records of a person or a case from being purged or erased. Exits 0, or 1.',
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./registry/hold-command.ts')).runHoldAdd(args, io, app),
      ),
  },
  {
    words: 'hold release',
    usage: 'hold release ID',
    purpose: 'Ends a legal hold. Exits 0, or 1 where none of this id is in force.',
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./registry/hold-command.ts')).runHoldRelease(args, io, app),
      ),
  },
  {
    words: 'hold list',
    usage: 'hold list',
    purpose: 'Lists the legal holds in force, as JSON.',
    run: (_args, io) =>
      withApp(io, async (app) => (await import('./registry/hold-command.ts')).runHoldList(io, app)),
  },
  {
    words: 'retention report',
    usage: 'retention report [--days N]',
    purpose:
      'Tells what is kept, held and due, and what the purge removed, as JSON. Exits 0, 1 where something is overdue.',
    run: (args, io) =>
      withApp(io, async (app) => {
        const { keepers } = await import('./jobs.ts');
        const { runRetentionReport } = await import('./proofing/retention/report-command.ts');
        return runRetentionReport(args, io, { app, keepers });
      }),
  },
  {
    words: 'retention purge',
    usage: 'retention purge',
    purpose: 'Purges now what is past its term, as the daily job does; after every restore.',
    run: (_args, io) =>
      withApp(io, async (app) => {
        const { keepers } = await import('./jobs.ts');
        const { runRetentionPurge } = await import('./proofing/retention/report-command.ts');
        return runRetentionPurge(io, { app, keepers });
      }),
  },
  {
    words: 'keys make',
    usage: 'keys make DIR [--signer]',
    purpose:
      'Makes the secret keys of a production deployment in DIR; --signer: a signer makes those that sign.',
    run: async (args, io) => (await import('./lib/keys-make-command.ts')).runKeysMake(args, io),
  },
  {
    words: 'keys list',
    usage: 'keys list [--all]',
    purpose: "Lists the OpenID provider's keys and when each is used, as JSON.",
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./oidc/signing-keys/keys-command.ts')).runKeysList(args, io, app),
      ),
  },
  {
    words: 'keys rotate',
    usage: 'keys rotate [--kind KIND]… [--now] | keys rotate --compromised KID',
    purpose:
      'Gives the OpenID provider new keys: published now, used once everybody knows them; or drops one that others know.',
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./oidc/signing-keys/keys-command.ts')).runKeysRotate(args, io, app),
      ),
  },
  {
    words: 'client token',
    usage: 'client token FILE',
    purpose: 'Issues a token to register services by program (RFC 7591). Sandbox only.',
    run: async (args, io) =>
      withApp(io, async (app) =>
        (await import('./agencies/client-token-command.ts')).runClientToken(args, io, app),
      ),
  },
  {
    words: 'client add',
    usage: 'client add FILE [--replace]',
    purpose:
      'Registers a service from OIDC client metadata and our policy; prints its secret once.',
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./agencies/client-add-command.ts')).runClientAdd(args, io, app),
      ),
  },
  {
    words: 'resource add',
    usage: 'resource add FILE [--replace]',
    purpose: "Registers an agency's resource server: its scopes, tokens and who may ask for them.",
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./agencies/resource-add-command.ts')).runResourceAdd(args, io, app),
      ),
  },
  {
    words: 'agreement add',
    usage: 'agreement add FILE',
    purpose: "Registers what a service may fetch from another agency's resource for its users.",
    run: (args, io) =>
      withApp(io, async (app) =>
        (await import('./agencies/resource-add-command.ts')).runAgreementAdd(args, io, app),
      ),
  },
];

const io: CommandIo = {
  out: (text) => void stdout.write(`${text}\n`),
  err: (text) => void stderr.write(`${text}\n`),
};

/** Finds the command that the words name and runs it; 64 (EX_USAGE) where there is none. */
export async function runCommand(argv: string[], output: CommandIo = io): Promise<number> {
  const line = argv.join(' ');
  const command = commands
    .filter(({ words }) => line === words || line.startsWith(`${words} `))
    .toSorted((a, b) => b.words.length - a.words.length)[0];
  if (command) return command.run(argv.slice(command.words.split(' ').length), output);
  const known = commands.map(({ usage, purpose }) => `  tangchat ${usage}\n      ${purpose}`);
  output.err(`${line ? `There is no command "${line}".\n\n` : ''}Commands:\n${known.join('\n')}`);
  return line === '' || line === 'help' ? 0 : 64;
}

// `tangchat … | head` closes our output early: that ends the command's words, not the command.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

if (import.meta.main) process.exitCode = await runCommand(process.argv.slice(2));
