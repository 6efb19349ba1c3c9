import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const colours = new Map(
  [
    ...css.matchAll(
      /--([\w-]+): light-dark\((?:var\([\w-]+, )?(#[0-9a-f]{6})\)?, (?:var\([\w-]+, )?(#[0-9a-f]{6})\)?\)/g,
    ),
  ].map(([, name = '', light = '', dark = '']) => [name, { light, dark }]),
);

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

const grounds = ['paper', 'surface', 'sunken', 'raised'];
const texts: [ink: string, grounds: string[]][] = [
  ['ink', [...grounds, 'accent-tint', 'human-tint']],
  ['ink-soft', [...grounds, 'accent-tint', 'human-tint']],
  ['ink-faint', ['paper', 'surface', 'raised']],
  ['accent-ink', [...grounds, 'accent-tint']],
  ['human-ink', ['paper', 'surface', 'human-tint']],
  ['danger-ink', ['surface', 'raised', 'paper', 'danger-tint']],
  ['good-ink', ['surface', 'good-tint']],
  ['notice-ink', ['notice-tint']],
  ['on-accent', ['accent', 'accent-hover']],
  ['on-human', ['human', 'human-hover']],
  ['on-danger', ['danger', 'danger-hover']],
];
const shapes: [colour: string, grounds: string[]][] = [
  ['edge', ['paper', 'surface', 'raised']],
  ['focus', [...grounds, 'accent-tint', 'human-tint']],
];

describe.each(['light', 'dark'] as const)('colours of the %s theme', (theme) => {
  const of = (name: string): string => {
    const found = colours.get(name);
    if (found === undefined) throw new Error(`tokens.css has no colour --${name}`);
    return found[theme];
  };
  const pairs = (list: typeof texts) => list.flatMap(([on, below]) => below.map((ground) => [on, ground] as const));

  it.each(pairs(texts))('text in --%s on --%s has 4.5:1', (ink, ground) => {
    expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(4.5);
  });
  it.each(pairs(shapes))('--%s on --%s has 3:1', (shape, ground) => {
    expect(contrast(of(shape), of(ground))).toBeGreaterThanOrEqual(3);
  });
});
