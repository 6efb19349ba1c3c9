import { describe, expect, it } from 'vitest';
import { withBareLinks } from './bare-links.ts';
import { readBot } from './bot.ts';
import { safeHref, undisguisedHost } from './links.ts';
import { plainSummary } from './markdown.tsx';
import { readPeople } from './people.ts';
import { type Block, type Inline, wordsOfBlocks } from './tree.ts';

const text = (value: string): Inline => ({ type: 'text', text: value });
const link = (shown: string, href = shown): Inline => ({ type: 'link', href, children: [text(shown)] });
const strong = (value: string): Inline => ({ type: 'strong', children: [text(value)] });
const paragraph = (...children: Inline[]): Block => ({ type: 'paragraph', tight: false, children });

describe('bare links', () => {
  it.each([
    ['看 https://a.example/路径。然后', 'https://a.example/路径'],
    ['（见https://a.example/b）', 'https://a.example/b'],
    ['请看https://a.example/b，谢谢', 'https://a.example/b'],
    ['(see https://a.example/b?c=1&d_e=2), and', 'https://a.example/b?c=1&d_e=2'],
    ['https://x.example/(y).', 'https://x.example/(y)'],
    ['[https://x.example/y]', 'https://x.example/y'],
    ['"https://x.example/y"', 'https://x.example/y'],
    ['https://x.example/y!?…', 'https://x.example/y'],
    ['write to anna.b+c@shop.example.', 'anna.b+c@shop.example'],
    ['邮箱：anna@shop.example。', 'anna@shop.example'],
    ['http://localhost:3001/x', 'http://localhost:3001/x'],
  ])('%s', (written, shown) => {
    expect(withBareLinks(written).flatMap((piece) => (piece.type === 'link' ? piece.children : []))).toEqual([
      text(shown),
    ]);
  });

  it('are not what only looks like one', () => {
    for (const written of ['a@b', '@name', 'see www. or http:// and', 'xhttps://a.example', 'v1.2.3', '5 @ 3.50'])
      expect(withBareLinks(written), written).toEqual([text(written)]);
  });

  it('follow no other protocol, however it is written', () => {
    const hostile = [
      'javascript:alert(1)',
      'java\nscript:alert(1)',
      ' javascript:x',
      'data:text/html,x',
      '//a.example',
    ];
    for (const href of [...hostile, '/x', 'vbscript:x', 'file:///etc/passwd', 'JaVaScRiPt:x', 'blob:null/b'])
      expect(safeHref(href), href).toBeUndefined();
    for (const href of ['https://a.example/', 'mailto:a@b.example', 'tel:+4930123']) expect(safeHref(href)).toBe(href);
  });

  it.each([
    ['a zero-width character', 'bank\u200b.example'],
    ['a soft hyphen', 'ba\u00adnk.example'],
    ['a mark that turns the line', '\u202ebank.example'],
    ['the dot of another script', 'bank。example'],
    ['a wide dot', 'bank．example'],
    ['one dot leader', 'bank․example'],
    ['wide letters', 'ｂａｎｋ.example'],
    ['a slash that is none', 'https:∕∕bank.example∕login'],
    ['marks around it', '«bank.example», “bank.example”.'],
    ['a name before it', 'https://bank.example@evil.example/'],
    ['a long text before it', `${'x '.repeat(2_000)}bank.example`],
    ['a number', '192.168.0.1'],
  ])('tell where one leads although %s hides that its words are an address', (_, words) => {
    expect(undisguisedHost(words, 'https://evil.example/')).toBe('evil.example');
    expect(undisguisedHost(words, 'https://bank.example@evil.example/')).toBe('evil.example');
  });

  it('tell which mailbox one writes to whose words are another', () => {
    expect(undisguisedHost('help@bank.example', 'mailto:thief@evil.example')).toBe('thief@evil.example');
    expect(undisguisedHost('bank.example', 'mailto:thief@evil.example')).toBe('thief@evil.example');
    expect(undisguisedHost('Write to Help@Bank.example!', 'mailto:help@bank.example?subject=x')).toBeUndefined();
    expect(undisguisedHost('Write to us', 'mailto:help@bank.example')).toBeUndefined();
  });

  it('tell where one leads whose words are another address', () => {
    expect(undisguisedHost('www.bank.example/login', 'https://evil.example/')).toBe('evil.example');
    expect(undisguisedHost('https://bank.example', 'https://bank.example.evil.example/')).toBe(
      'bank.example.evil.example',
    );
    expect(undisguisedHost('See: bank.example?', 'https://evil.example/')).toBe('evil.example');
    expect(undisguisedHost('name.surname@bank.example', 'https://evil.example/')).toBe('evil.example');
    expect(undisguisedHost('name.surname@bank.example', 'https://bank.example/')).toBeUndefined();
    for (const words of ['bank.example', 'https://www.bank.example/x', 'our terms', 'version 1.2', 'e.g. this'])
      expect(undisguisedHost(words, 'https://bank.example/x'), words).toBeUndefined();
  });

  it.each([
    ['a zero-width space', 'bank\u200b.example'],
    ['a soft hyphen', 'ba\u00adnk.exam\u00adple'],
    ['a word joiner', 'bank.\u2060example'],
    ['a mark of direction', 'bank.example\u200e'],
    ['a filler', 'bank\u3164.example'],
    ['a tag', 'bank\u{e0041}.example'],
    ['a variation selector', 'bank\ufe0f.example'],
    ['a hair space', 'bank\u200a.\u200aexample'],
    ['wide letters', 'ｂａｎｋ．ｅｘａｍｐｌｅ'],
    ['mathematical letters', '𝐛𝐚𝐧𝐤.𝐞𝐱𝐚𝐦𝐩𝐥𝐞'],
    ['a dot leader', 'bank․example'],
    ['an ideographic full stop', 'bank。example'],
    ['a half-width full stop', 'bank｡example'],
    ['a middle dot', 'bank·example'],
    ['a bullet', 'bank•example'],
    ['an Arabic zero', 'bank٠example'],
    ['two dots', 'bank..example'],
    ['text that is turned around', '\u202eelpmaxe.knab'],
    ['a bracket', '(bank.example)'],
    ['quotes', '“bank.example”'],
    ['what is before it', `${'Please read this first. '.repeat(40)}bank.example`],
    ['the true host before it', 'evil.example, of bank.example'],
    ['a name before it', 'https://bank.example@evil.example/'],
    ['a port that is none', 'bank.example:443@evil.example'],
    ['a division slash', 'bank.example∕login'],
    ['a path before it', 'pay/bank.example'],
    ['letters of another script', 'bаnk.example'],
    ['its number', '192.0.2.7'],
  ])('are judged as they look, whatever hides the address: %s', (_, words) => {
    expect(undisguisedHost(words, 'https://evil.example/')).toBe('evil.example');
  });

  it('say nothing beside words that name the same place, or none', () => {
    for (const [words, href] of [
      ['https://evil.example/?next=https://bank.example', 'https://evil.example/?next=https://bank.example'],
      ['evil.example/bank.example/index.html', 'https://evil.example/bank.example/index.html'],
      ['evil\u00ad.example', 'https://evil.example/'],
      ['bücher.example', 'https://xn--bcher-kva.example/'],
      ['[https://evil.example]', 'https://evil.example/'],
      ['Our terms. Please read', 'https://evil.example/'],
      ['1.2.3', 'https://evil.example/'],
      ['ada@b.example', 'mailto:ada@b.example?subject=x'],
      ['write to us', 'mailto:ada@b.example'],
      ['0800 123 456', 'tel:+49800123456'],
      ['+49 800 123456', 'tel:0800123456'.replace('tel:0', 'tel:')],
      ['call us', 'tel:+49800123456'],
    ] as const)
      expect(undisguisedHost(words, href), words).toBeUndefined();
  });

  it('tell the address of a letter or call that is not the one in the words', () => {
    expect(undisguisedHost('help@bank.example', 'mailto:help@evil.example')).toBe('help@evil.example');
    expect(undisguisedHost('help@bank.example', 'mailto:eve@bank.example')).toBe('eve@bank.example');
    expect(undisguisedHost('call 0800 123 456', 'tel:+1900666666')).toBe('+1900666666');
  });

  it('takes no longer for text that is made to be slow', () => {
    for (const piece of ['a', '.', 'a.', '-', '@', '/', ' ', '://', '\u200b', 'ａ．', '0']) {
      const words = piece.repeat(Math.ceil(16_384 / piece.length));
      const before = process.cpuUsage();
      undisguisedHost(words, 'https://evil.example/');
      undisguisedHost(words, 'tel:+1900666666');
      expect(process.cpuUsage(before).user, JSON.stringify(piece)).toBeLessThan(50_000);
    }
  });
});

