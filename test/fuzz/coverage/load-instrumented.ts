import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { COUNTERS, requireRoom } from './block-counters.ts';
import { instrument } from './instrument.ts';

/** What is measured: our parsers, the readers of image headers, and the fuzzer's own planted fault. */
const MEASURED = /\/src\/documents\/|\/src\/lib\/jpeg2000-header\.ts|\/test\/fuzz\/planted\.ts/;

export interface InstrumentedModules {
  /** Where each block is: `ber.ts:41:7`. */
  blocks: string[];
  literals: (string | number)[];
}

/** From now on measured modules come with counters. Call it before any of them is loaded, once a thread. */
export function loadInstrumented(): InstrumentedModules {
  const modules: InstrumentedModules = { blocks: [], literals: [] };
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!MEASURED.test(url) || loaded.source === undefined || loaded.source === null) {
        return loaded;
      }
      const typed = Buffer.from(loaded.source as Uint8Array | string as string).toString('utf8');
      const { source, blocks, literals } = instrument(
        stripTypeScriptTypes(typed),
        COUNTERS,
        modules.blocks.length,
      );
      const file = url.slice(url.lastIndexOf('/') + 1);
      for (const at of blocks) modules.blocks.push(`${file}:${placeOf(typed, at)}`);
      requireRoom(modules.blocks.length);
      modules.literals.push(...literals);
      return { format: 'module', source, shortCircuit: true };
    },
  });
  return modules;
}

/** Stripping types moves nothing, so places in the one source are places in the other. */
function placeOf(source: string, at: number): string {
  const lines = source.slice(0, at).split('\n');
  return `${lines.length}:${lines.at(-1)!.length + 1}`;
}
