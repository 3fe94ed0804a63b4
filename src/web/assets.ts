import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions, OutputFile } from 'esbuild';
import type { Middleware } from 'koa';

const ROOT = join(import.meta.dirname, '../..');
const PREFIX = '/assets/';
const YEAR_SECONDS = 31_536_000;
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** What pages load besides themselves, built in memory, under names that change with the content. */
export interface Assets {
  /** URL path of an asset by its plain name (`main.css`, `page.js`, `favicon.svg`); throws where there is none. */
  readonly url: (name: string) => string;
  /** Serves /assets/* for a year and /favicon.ico; hands on all else. */
  readonly serve: Middleware;
}

/** Builds views/styles/main.css with its fonts, and src/browser/page.ts with the parts it loads when a page needs them. */
export async function buildAssets(): Promise<Assets> {
  const [css, js, icon] = await Promise.all([
    bundle({
      entryPoints: [{ in: join(ROOT, 'views/styles/main.css'), out: 'main' }],
      loader: { '.woff2': 'file', '.svg': 'file' },
    }),
    bundle({
      entryPoints: [join(ROOT, 'src/browser/page.ts')],
      format: 'esm',
      splitting: true,
    }),
    readFile(join(ROOT, 'views/styles/favicon.svg')),
  ]);
  const iconName = `favicon-${hashOf(icon)}.svg`;
  const files = new Map<string, Uint8Array>([[iconName, icon]]);
  const names = new Map<string, string>([['favicon.svg', iconName]]);
  for (const file of [...css, ...js]) {
    const served = file.path.slice(file.path.lastIndexOf('/') + 1);
    files.set(served, file.contents);
    names.set(served.replace(/-[A-Z0-9]{8}(?=\.\w+$)/, ''), served);
  }
  return {
    url: (name) => {
      const served = names.get(name);
      if (!served) throw new Error(`No asset is called ${name}`);
      return PREFIX + served;
    },
    serve: serve(files, iconName),
  };
}

async function bundle(options: BuildOptions): Promise<OutputFile[]> {
  const result = await build({
    ...options,
    bundle: true,
    minify: true,
    write: false,
    outdir: '/assets',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    publicPath: PREFIX,
    absWorkingDir: ROOT,
    target: ['chrome111', 'safari16.4', 'firefox115'],
    logLevel: 'silent',
  });
  return result.outputFiles ?? [];
}

function serve(files: ReadonlyMap<string, Uint8Array>, iconName: string): Middleware {
  return (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
    const isIcon = ctx.path === '/favicon.ico';
    if (!isIcon && !ctx.path.startsWith(PREFIX)) return next();
    const name = isIcon ? iconName : ctx.path.slice(PREFIX.length);
    const content = files.get(name);
    if (!content) {
      // An old page may ask for an old build's file.
      ctx.status = 404;
      ctx.type = 'text/plain';
      ctx.body = 'Not found';
      return undefined;
    }
    ctx.set(
      'Cache-Control',
      isIcon ? 'public, max-age=86400' : `public, max-age=${YEAR_SECONDS}, immutable`,
    );
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.type = TYPES[extname(name)] ?? 'application/octet-stream';
    ctx.body = Buffer.from(content);
    return undefined;
  };
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
}
