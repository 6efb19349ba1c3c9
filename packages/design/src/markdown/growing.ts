import type { Block, Inline } from './tree.ts';

/** A line that will be something else when the rest of it has come: the beginning of an item, a fence, a rule. */
const ONLY_MARKS = /^[ \t]*(?:[-=*_+>#`~|]{1,9}|\d{1,9}[.)]?)[ \t]*$/;
const OPENS_STRONG = /(?:^|[^\p{L}\p{N}*])\*\*(?=[^\s*])/u;
const UNFINISHED_LINK = /!?\[([^[\]\n]+)(?:\](?:\([^\s()]*)?)?$/;
/** No more of the end is looked at. */
const LONGEST_LINK = 2_600;

/**
 * A text that is still being written, without half a mark at its end: what was opened and not yet closed counts as
 * closed there. An unclosed fence needs no help: it is code as CommonMark has it.
 */
export function growing(text: string, parse: (text: string) => Block[] | undefined): Block[] | undefined {
  const lastLine = text.lastIndexOf('\n');
  const shown = lastLine > 0 && ONLY_MARKS.test(text.slice(lastLine + 1)) ? text.slice(0, lastLine) : text;
  const blocks = parse(shown);
  return blocks && lastFinished(blocks);
}

function lastFinished(blocks: readonly Block[]): Block[] {
  const last = blocks.at(-1);
  return last === undefined ? [] : [...blocks.slice(0, -1), finished(last)];
}

function finished(node: Block): Block {
  switch (node.type) {
    case 'paragraph':
    case 'heading':
      return { ...node, children: inlineFinished(node.children) };
    case 'quote':
      return { ...node, blocks: lastFinished(node.blocks) };
    case 'list': {
      const last = node.items.at(-1);
      return last === undefined ? node : { ...node, items: [...node.items.slice(0, -1), lastFinished(last)] };
    }
    default:
      return node;
  }
}

function inlineFinished(nodes: readonly Inline[]): Inline[] {
  const withLabel = [...nodes];
  const last = withLabel.at(-1);
  if (last?.type === 'text') {
    const head = last.text.slice(0, -LONGEST_LINK);
    const tail = last.text.slice(-LONGEST_LINK).replace(UNFINISHED_LINK, '$1');
    withLabel[withLabel.length - 1] = { type: 'text', text: head + tail };
  }
  for (const [at, node] of withLabel.entries()) {
    const found = node.type === 'text' ? OPENS_STRONG.exec(node.text) : null;
    if (node.type !== 'text' || found === null) continue;
    const marks = found.index + found[0].length - 2;
    const inside: Inline[] = [{ type: 'text', text: node.text.slice(marks + 2) }, ...withLabel.slice(at + 1)];
    const before: Inline[] = marks === 0 ? [] : [{ type: 'text', text: node.text.slice(0, marks) }];
    return [...withLabel.slice(0, at), ...before, { type: 'strong', children: inside }];
  }
  return withLabel;
}
