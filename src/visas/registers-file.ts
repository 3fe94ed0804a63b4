import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { REGISTER_KINDS } from './registers.ts';

const file = z.string().min(1);
const common = {
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
  url: z.url({ protocol: /^https?$/ }),
  /** Public keys that it signs with. */
  jwksFile: file,
  tls: z.object({ certFile: file, keyFile: file, caFile: file.optional() }).optional(),
};
const register = z.strictObject({
  ...common,
  kind: z.enum(REGISTER_KINDS),
  lagSeconds: z
    .int()
    .min(0)
    .max(31 * 86_400),
  required: z.boolean().default(false),
  /** It takes requests to correct entries; false: they go there as letters. */
  corrections: z.boolean().default(false),
});
const watch = z.strictObject({ ...common, kind: z.literal('watch_list') });

const registersFile = z
  .strictObject({ registers: z.array(z.discriminatedUnion('kind', [register, watch])).max(20) })
  .refine(({ registers }) => new Set(registers.map(({ name }) => name)).size === registers.length, {
    error: 'two registers have one name',
  })
  .refine(({ registers }) => registers.every(({ name }) => name !== 'immigration'), {
    error: 'the name "immigration" is that of REGISTER_URL',
  });

export type ListedRegister = z.output<typeof register> | z.output<typeof watch>;

/**
 * The further registers that REGISTERS_FILE lists; file names in it are relative to it. Throws a plain sentence where it
 * cannot be used.
 */
export function readRegistersFile(path: string): ListedRegister[] {
  try {
    const { registers } = registersFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    const beside = (name: string) => resolve(dirname(path), name);
    return registers.map(({ jwksFile, tls, ...entry }) => ({
      ...entry,
      jwksFile: beside(jwksFile),
      ...(tls && {
        tls: {
          certFile: beside(tls.certFile),
          keyFile: beside(tls.keyFile),
          ...(tls.caFile && { caFile: beside(tls.caFile) }),
        },
      }),
    }));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`REGISTERS_FILE cannot be used: ${why}`, { cause: error });
  }
}
