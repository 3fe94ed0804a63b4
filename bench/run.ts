/** Every benchmark by its name: `npm run bench -- oidc`; without a name, all of them. */
const BENCHES: Record<string, () => Promise<void>> = {
  documents: async () => (await import('./documents.ts')).runDocuments(),
  registry: async () => (await import('./registry.ts')).runRegistry(),
  oidc: async () => (await import('./oidc/run-oidc.ts')).runOidc(),
  'oidc-scale': async () => (await import('./oidc/run-scale.ts')).runScale(),
  'oidc-expiry': async () => (await import('./oidc/run-expiry.ts')).runExpiry(),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(
    `No benchmark ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}`,
  );
  process.exitCode = 64;
} else {
  for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) await BENCHES[name]!();
}
