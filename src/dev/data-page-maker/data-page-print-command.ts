import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { demoPeople, type DemoPersonKey } from '../demo-people.ts';
import { damages, type Damage } from './damages.ts';
import { drawDataPage } from './draw-data-page.ts';
import { sandboxDataPage } from './sandbox-data-page.ts';
import { plainShot, takePhoto } from './take-photo.ts';

const people = Object.keys(demoPeople) as [DemoPersonKey, ...DemoPersonKey[]];
const damageNames = Object.keys(damages) as [Damage, ...Damage[]];
const formats = ['TD3', 'TD2', 'TD1', 'MRV-A', 'MRV-B'] as const;
const EX_USAGE = 64;

const USAGE = `usage: tangchat data-page print [--person ${people.join('|')}] [--format ${formats.join('|')}]
                                [--damage ${damageNames.join('|')}]… [--seed NUMBER] --out FILE.jpg`;

const options = z.object({
  person: z.enum(people).default('anna'),
  format: z.enum(formats).default('TD3'),
  damage: z.array(z.enum(damageNames)).default([]),
  seed: z.coerce.number().int().nonnegative().default(1),
  out: z.string().min(1),
});

/** `tangchat data-page print`: a photo of a sandbox document as a JPEG, clean or damaged. The same words give the same picture. */
export async function runDataPagePrint(
  args: readonly string[],
  io: { out(text: string): void; err(text: string): void },
  { clock }: { clock: Clock },
): Promise<number> {
  const asked = parseOptions(args);
  if (asked === null) {
    io.err(USAGE);
    return EX_USAGE;
  }
  const content = sandboxDataPage(demoPeople[asked.person], asked.format, clock.now());
  const damage = Object.assign({}, ...asked.damage.map((name) => damages[name]));
  const shot = { ...plainShot, ...damage, seed: asked.seed };
  await writeFile(asked.out, await takePhoto(await drawDataPage(content), shot));
  io.out(content.mrzLines.join('\n'));
  return 0;
}

function parseOptions(args: readonly string[]): z.output<typeof options> | null {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        person: text,
        format: text,
        damage: { type: 'string', multiple: true },
        seed: text,
        out: text,
      },
    });
    const parsed = options.safeParse(values);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
