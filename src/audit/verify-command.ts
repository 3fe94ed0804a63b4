import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { JWK } from 'jose';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { Db } from '../lib/database.ts';
import type { Keys } from '../lib/keys.ts';
import { headsFileOf } from './heads-file.ts';
import { verifyAudit } from './verify.ts';

const PublicKey = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  kid: z.string(),
  x: z.string(),
  y: z.string(),
});
const KeyFile = z.union([
  PublicKey.transform((key) => [key]),
  z.object({ keys: z.array(PublicKey) }).transform(({ keys }) => keys),
]);

/**
 * `audit verify [--heads FILE | --no-heads] [--key FILE…]`: writes the report as JSON.
 * Exit code 0: sound; 1: broken; 64: wrong use. `--heads` names another copy of the heads (default: the one in DATA_DIR), `--key` the
 * public JWK or JWK set of earlier signers.
 */
export async function runAuditVerify(
  args: string[],
  io: { out(text: string): void; err(text: string): void },
  deployment: { config: Config; db: Db; keys: Keys },
): Promise<number> {
  let options: { heads?: string | undefined; 'no-heads': boolean; key: string[] };
  let publicKeys: JWK[];
  try {
    options = parseArgs({
      args,
      options: {
        heads: { type: 'string' },
        'no-heads': { type: 'boolean', default: false },
        key: { type: 'string', multiple: true, default: [] },
      },
    }).values;
    publicKeys = (await Promise.all(options.key.map(readKeys))).flat();
  } catch (error) {
    io.err(
      error instanceof z.ZodError ? '--key must name an EC P-256 JWK or JWK set' : String(error),
    );
    return 64;
  }
  const report = await verifyAudit(deployment.db, {
    headsFile: options['no-heads']
      ? null
      : (options.heads ?? headsFileOf(deployment.config.DATA_DIR)),
    publicKeys: [deployment.keys.auditSigningJwk, ...publicKeys],
  });
  io.out(JSON.stringify(report, null, 2));
  return report.sound ? 0 : 1;
}

async function readKeys(file: string): Promise<JWK[]> {
  return KeyFile.parse(JSON.parse(await readFile(file, 'utf8')));
}
