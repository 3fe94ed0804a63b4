import { describe, expect, test } from 'vitest';
import { addSeconds } from '../../../src/lib/clock.ts';
import { demoContent } from '../../../src/dev/sandbox-register/demo-records.ts';
import { playEvent } from '../../../src/dev/sandbox-register/play-event.ts';
import type { PlayedEvent } from '../../../src/dev/sandbox-register/play-event.ts';
import { recordId, registerContent } from '../../../src/dev/sandbox-register/sandbox-record.ts';
import type { SandboxRecord } from '../../../src/dev/sandbox-register/sandbox-record.ts';
import { stayFrom } from '../../../src/visas/stay.ts';

const now = new Date('2026-11-22T20:00:00Z'); // 23 November, 03:00 in Bangkok

function recordOf(id: string): SandboxRecord {
  return demoContent(now).records.find((record) => recordId(record) === id)!;
}
const anna = recordOf('SBX-0001');
const mai = recordOf('SBX-0002');

function play(record: SandboxRecord, ...events: PlayedEvent[]): SandboxRecord {
  return events.reduce((current, event, index) => {
    const played = playEvent(current, event, addSeconds(now, index));
    if (!played.ok) throw new Error(`${event}: ${played.reason}`);
    return played.record;
  }, record);
}

function stay(record: SandboxRecord, at = now) {
  const { documents, ...parts } = record;
  const said = { asOf: at.toISOString(), source: 'test' };
  return stayFrom({ kind: 'found', ...parts, document: documents[0]!, ...said }, at);
}

describe('the demo people', () => {
  test('are what a register may tell', () => {
    expect(registerContent.parse(demoContent(now))).toEqual(demoContent(now));
  });

  test.each([
    ['SBX-0001', 'lawful_until', '2027-01-21'],
    ['SBX-0002', 'lawful_until', '2027-01-11'],
    ['SBX-0003', 'lawful_until', '2030-10-18'],
    ['SBX-0004', 'expired', '2026-11-11'],
  ])('%s is %s, %s', (id, status, admittedUntil) => {
    expect(stay(recordOf(id))).toMatchObject({ status, admittedUntil });
  });
});

describe('what can be played', () => {
  test('leaving ends the stay, entering begins one that counts the day of entry', () => {
    const gone = play(mai, 'leave');
    expect(stay(gone).status).toBe('departed');
    const back = playEvent(gone, 'enter', new Date('2026-12-01T18:00:00Z'));
    expect(back.ok && stay(back.record, new Date('2026-12-01T18:00:00Z'))).toMatchObject({
      status: 'lawful_until',
      admittedUntil: '2027-01-30', // 2 December in Bangkok is day 1 of 60
    });
    expect(back.ok && back.record.visa).toMatchObject({ entriesUsed: 2, status: 'used' });
  });

  test('a visa that is used up, or whose days are over, lets nobody in', () => {
    const used = play(mai, 'leave', 'enter', 'leave');
    expect(playEvent(used, 'enter', now)).toEqual({ ok: false, reason: 'visa_unusable' });
    const later = new Date('2030-01-01T00:00:00Z');
    const gone = play(anna, 'leave');
    expect(playEvent(gone, 'enter', later)).toEqual({ ok: false, reason: 'visa_unusable' });
  });

  test('a cancelled visa takes no stay away, and lets nobody in again', () => {
    const cancelled = play(anna, 'cancel_visa');
    expect(stay(cancelled).status).toBe('lawful_until');
    expect(playEvent(play(cancelled, 'leave'), 'enter', now)).toMatchObject({ ok: false });
  });

  test('a stay can be extended, ended, and taken back', () => {
    expect(stay(play(anna, 'extend_stay'))).toMatchObject({
      status: 'lawful_until',
      admittedUntil: '2027-02-20',
      basis: 'extension',
    });
    expect(stay(play(anna, 'ask_extension')).status).toBe('under_consideration');
    expect(stay(play(anna, 'end_stay'))).toMatchObject({
      status: 'expired',
      admittedUntil: '2026-11-22', // yesterday in Bangkok, though still today in UTC
    });
    expect(stay(play(anna, 'revoke_stay'))).toMatchObject({ status: 'expired', basis: 'revoked' });
    expect(stay(play(anna, 'end_stay', 'extend_stay')).status).toBe('lawful_until');
  });

  test('nobody enters twice or leaves twice', () => {
    expect(playEvent(anna, 'enter', now)).toEqual({ ok: false, reason: 'already_inside' });
    const gone = play(anna, 'leave');
    expect(playEvent(gone, 'leave', now)).toEqual({ ok: false, reason: 'not_inside' });
    expect(playEvent(gone, 'extend_stay', now)).toEqual({ ok: false, reason: 'not_inside' });
  });
});
