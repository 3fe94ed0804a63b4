import { expect, it } from 'vitest';
import { runDemoLife } from '../../src/dev/demo-life.ts';
import { testApp } from '../harness.ts';

async function run(settings: { sandbox: boolean }) {
  const app = await testApp();
  const lines: string[] = [];
  const io = {
    out: (text: string) => void lines.push(text),
    err: (text: string) => void lines.push(text),
  };
  const exit = await runDemoLife([], io, {
    ...app,
    config: { ...app.config, sandbox: settings.sandbox },
  });
  return { exit, text: lines.join('\n') };
}

it('plays a life in which number and sub stay, and says at each step what a service sees', async () => {
  const { exit, text } = await run({ sandbox: true });
  expect(text).toContain('One number and one sub throughout.');
  expect(exit).toBe(0);
  expect([...text.matchAll(/registry: (.+)/g)].map(([, end]) => end)).toEqual([
    'issued',
    'held: account_enrolled',
    'joined',
    'held: document_on_record',
  ]);
  const seen = [...text.matchAll(/sees: (F \d{4} \d{4} \d{2} \d{2}) · sub (\S+)/g)];
  expect(seen).toHaveLength(4);
  expect(new Set(seen.map(([, number]) => number)).size).toBe(1);
  expect(new Set(seen.map(([, , sub]) => sub)).size).toBe(1);
  expect([...text.matchAll(/· stay (\w+)/g)].map(([, stay]) => stay)).toEqual([
    'lawful_until',
    'departed',
    'lawful_until',
    'lawful_until',
  ]);
  expect(text).not.toContain('passport not current');
}, 60_000);

it('is for the sandbox', async () => {
  expect(await run({ sandbox: false })).toMatchObject({ exit: 78 });
});