describe('what people write', () => {
  it.each([
    '30*20*10 cm',
    '*a* _b_ **c** ~d~',
    '# not a heading',
    '- a\n- b',
    '1. x',
    '> quoted',
    '[x](y)',
    '<b>x</b>',
    'it`s what it`s',
  ])('stays as it was typed: %s', (written) => {
    expect(readPeople(written)).toEqual([paragraph(text(written))]);
  });

  it('has links, mail addresses, line breaks and code', () => {
    expect(readPeople('Look:\nhttps://a.example/b\nor ada@b.example, `npm *start*`!')).toEqual([
      paragraph(
        text('Look:\n'),
        link('https://a.example/b'),
        text('\nor '),
        link('ada@b.example', 'mailto:ada@b.example'),
        text(', '),
        { type: 'code', text: 'npm *start*' },
        text('!'),
      ),
    ]);
    expect(readPeople('~~~~ js of mine\nx\n~~~~')).toEqual([{ type: 'code', language: 'js', text: 'x' }]);
    expect(readPeople('Says\n```\nError: *no*\n  at x\n```\nwhy?\n```js\nopen')).toEqual([
      paragraph(text('Says')),
      { type: 'code', language: '', text: 'Error: *no*\n  at x' },
      paragraph(text('why?')),
      { type: 'code', language: 'js', text: 'open' },
    ]);
  });
});

