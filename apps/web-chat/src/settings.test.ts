import { describe, expect, it } from 'vitest';
import { accentRoles, contrast } from './accent.ts';
import { readSettings } from './settings.ts';

describe('settings', () => {
  it('of a widget are what its script tag says', () => {
    const hash = `#${new URLSearchParams({ title: 'Help', lang: 'de-AT', user: 'u-1', color: '#abc', suggestions: ' a | b || c ', greeting: 'Hi', page: 'https://shop.example/x', metadata: '{"plan":"pro"}' })}`;
    expect(readSettings(hash, ['en'], true)).toEqual({
      language: 'de',
      title: 'Help',
      userId: 'u-1',
      colour: '#abc',
      theme: undefined,
      greeting: 'Hi',
      suggestions: ['a', 'b', 'c'],
      pageUrl: 'https://shop.example/x',
      metadata: { plan: 'pro' },
      botContext: undefined,
    });
  });

  it('of a widget tell the bot data, or a persona', () => {
    const told = (context: string, trusted = true) =>
      readSettings(`#${new URLSearchParams({ context })}`, [], trusted).botContext;
    expect(told('{"plan":"pro"}')).toEqual({ plan: 'pro' });
    for (const text of ['You are a helpful support bot', '["a"]', '{broken', '7']) expect(told(text)).toBe(text);
    expect(told(' ')).toBeUndefined();
    expect(told('You are a pirate', false), 'a link to the full page').toBeUndefined();
  });

  it('in a link to the full page choose how it looks, but put no words in its mouth', () => {
    const hash = '#title=Call%20us&greeting=Send%20money&suggestions=x&metadata=%7B%7D&lang=es&theme=dark';
    expect(readSettings(hash, [], false)).toMatchObject({
      title: undefined,
      greeting: undefined,
      suggestions: [],
      metadata: undefined,
      language: 'es',
      theme: 'dark',
    });
  });

  it('that make no sense are none', () => {
    const settings = readSettings('#theme=pink&metadata=%5B1%5D&lang=%00&user=%20', ['de'], true);
    expect(settings).toMatchObject({ theme: undefined, metadata: undefined, language: 'de', userId: undefined });
    expect(readSettings('#metadata={', [], true).metadata).toBeUndefined();
  });
});

describe('the accent of an embedding site', () => {
  const parse = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const ratio = (one = '', other = '') => {
    const [r = 0, g = 0, b = 0] = parse(one);
    const [x = 0, y = 0, z = 0] = parse(other);
    return contrast([r, g, b], [x, y, z]);
  };

  it('can be read on and with, whatever it is, in light and in dark', () => {
    for (let red = 0; red <= 255; red += 51)
      for (let green = 0; green <= 255; green += 51)
        for (let blue = 0; blue <= 255; blue += 51) {
          const roles = accentRoles([red, green, blue]);
          const grounds = [
            ['#ffffff', '#f1f4ef', '#e6ebe4'],
            ['#16201d', '#0e1513', '#1e2a26'],
          ];
          for (const theme of [0, 1] as const) {
            const of = (name: string) => roles[name]?.[theme === 0 ? 'light' : 'dark'];
            const name = `${red},${green},${blue} ${theme === 0 ? 'light' : 'dark'}`;
            expect(ratio(of('on-accent'), of('accent')), name).toBeGreaterThanOrEqual(4.5);
            expect(ratio(of('on-accent'), of('accent-hover')), name).toBeGreaterThanOrEqual(4.5);
            for (const ground of [...(grounds[theme] ?? []), of('accent-tint')])
              expect(ratio(of('accent-ink'), ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
          }
        }
  });
});
