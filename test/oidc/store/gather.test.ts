import { expect, it } from 'vitest';
import { Gatherer } from '../../../src/oidc/store/gather.ts';

interface Item {
  name: string;
  keys?: string[];
}

/** A gatherer over a database that answers when it is told to, and what it was sent. */
function gathererOver(answer: (names: string[]) => void = () => {}) {
  const sent: string[][] = [];
  const held: (() => void)[] = [];
  const gatherer = new Gatherer<Item, string>({
    slots: 2,
    keysOf: ({ keys }) => keys ?? [],
    async run(items) {
      const names = items.map(({ name }) => name);
      sent.push(names);
      await new Promise<void>((resolve) => held.push(resolve));
      answer(names);
      return names.map((name) => `did ${name}`);
    },
  });
  const turns = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const release = async () => {
    for (const go of held.splice(0)) go();
    await turns();
  };
  return { gatherer, sent, turns, release };
}

const refusal = (code: string) => Object.assign(new Error(code), { code });

it('sends what comes at once as one statement, and what comes meanwhile as the next', async () => {
  const { gatherer, sent, turns, release } = gathererOver();
  const done = ['a', 'b'].map((name) => gatherer.do({ name }));
  await turns();
  done.push(gatherer.do({ name: 'c' }));
  await turns();
  // Both slots are taken: these wait, together.
  done.push(gatherer.do({ name: 'd' }), gatherer.do({ name: 'e' }));
  await turns();
  expect(sent).toEqual([['a', 'b'], ['c']]);
  await release();
  await release();
  expect(sent.slice(2)).toEqual([['d', 'e']]);
  expect(await Promise.all(done)).toEqual(['did a', 'did b', 'did c', 'did d', 'did e']);
});

it('never sends two that touch the same thing together, and keeps their order', async () => {
  const { gatherer, sent, turns, release } = gathererOver();
  const done = [
    { name: 'first', keys: ['code 1', 'grant 1'] },
    { name: 'thief', keys: ['code 1', 'grant 1'] },
    { name: 'other', keys: ['code 2'] },
    { name: 'later', keys: ['grant 1'] },
  ].map((item) => gatherer.do(item));
  await turns();
  await release();
  await release();
  await release();
  await Promise.all(done);
  expect(sent[0]).toEqual(['first', 'other']);
  expect(sent.slice(1)).toEqual([['thief'], ['later']]);
});

it('sends at most 64 in one statement', async () => {
  const { gatherer, sent, turns, release } = gathererOver();
  const done = Array.from({ length: 100 }, (_, at) => gatherer.do({ name: String(at) }));
  await turns();
  await release();
  await Promise.all(done);
  expect(sent.map((names) => names.length)).toEqual([64, 36]);
});

it('tries each alone where one spoils the statement, and fails that one only', async () => {
  const { gatherer, sent, turns, release } = gathererOver((names) => {
    if (names.includes('bad')) throw refusal('23503');
  });
  const done = Promise.allSettled(['good', 'bad', 'fine'].map((name) => gatherer.do({ name })));
  await turns();
  for (let step = 0; step < 4; step++) await release();
  const outcomes = await done;
  expect(sent).toEqual([['good', 'bad', 'fine'], ['good'], ['bad'], ['fine']]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it.each(['ECONNRESET', '57P01', '08006', ''])(
  'repeats nothing where nobody knows whether it was done (%s)',
  async (code) => {
    const { gatherer, sent, turns, release } = gathererOver(() => {
      throw refusal(code);
    });
    const done = Promise.allSettled(['a', 'b'].map((name) => gatherer.do({ name })));
    await turns();
    await release();
    expect((await done).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(sent).toEqual([['a', 'b']]);
  },
);

it('tries again what had to give way to another, but not for ever', async () => {
  let left = 2;
  const { gatherer, sent, turns, release } = gathererOver((names) => {
    if (names[0] === 'stuck' || left-- > 0) throw refusal('40P01');
  });
  const lucky = gatherer.do({ name: 'lucky' });
  await turns();
  for (let step = 0; step < 3; step++) await release();
  expect(await lucky).toBe('did lucky');
  const stuck = Promise.allSettled([gatherer.do({ name: 'stuck' })]);
  await turns();
  for (let step = 0; step < 6; step++) await release();
  expect((await stuck)[0].status).toBe('rejected');
  expect(sent.filter(([name]) => name === 'stuck').length).toBeLessThan(8);
});
