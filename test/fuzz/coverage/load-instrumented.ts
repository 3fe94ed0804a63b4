import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { COUNTERS, requireRoom } from './block-counters.ts';
import { instrument } from './instrument.ts';

/** What is measured: our parsers, the readers of image headers, and the fuzzer's own planted fault. */
const MEASURED = /\/src\/documents\/|\/src\/lib\/jpeg2000-header\.ts|\/test\/fuzz\/planted\.ts/;

export interface InstrumentedModules {
  blocks: number;
  literals: (string | number)[];
}

/** From now on measured modules come with counters. Call it before any of them is loaded, once a thread. */
export function loadInstrumented(): InstrumentedModules {
  const modules: InstrumentedModules = { blocks: 0, literals: [] };
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
        modules.blocks,
      );
      modules.blocks += blocks;
      requireRoom(modules.blocks);
      modules.literals.push(...literals);
      return { format: 'module', source, shortCircuit: true };
    },
  });
  return modules;
}
