import { createPrivateKey } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import { writeOnce } from '../../lib/write-once.ts';
import { makeSandboxPki, type SandboxPki } from './sandbox-pki.ts';
import type { Identity } from './write-certificate.ts';

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));
const identity = z.object({
  name: z.string(),
  privateKey: bytes,
  certificate: bytes,
  serial: bytes,
});
const pkiFile = z.object({
  development: z.literal(true),
  csca: identity,
  unknownCsca: identity,
  signers: z.object({
    rsa: identity,
    ecdsa: identity,
    revoked: identity,
    expired: identity,
    unknown: identity,
  }),
  revocationList: bytes,
});

const FILE = 'sandbox-pki.json';

/**
 * The sandbox PKI of a key folder, made where there is none yet. Development keys: every node and command of one
 * deployment reads the same file. Two that start together agree on the one that was linked first.
 */
export function loadOrMakeSandboxPki(
  keysDir: string,
  app: { clock: Clock; random: Random },
): SandboxPki {
  const path = join(keysDir, FILE);
  const known = readPki(path);
  if (known !== null) return known;
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  writeOnce(path, `${JSON.stringify(serialised(makeSandboxPki(app)), null, 2)}\n`);
  return readPki(path)!;
}

function readPki(path: string): SandboxPki | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const read = pkiFile.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(`${path} is not a sandbox PKI: remove it to get a new one`);
  const { csca, unknownCsca, signers, revocationList } = read.data;
  return {
    csca: identityOf(csca),
    unknownCsca: identityOf(unknownCsca),
    signers: {
      rsa: identityOf(signers.rsa),
      ecdsa: identityOf(signers.ecdsa),
      revoked: identityOf(signers.revoked),
      expired: identityOf(signers.expired),
      unknown: identityOf(signers.unknown),
    },
    revocationList,
  };
}

function identityOf(read: z.output<typeof identity>): Identity {
  const privateKey = createPrivateKey({ key: read.privateKey, format: 'der', type: 'pkcs8' });
  return { ...read, privateKey };
}

function serialised(pki: SandboxPki): z.input<typeof pkiFile> {
  const one = ({ name, privateKey, certificate, serial }: Identity) => ({
    name,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    certificate: certificate.toString('base64'),
    serial: serial.toString('base64'),
  });
  const { rsa, ecdsa, revoked, expired, unknown } = pki.signers;
  return {
    development: true,
    csca: one(pki.csca),
    unknownCsca: one(pki.unknownCsca),
    signers: {
      rsa: one(rsa),
      ecdsa: one(ecdsa),
      revoked: one(revoked),
      expired: one(expired),
      unknown: one(unknown),
    },
    revocationList: pki.revocationList.toString('base64'),
  };
}
