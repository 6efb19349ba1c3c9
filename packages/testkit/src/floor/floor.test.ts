import { describe, expect, it } from 'vitest';
import { missingInScript, missingInStyles } from './index.ts';

const inScript = (source: string) => missingInScript(source).map(({ feature }) => feature);
const inStyles = (source: string) => missingInStyles(source).map(({ feature }) => feature);

describe('what browsers of the floor lack is found', () => {
  it.each([
    ['URL.parse(text)', ['URL.parse']],
    ['new Intl.Segmenter("en")', ['Intl.Segmenter']],
    ['root.adoptedStyleSheets = [new CSSStyleSheet()]', ['.adoptedStyleSheets', 'new CSSStyleSheet']],
    ['fetch(url, { signal: AbortSignal.timeout(5) })', ['AbortSignal.timeout']],
    ['list.toSorted()', ['.toSorted']],
    ['text.isWellFormed()', ['.isWellFormed']],
    ['Promise.withResolvers()', ['Promise.withResolvers']],
    ['Object.groupBy(list, key)', ['Object.groupBy']],
    ['one.isDisjointFrom(other)', ['.isDisjointFrom']],
    ['host.showPopover()', ['.showPopover']],
    ['/(?<=a)b/.test(text)', ['lookbehind_assertion']],
    ['text.match(/[\\p{L}--[a-z]]/v)', ['.unicodeSets']],
  ])('in %s', (source, features) => {
    expect(inScript(source)).toEqual(features);
  });

  it('and nothing else is', () => {
    const source = `
      const Segmenter = make();
      const URL = { parse: (text) => text };
      URL.parse(list.at(-1)?.findLast(isOwn) ?? structuredClone(list));
      Object.hasOwn(one, 'two') && text.replaceAll('a', 'b');
      JSON.parse(Date.parse(text));
      new ResizeObserver(look).observe(element);`;
    expect(inScript(source)).toEqual([]);
  });

  it.each([
    ['a { color: light-dark(#fff, #000) }', ['light-dark()']],
    ['a { background: color-mix(in oklab, red, blue) }', ['color-mix()']],
    ['a:has(:checked) { color: red }', [':has']],
    ['a { & b { color: red } }', ['nesting']],
    ['@container (width < 38rem) { a { color: red } }', ['@container', '@media ranges']],
    ['a { text-wrap: balance }', ['text-wrap', 'text-wrap: balance']],
    ['a { anchor-name: --here }', ['anchor-name']],
  ])('in %s', (source, features) => {
    expect(inStyles(source)).toEqual(features);
  });

  it('and no style that they know', () => {
    const source = `
      :root { --a: 1px; color-scheme: light dark }
      .a:focus-visible, .a:not(:hover, .b), .a:is(.b) { inset: 0; height: 100dvh; gap: 1px; aspect-ratio: 1 }
      .a { -webkit-user-select: none; user-select: none; width: min(1px, max(2px, clamp(1px, 2vw, 3px))) }
      @media (min-width: 10px) and (prefers-reduced-motion: reduce) { .a { color: rgb(0 0 0 / 10%) } }`;
    expect(inStyles(source)).toEqual([]);
  });
});
