import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** WCAG 2.2 §1.4.3 and §1.4.11 over the pairs of our own colours that pages put on each other. */
const css = readFileSync(new URL('../../views/styles/tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');

const accent = (name: string) => `--ds-color-accent-${name}`;
const TEXT: [text: string, ground: string][] = [
  ['--tc-ink', '--tc-page'],
  ['--tc-ink', '--tc-paper'],
  ['--tc-ink-soft', '--tc-page'],
  ['--tc-ink-soft', '--tc-paper'],
  [accent('text-subtle'), '--tc-page'],
  [accent('text-subtle'), '--tc-paper'],
  [accent('text-subtle'), accent('surface-tinted')],
  [accent('text-default'), accent('surface-active')],
  [accent('base-contrast-default'), accent('base-default')],
  [accent('base-contrast-default'), accent('base-hover')],
  [accent('base-contrast-default'), accent('base-active')],
];
const SHAPES: [shape: string, ground: string][] = [
  [accent('border-default'), '--tc-page'],
  [accent('border-default'), '--tc-paper'],
  [accent('border-strong'), '--tc-page'],
  [accent('base-default'), '--tc-paper'],
];

describe.each([
  ['light', light],
  ['dark', dark],
])('our colours in the %s scheme', (_, scheme) => {
  it.each(TEXT)('let %s be read on %s', (text, ground) => {
    expect(contrast(colour(scheme, text), colour(scheme, ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES)('let %s be seen on %s', (shape, ground) => {
    expect(contrast(colour(scheme, shape), colour(scheme, ground))).toBeGreaterThanOrEqual(3);
  });
});

function colour(scheme: string, name: string): string {
  const found = new RegExp(`${name}: (#[0-9a-f]{3,6});`).exec(scheme);
  if (!found) throw new Error(`No ${name}`);
  return found[1]!.length === 4 ? found[1]!.replace(/[0-9a-f]/g, '$&$&') : found[1]!;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** Relative luminance by WCAG's definition. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
