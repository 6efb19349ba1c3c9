import { describe, expect, it } from 'vitest';
import { parseBlocks } from './blocks.ts';
import { type Inline, parseInline, parsePlain, safeHref } from './inline.ts';
import { honestHost } from './links.ts';

const text = (value: string): Inline => ({ type: 'text', text: value });
const paragraph = (...children: Inline[]) => ({ type: 'paragraph', children });
const linksOf = (pieces: readonly Inline[]): string[] =>
  pieces.flatMap((piece) =>
    piece.type === 'link' ? [piece.href] : 'children' in piece ? linksOf(piece.children) : [],
  );

describe('inline', () => {
  it('knows emphasis, code and links', () => {
    expect(parseInline('a **b _c_** `d *e*` ~~f~~')).toEqual([
      text('a '),
      { type: 'strong', children: [text('b '), { type: 'em', children: [text('c')] }] },
      text(' '),
      { type: 'code', text: 'd *e*' },
      text(' '),
      { type: 'del', children: [text('f')] },
    ]);
    expect(parseInline('see [the page](https://a.example/x_(y) "title").')).toEqual([
      text('see '),
      { type: 'link', href: 'https://a.example/x_(y)', children: [text('the page')] },
      text('.'),
    ]);
  });

  it('leaves alone what only looks like it', () => {
    for (const plain of ['snake_case_name', '2 * 3 * 4', 'a ** b', '5 ~ 6', '[x]', '[x](', '**open', '`open', 'a_b_c'])
      expect(parseInline(plain), plain).toEqual([text(plain)]);
    expect(parseInline('\\*not\\* \\[x\\](y)')).toEqual([text('*not* [x](y)')]);
  });

  it('makes bare addresses links, without the punctuation behind them', () => {
    expect(linksOf(parseInline('(see https://a.example/b?c=1&d_e=2), https://x.example/(y).'))).toEqual([
      'https://a.example/b?c=1&d_e=2',
      'https://x.example/(y)',
    ]);
    expect(parsePlain('*a* https://a.example\n_b_')).toEqual([
      text('*a* '),
      { type: 'link', href: 'https://a.example/', children: [text('https://a.example')] },
      { type: 'break' },
      text('_b_'),
    ]);
  });

  it('follows no other protocol, however it is written', () => {
    const hostile = [
      'javascript:alert(1)',
      'java\nscript:alert(1)',
      ' javascript:x',
      'data:text/html,x',
      '//a.example',
      '/x',
      'vbscript:x',
      'file:///etc/passwd',
      'JaVaScRiPt:x',
      'blob:null/b',
    ];
    for (const href of hostile) {
      expect(safeHref(href), href).toBeUndefined();
      expect(linksOf(parseInline(`[x](${href})`)), href).toEqual([]);
    }
    expect(linksOf(parseInline('[a](mailto:a@b.example) [b](tel:+4930123)'))).toEqual([
      'mailto:a@b.example',
      'tel:+4930123',
    ]);
  });

  it('keeps every character that is not a mark, HTML too', () => {
    expect(parseInline('<script>alert(1)</script>&amp;<img src=x onerror=y>')).toEqual([
      text('<script>alert(1)</script>&amp;<img src=x onerror=y>'),
    ]);
  });

  it('shows no half marks while the text is still growing', () => {
    expect(parseInline('a **b', 0, true)).toEqual([text('a '), { type: 'strong', children: [text('b')] }]);
    expect(parseInline('a **', 0, true)).toEqual([text('a **')]);
    for (const half of ['see [here', 'see [here]', 'see [here](https://a.exa'])
      expect(parseInline(half, 0, true), half).toEqual([text('see '), text('here')]);
  });

  it('tells where a link leads whose words are another address', () => {
    expect(honestHost('www.bank.example/login', 'https://evil.example/')).toBe('evil.example');
    expect(honestHost('https://bank.example', 'https://bank.example.evil.example/')).toBe('bank.example.evil.example');
    for (const words of ['bank.example', 'https://www.bank.example/x', 'our terms', 'version 1.2', 'e.g. this'])
      expect(honestHost(words, 'https://bank.example/x'), words).toBeUndefined();
  });

  it('takes time by length, whatever the text', () => {
    const hostile = [
      '*',
      '_',
      '**a',
      '[',
      '[a](',
      '`',
      '~~',
      '![',
      '*a_',
      '[[x](y',
      'https://',
      '(',
      '\\',
      '*a **b ',
      '|-',
      '> ',
      '- ',
      '#',
      '1. ',
    ];
    for (const piece of hostile) {
      const started = performance.now();
      parseBlocks(piece.repeat(Math.floor(16_384 / piece.length)));
      parseBlocks(`${piece}\n`.repeat(Math.floor(16_384 / (piece.length + 1))));
      expect(performance.now() - started, piece).toBeLessThan(500);
    }
  });
});

describe('blocks', () => {
  it('knows paragraphs with line breaks, headings, rules and quotes', () => {
    expect(parseBlocks('# One\n\ntwo\nthree\n\n---\n> four\n> > five')).toEqual([
      { type: 'heading', level: 1, children: [text('One')] },
      paragraph(text('two'), { type: 'break' }, text('three')),
      { type: 'rule' },
      { type: 'quote', blocks: [paragraph(text('four')), { type: 'quote', blocks: [paragraph(text('five'))] }] },
    ]);
  });

  it('knows lists, within each other and with more than a line', () => {
    expect(parseBlocks('Take:\n- a\n  more\n- b\n  1. c\n  2. d\n\nand')).toEqual([
      paragraph(text('Take:')),
      {
        type: 'list',
        ordered: false,
        start: 1,
        items: [
          [paragraph(text('a'), { type: 'break' }, text('more'))],
          [
            paragraph(text('b')),
            { type: 'list', ordered: true, start: 1, items: [[paragraph(text('c'))], [paragraph(text('d'))]] },
          ],
        ],
      },
      paragraph(text('and')),
    ]);
    expect(parseBlocks('3. c\n4. d')).toMatchObject([{ type: 'list', ordered: true, start: 3 }]);
    expect(parseBlocks('It was in\n1984. Long ago')).toMatchObject([{ type: 'paragraph' }]);
  });

  it('knows code, also code whose end has not come yet', () => {
    expect(parseBlocks('```ts\nconst a = `b`;\n\n# c\n```\nafter')).toEqual([
      { type: 'code', language: 'ts', text: 'const a = `b`;\n\n# c' },
      paragraph(text('after')),
    ]);
    expect(parseBlocks('~~~\nhalf')).toEqual([{ type: 'code', language: '', text: 'half' }]);
  });

  it('knows tables, and gives every row the columns of the head', () => {
    expect(parseBlocks('| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 |\nafter')).toEqual([
      {
        type: 'table',
        head: [[text('a')], [text('b')]],
        rows: [
          [[text('1')], [text('2')]],
          [[text('3')], []],
        ],
      },
      paragraph(text('after')),
    ]);
  });

  it('goes down only so far', () => {
    expect(JSON.stringify(parseBlocks(`${'> '.repeat(4_000)}x`)).length).toBeLessThan(20_000);
    expect(JSON.stringify(parseBlocks(`${'- '.repeat(4_000)}x`)).length).toBeLessThan(20_000);
  });
});
