import { beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/oidc/error-codes.ts';
import { startTestServer } from '../harness.ts';
import type { TestServer } from '../harness.ts';
import { newWalker, signUp } from '../walk.ts';
import type { Walker } from '../walk.ts';
import {
  CALLBACK,
  authorizationRequest,
  authorize,
  relyingParty,
  tokenRequest,
} from './relying-party.ts';
import type { RelyingParty } from './relying-party.ts';

let server: TestServer;
let party: RelyingParty;
let walker: Walker;
beforeAll(async () => {
  server = await startTestServer();
  party = await relyingParty(server);
  ({ walker } = await signUp(server, { email: 'errors@example.org' }));
});

const help = (code: string) => `${server.url}/help/errors#${code}`;

describe('an error that an integrator can act on', () => {
  it('says at the token endpoint what was wrong with a code, and where to read on', async () => {
    const { url, checks } = await authorize(walker, party);
    const answer = await tokenRequest(server, party, {
      grant_type: 'authorization_code',
      code: url.searchParams.get('code')!,
      redirect_uri: `${CALLBACK}/other`,
      code_verifier: checks.pkceCodeVerifier,
    });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_uri: help('invalid_grant') },
    });
    expect(answer.body.error_description).toMatch(/redirect_uri/);
  });

  it('leads from an error at the service, too', async () => {
    const { path } = await authorizationRequest(party, { prompt: 'none', max_age: '0' });
    const { location } = await newWalker(server.url).get(path);
    const to = new URL(location!);
    expect(to.origin + to.pathname).toBe(CALLBACK);
    expect(to.searchParams.get('error')).toBe('login_required');
    expect(to.searchParams.get('error_uri')).toBe(help('login_required'));
    expect(to.searchParams.get('iss')).toBe(server.url);
  });

  it('names the parameter of a request that cannot be answered, and links its code', async () => {
    const { path } = await authorizationRequest(party, { redirect_uri: 'https://evil.example/' });
    const { status, text } = await newWalker(server.url).get(path);
    expect(status).toBe(400);
    expect(text).toContain('<code translate="no">redirect_uri</code>');
    expect(text).toContain(help('invalid_redirect_uri'));
  });

  it('keeps from outsiders in production whether a service exists', async () => {
    const production = await startTestServer();
    production.app.config = { ...production.app.config, sandbox: false };
    const answers = await Promise.all(
      ['lands-condo', 'no-such-service'].map((clientId) =>
        tokenRequest(production, { ...party, clientId, secret: 'wrong' }, { grant_type: 'x' }),
      ),
    );
    expect(answers[0]).toEqual(answers[1]);
  });

  it('has a paragraph for each code, in both languages', async () => {
    for (const lang of ['en', 'th']) {
      const { status, text } = await newWalker(server.url).get(`/help/errors?lang=${lang}`);
      expect(status).toBe(200);
      for (const code of ERROR_CODES) expect(text).toContain(`id="${code}"`);
    }
  });
});
