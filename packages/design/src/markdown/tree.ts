/** A piece of a line. Nothing in it is HTML: the renderer makes elements of it. */
export type Inline =
  | { type: 'text' | 'code'; text: string }
  /** A tag, as it was written: it is shown and not obeyed. */
  | { type: 'tag'; text: string }
  | { type: 'strong' | 'em' | 'del'; children: Inline[] }
  /** An image is a link, too: what a stranger wrote loads nothing from anywhere. */
  | { type: 'link' | 'image'; href: string; title?: string; children: Inline[] }
  | { type: 'break'; hard: boolean };

export type Align = 'left' | 'center' | 'right' | undefined;

/** A piece of a text that stands by itself. */
export type Block =
  /** `tight`: all that is in an item of a list whose items do not stand apart. */
  | { type: 'paragraph'; tight: boolean; children: Inline[] }
  | { type: 'heading'; level: number; children: Inline[] }
  | { type: 'code'; language: string; text: string }
  | { type: 'html'; text: string }
  | { type: 'quote'; blocks: Block[] }
  | { type: 'list'; ordered: boolean; start: number; items: Block[][] }
  | { type: 'table'; align: Align[]; head: Inline[][]; rows: Inline[][][] }
  | { type: 'rule' };

export function wordsOf(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'break') return ' ';
      return 'text' in node ? node.text : wordsOf(node.children);
    })
    .join('');
}

export function wordsOfBlocks(blocks: readonly Block[]): string {
  return blocks.map(wordsOfBlock).join(' ');
}

function wordsOfBlock(node: Block): string {
  switch (node.type) {
    case 'paragraph':
    case 'heading':
      return wordsOf(node.children);
    case 'code':
    case 'html':
      return node.text;
    case 'quote':
      return wordsOfBlocks(node.blocks);
    case 'list':
      return node.items.map(wordsOfBlocks).join(' ');
    case 'table':
      return [node.head, ...node.rows].map((row) => row.map(wordsOf).join(' ')).join(' ');
    case 'rule':
      return '';
  }
}