describe('what the bot writes', () => {
  it('shows an image as a link, loads nothing, and obeys no tag but a line break', () => {
    expect(readBot('![x](https://a.example/u.png)', false)).toEqual([
      paragraph({ type: 'image', href: 'https://a.example/u.png', children: [text('x')] }),
    ]);
    expect(readBot('| a |\n|---|\n| b<br>c <b>d</b> |', false)).toMatchObject([
      {
        rows: [[[text('b'), { type: 'break' }, text('c '), { type: 'tag', text: '<b>' }, text('d'), { type: 'tag' }]]],
      },
    ]);
    expect(wordsOfBlocks(readBot('<script>alert(1)</script>', false))).toBe('<script>alert(1)</script>');
  });

  it('shows no half marks while it grows', () => {
    const growing = (written: string) => readBot(written, true);
    expect(growing('a **b')).toEqual([paragraph(text('a '), strong('b'))]);
    expect(growing('a **')).toEqual([paragraph(text('a **'))]);
    for (const half of ['see [here', 'see [here]', 'see [here](https://a.exa', 'see ![here](https://a'])
      expect(growing(half), half).toEqual([paragraph(text('see here'))]);
    expect(growing('- one\n- **two')).toMatchObject([
      { items: [[{ children: [text('one')] }], [{ children: [strong('two')] }]] },
    ]);
    // Not a heading for the blink of an eye, nor the beginning of a fence.
    for (const mark of ['-', '=', '``', '1', '1.'])
      expect(growing(`Take:\n${mark}`), mark).toEqual([paragraph(text('Take:'))]);
    expect(growing('```ts\nconst a = 1;')).toEqual([{ type: 'code', language: 'ts', text: 'const a = 1;' }]);
  });

  it('is shown as it was written when it is nested without end', () => {
    for (const deep of [
      `${'> '.repeat(4_000)}x`,
      `${'- '.repeat(4_000)}x`,
      `${'*a **b '.repeat(100)}x${'**a* '.repeat(100)}`,
    ])
      expect(wordsOfBlocks(readBot(deep, false)).replace(/[>\s*-]/g, ''), deep.slice(0, 9)).toBe(
        deep.replace(/[>\s*-]/g, ''),
      );
  });
});

it('takes time by length, whatever the text', { timeout: 60_000 }, () => {
  const pieces = [
    '*',
    '_',
    '**a',
    '[',
    '[a](',
    '`',
    '~~',
    '~a',
    '![',
    '*a_',
    '[[x](y',
    'https://',
    'www.',
    'a@b.',
    '(',
    '\\',
  ];
  const more = [
    '*a **b ',
    '|-',
    '> ',
    '- ',
    '#',
    '1. ',
    '<',
    '<!--',
    '&',
    '`a``',
    '[a]: x\n',
    'http://a.b)',
    '_a *',
    '@',
    '.@a',
  ];
  for (const piece of [...pieces, ...more]) {
    for (const written of [piece, `${piece}\n`]) {
      const whole = written.repeat(Math.floor(8_192 / written.length));
      for (const read of [readPeople, (long: string) => readBot(long, false), (long: string) => readBot(long, true)]) {
        const started = performance.now();
        read(whole);
        expect(performance.now() - started, JSON.stringify(written)).toBeLessThan(1_500);
      }
    }
  }
});

it('summarises in one line', () => {
  expect(plainSummary('a **b**\n\nc')).toBe('a **b** c');
  expect(plainSummary('x'.repeat(200), 20)).toBe(`${'x'.repeat(19)}…`);
});
