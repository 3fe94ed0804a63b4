import { expect, test } from 'vitest';
import { visaClassOn, visaClassRules } from '../../src/visas/visa-classes.ts';

test('a class is found on each day it was issued, its first and last included, and on no other', () => {
  expect(visaClassOn('B', '2025-08-30')).toBeNull();
  expect(visaClassOn('B', '2025-08-31')?.code).toBe('B');
  expect(visaClassOn('O-A', '2025-08-30')?.code).toBe('O-A');
  expect(visaClassOn('O-A', '2025-08-31')).toBeNull();
  expect(visaClassOn('DTV', '2024-07-14')).toBeNull();
  expect(visaClassOn('XX', '2026-11-22')).toBeNull();
});

test('the seven non-immigrant classes and the others that the demo people hold are there today', () => {
  const codes = ['F', 'B', 'ED', 'M', 'O', 'L-A', 'O L-A', 'TR', 'TS', 'LTR', 'SMART', 'DTV'];
  for (const code of codes) expect(visaClassOn(code, '2026-11-22'), code).not.toBeNull();
});

test('no two periods of one class overlap, and none ends before it begins', () => {
  for (const rule of visaClassRules) {
    expect(rule.effectiveFrom <= (rule.effectiveTo ?? '9999')).toBe(true);
    const sameDay = visaClassRules.filter(
      (other) =>
        other.code === rule.code &&
        other.effectiveFrom <= (rule.effectiveTo ?? '9999') &&
        rule.effectiveFrom <= (other.effectiveTo ?? '9999'),
    );
    expect(sameDay, rule.code).toEqual([rule]);
  }
});

test('nothing claims a review that nobody made', () => {
  expect(visaClassRules.filter((rule) => rule.reviewed)).toEqual([]);
});
