import { withBareLinks } from './bare-links.ts';
import { parseCommonMark } from './commonmark.ts';
import { growing } from './growing.ts';
import { readPeople } from './people.ts';
import type { Block, Inline } from './tree.ts';

/** What the bot writes: CommonMark with GFM's tables, strikethrough and autolinks. */
export function readBot(text: string, stillGrowing: boolean): Block[] {
  const blocks = stillGrowing ? growing(text, parseCommonMark) : parseCommonMark(text);
  // What is nested so deep means nothing by it.
  return blocks === undefined ? readPeople(text) : blocks.map(blockLinked);
}

function blockLinked(node: Block): Block {
  switch (node.type) {
    case 'paragraph':
    case 'heading':
      return { ...node, children: linked(node.children) };
    case 'quote':
      return { ...node, blocks: node.blocks.map(blockLinked) };
    case 'list':
      return { ...node, items: node.items.map((item) => item.map(blockLinked)) };
    case 'table':
      return { ...node, head: node.head.map(linked), rows: node.rows.map((row) => row.map(linked)) };
    default:
      return node;
  }
}

function linked(nodes: readonly Inline[]): Inline[] {
  return nodes.flatMap((node): Inline[] => {
    if (node.type === 'text') return withBareLinks(node.text);
    if (node.type === 'strong' || node.type === 'em' || node.type === 'del')
      return [{ ...node, children: linked(node.children) }];
    return [node];
  });
}
