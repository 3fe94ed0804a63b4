import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withGeneratedClaims } from '../../src/oidc/describe-claims.ts';
import { readVerifiedClaims } from '../../src/oidc/verified-claims-request.ts';
import { SHARED_ITEMS } from '../../src/oidc/shared-items.ts';
import { LANGUAGES, LOCALES_FOLDER, readLocale } from '../../src/web/languages.ts';

const path = new URL('../../docs/claims.md', import.meta.url);

it('docs/claims.md says what the code does (UPDATE_DOCS=1 writes it anew)', () => {
  const document = readFileSync(path, 'utf8');
  const generated = withGeneratedClaims(document);
  if (process.env.UPDATE_DOCS) writeFileSync(path, generated);
  else expect(document).toBe(generated);
});

it('shows an example there that is a request of the right form', () => {
  const [, example] = /```json\n([\s\S]*?)```/.exec(readFileSync(path, 'utf8'))!;
  expect(readVerifiedClaims(JSON.parse(example!), 'userinfo')).toMatchObject({ ok: true });
});

it('refuses a document without marks', () => {
  expect(() => withGeneratedClaims('# nothing')).toThrow(/marks/);
});

it('has a word for everything that can be shared, in every language', () => {
  for (const { lang } of LANGUAGES) {
    const { oidc } = readLocale(LOCALES_FOLDER, lang) as { oidc: { claim: object } };
    expect(Object.keys(oidc.claim).toSorted()).toEqual(SHARED_ITEMS.toSorted());
  }
});
