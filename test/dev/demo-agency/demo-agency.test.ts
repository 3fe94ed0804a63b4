import { expect, it } from 'vitest';
import { atEnd } from '../../at-end.ts';
import { registerDemoAgencies } from '../../../src/dev/demo-agency/register-demo-agencies.ts';
import { startDemoAgencies } from '../../../src/dev/demo-agency/start-demo-agencies.ts';
import type { FullApp } from '../../../src/app.ts';
import { freePorts, startTestServer } from '../../harness.ts';
import { agree, follow } from '../../oidc/relying-party.ts';
import { newWalker, signUp } from '../../walk.ts';
import type { Walker } from '../../walk.ts';

/** Both agencies on ports that are free. */
async function demoAgencies(server: { app: FullApp; url: string }) {
  const PORT = (await freePorts(2)) - 2;
  const app = { ...server.app, config: { ...server.app.config, PORT } };
  const clients = await registerDemoAgencies(app);
  const running = await startDemoAgencies({ issuer: server.url, clients, random: app.random });
  atEnd(() => running.close());
  return clients.map(({ url }) => newWalker(url));
}

/** Presses a button at the agency, which has no form tokens of ours; gives where it leads. */
async function press(walker: Walker, path: string): Promise<string> {
  const cookie = [...walker.cookies].map((pair) => pair.join('=')).join('; ');
  const answer = await fetch(new URL(path, walker.url), {
    method: 'POST',
    headers: { cookie },
    redirect: 'manual',
  });
  return answer.headers.get('location') ?? '';
}

it('signs a person in, shows what it was told, asks again, and signs them out', async () => {
  const server = await startTestServer();
  const [lands, revenue] = await demoAgencies(server);
  const { walker } = await signUp(server, { email: 'anna@example.org' });

  const begun = await revenue!.get('/sign-in');
  const consent = await follow(walker, begun.location!.slice(server.url.length) || '/');
  const back = await agree(walker, consent);
  if (back.at !== 'service') throw new Error('not back at the agency');
  const landed = await revenue!.visit(`${back.url.pathname}${back.url.search}`);
  expect(landed.text).toContain('urn:tangchat:acr:ial0:aal2');
  expect(landed.text).toContain('an account, nobody has looked at papers yet');

  const asked = await revenue!.visit(await press(revenue!, '/userinfo'));
  expect(asked.text).toContain('Userinfo was asked again');
  const refreshed = await revenue!.visit(await press(revenue!, '/refresh'));
  expect(refreshed.text).toContain('The tokens were refreshed');

  const leaving = await press(revenue!, '/sign-out');
  expect(leaving).toContain(`${server.url}/oidc/sign-out?id_token_hint=`);
  expect((await lands!.get('/?lang=th')).text).toContain('เข้าสู่ระบบด้วย Tangchat ID');
});

it('tells an OAuth error in plain words, and starts anew only for the provider it knows', async () => {
  const server = await startTestServer();
  const [lands] = await demoAgencies(server);
  const { walker } = await signUp(server, { email: 'mai@example.org' });
  const begun = await lands!.get(`/initiate-login?iss=${encodeURIComponent(server.url)}`);
  const level = await follow(walker, begun.location!.slice(server.url.length));
  if (level.at !== 'page') throw new Error('no page');
  expect(level.answer.text).toContain('Prove who you are');
  const refused = await follow(walker, await walker.post(`${level.path}/cancellation`));
  if (refused.at !== 'service') throw new Error('not back');
  const page = await lands!.get(`${refused.url.pathname}${refused.url.search}`);
  expect(page.status).toBe(403);
  expect(page.text).toContain('You did not agree, or cancelled.');
  expect((await lands!.get('/initiate-login?iss=https://evil.example')).location).toBe('/');
});
