import createMarkdownIt, { type Token } from 'markdown-it';
import { gfmStrikethrough } from './strikethrough.ts';
import type { Align, Block, Inline } from './tree.ts';

/** Quotes and lists within each other, and emphasis within emphasis: far more than anybody means. */
const MAX_NESTING = 60;

const markdownIt = createMarkdownIt({ html: true, maxNesting: MAX_NESTING }).use(gfmStrikethrough);
// Every address is read; which of them may be followed is said where they are shown.
markdownIt.validateLink = () => true;

/**
 * CommonMark with GFM's tables and strikethrough, as a tree. Undefined for what is nested so deep that the parser would
 * leave some of it out.
 */
export function parseCommonMark(text: string): Block[] | undefined {
  const tokens = markdownIt.parse(text, {});
  const deepest = (some: readonly Token[]): number =>
    some.reduce((most, { level, children }) => Math.max(most, level, children === null ? 0 : deepest(children)), 0);
  return deepest(tokens) >= MAX_NESTING - 1 ? undefined : blocksOf(reader(tokens));
}

/** Goes through a flat list of tokens. */
function reader(tokens: readonly Token[]) {
  let at = 0;
  return {
    next: (): Token | undefined => tokens[at++],
    /** Everything up to the token that closes what the last one has opened. */
    inside<Item>(closing: string, read: (token: Token) => Item): Item[] {
      const items: Item[] = [];
      for (let token = tokens[at++]; token !== undefined && token.type !== closing; token = tokens[at++])
        items.push(read(token));
      return items;
    },
  };
}
type Reader = ReturnType<typeof reader>;

function blocksOf(tokens: Reader): Block[] {
  const blocks: Block[] = [];
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) blocks.push(blockOf(token, tokens));
  return blocks;
}

function blockOf(token: Token, tokens: Reader): Block {
  const blocksUntil = (closing: string): Block[] => tokens.inside(closing, (inner) => blockOf(inner, tokens));
  const inlinesUntil = (closing: string): Inline[] => tokens.inside(closing, inlinesOf).flat();
  switch (token.type) {
    case 'paragraph_open':
      return { type: 'paragraph', tight: token.hidden, children: inlinesUntil('paragraph_close') };
    case 'heading_open':
      return { type: 'heading', level: Number(token.tag.slice(1)), children: inlinesUntil('heading_close') };
    case 'fence':
    case 'code_block': {
      const language = markdownIt.utils.unescapeAll(token.info).trim().split(/\s/, 1)[0] ?? '';
      return { type: 'code', language, text: token.content.replace(/\n$/, '') };
    }
    case 'blockquote_open':
      return { type: 'quote', blocks: blocksUntil('blockquote_close') };
    case 'bullet_list_open':
    case 'ordered_list_open': {
      const items = tokens.inside(token.type.replace('open', 'close'), () => blocksUntil('list_item_close'));
      const start = Number(token.attrGet('start') ?? 1);
      return { type: 'list', ordered: token.type === 'ordered_list_open', start, items };
    }
    case 'table_open':
      return tableOf(tokens, inlinesUntil);
    case 'hr':
      return { type: 'rule' };
    default:
      // `html_block`, and whatever a later version of the parser may know.
      return { type: 'html', text: token.content.replace(/\n$/, '') };
  }
}

function tableOf(tokens: Reader, inlinesUntil: (closing: string) => Inline[]): Block {
  const align: Align[] = [];
  const rows: Inline[][][] = [];
  tokens.inside('table_close', (part) => {
    if (part.type !== 'tr_open') return;
    const row = tokens.inside('tr_close', (cell) => {
      if (cell.type === 'th_open') align.push(alignOf(cell));
      return inlinesUntil(cell.type.replace('open', 'close'));
    });
    rows.push(row);
  });
  const [head = [], ...body] = rows;
  return { type: 'table', align, head, rows: body };
}

const attribute = (token: Token, name: string): string => String(token.attrGet(name) ?? '');

function alignOf(cell: Token): Align {
  const [, side] = /text-align:(left|center|right)/.exec(attribute(cell, 'style')) ?? [];
  return side as Align;
}

function inlinesOf({ children }: Token): Inline[] {
  const tokens = reader(children ?? []);
  const pieces: Inline[] = [];
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) pieces.push(inlineOf(token, tokens));
  return pieces;
}

const marks = { strong_open: 'strong', em_open: 'em', s_open: 'del' } as const;
const isMark = (type: string): type is keyof typeof marks => type in marks;

function inlineOf(token: Token, tokens: Reader): Inline {
  const { type, content } = token;
  const inner = (closing: string): Inline[] => tokens.inside(closing, (one) => inlineOf(one, tokens));
  const title = attribute(token, 'title');
  const titled = title === '' ? {} : { title };
  if (isMark(type)) return { type: marks[type], children: inner(type.replace('open', 'close')) };
  switch (type) {
    case 'code_inline':
      return { type: 'code', text: content };
    case 'link_open':
      return { type: 'link', href: attribute(token, 'href'), ...titled, children: inner('link_close') };
    case 'image':
      return { type: 'image', href: attribute(token, 'src'), ...titled, children: inlinesOf(token) };
    case 'softbreak':
    case 'hardbreak':
      return { type: 'break', hard: type === 'hardbreak' };
    case 'html_inline':
      // Models break lines in the cells of tables so; there is no other way.
      return /^<br\s*\/?>$/i.test(content) ? { type: 'break', hard: true } : { type: 'tag', text: content };
    default:
      return { type: 'text', text: content };
  }
}
