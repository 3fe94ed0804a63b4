import { expect, it } from 'vitest';
import { drawDataPage } from '../../src/dev/data-page-maker/draw-data-page.ts';
import { sandboxDataPage } from '../../src/dev/data-page-maker/sandbox-data-page.ts';
import { plainShot, takePhoto } from '../../src/dev/data-page-maker/take-photo.ts';
import { demoPeople } from '../../src/dev/demo-people.ts';
import { readDataPage, type DataPageReading } from '../../src/trust/read-data-page.ts';
import { now } from '../documents/data-page-photos.ts';

const options = { now, specimenStates: true };
const told = (answer: DataPageReading) => (answer.ok ? answer.reading.outcome : answer.reason);

it('two photos are read at a time, sixteen wait, and any more are refused as busy at once', async () => {
  const content = sandboxDataPage(demoPeople.anna, 'TD3', now);
  const page = await drawDataPage(content);
  const photo = await takePhoto(page, { ...plainShot, width: 640, height: 480 });
  const broken = Buffer.from('ffd8ffe0', 'hex');
  const photos = [photo, photo, ...Array.from({ length: 16 }, () => broken), photo, photo];
  const settled: string[] = [];
  const answers = await Promise.all(
    photos.map(async (bytes) => {
      const answer = await readDataPage(bytes, options);
      settled.push(told(answer));
      return told(answer);
    }),
  );
  expect(answers).toEqual([
    'read',
    'read',
    ...Array<string>(16).fill('undecodable'),
    'busy',
    'busy',
  ]);
  expect(settled.slice(0, 2)).toEqual(['busy', 'busy']);
  // The queue is empty again: a refusal, a fault or an end always hands its place on.
  expect(told(await readDataPage(photo, options))).toBe('read');
});
