import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { type Block, parseBlocks } from './blocks.ts';
import { type Inline, parsePlain } from './inline.ts';
import { honestHost } from './links.ts';
import './markdown.css';

export interface MarkdownProps {
  text: string;
  /** Still being written: half a mark is not shown as one. */
  growing?: boolean;
}

/**
 * A message of the bot or of an agent. Its text becomes nodes of the page, never a string of HTML, so there is nothing to
 * sanitise: `<script>` is eight characters.
 */
export function Markdown({ text, growing = false }: MarkdownProps) {
  const blocks = useMemo(() => parseBlocks(text, { growing }), [text, growing]);
  return <div class="b-md">{blocks.map(block)}</div>;
}

/** A message of a visitor: as it was typed, with its addresses as links. */
export function PlainText({ text }: { text: string }) {
  const pieces = useMemo(() => parsePlain(text), [text]);
  return <div class="b-md b-md-plain">{pieces.map(inline)}</div>;
}

/** A message in one line of plain text, for lists and notifications. */
export function plainSummary(text: string, maxLength = 140): string {
  const line = parseBlocks(text.slice(0, maxLength * 4))
    .map(wordsOfBlock)
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : line;
}

function block(node: Block, key: number): ComponentChildren {
  switch (node.type) {
    case 'paragraph':
      return <p key={key}>{node.children.map(inline)}</p>;
    case 'heading':
      // A heading inside of a message is no heading of the page.
      return (
        <p key={key} class="b-md-heading">
          {node.children.map(inline)}
        </p>
      );
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <pre key={key} tabIndex={0} dir="ltr">
          <code>{node.text}</code>
        </pre>
      );
    case 'quote':
      return <blockquote key={key}>{node.blocks.map(block)}</blockquote>;
    case 'list': {
      const items = node.items.map((item, index) => <li key={index}>{listItem(item)}</li>);
      if (!node.ordered) return <ul key={key}>{items}</ul>;
      return (
        <ol key={key} start={node.start}>
          {items}
        </ol>
      );
    }
    case 'table':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <div key={key} class="b-md-wide" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {node.head.map((cell, column) => (
                  <th key={column} scope="col">
                    {cell.map(inline)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {node.rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, column) => (
                    <td key={column}>{cell.map(inline)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    case 'rule':
      return <hr key={key} />;
  }
}

/** Without a paragraph around it when that is all there is, so that lists are not spread out. */
function listItem(blocks: readonly Block[]): ComponentChildren {
  const [first, ...rest] = blocks;
  if (first?.type !== 'paragraph') return blocks.map(block);
  return [first.children.map(inline), rest.map(block)];
}

function inline(node: Inline, key: number): ComponentChildren {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'break':
      return <br key={key} />;
    case 'code':
      return <code key={key}>{node.text}</code>;
    case 'strong':
      return <strong key={key}>{node.children.map(inline)}</strong>;
    case 'em':
      return <em key={key}>{node.children.map(inline)}</em>;
    case 'del':
      return <del key={key}>{node.children.map(inline)}</del>;
    case 'link': {
      const leadsTo = honestHost(wordsOf(node.children), node.href);
      return (
        <a key={key} href={node.href} target="_blank" rel="noopener noreferrer nofollow ugc">
          {node.children.map(inline)}
          {leadsTo !== undefined && <span class="b-md-leads-to"> ({leadsTo})</span>}
        </a>
      );
    }
  }
}

function wordsOf(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'break') return ' ';
      return 'text' in node ? node.text : wordsOf(node.children);
    })
    .join('');
}

function wordsOfBlock(node: Block): string {
  switch (node.type) {
    case 'paragraph':
    case 'heading':
      return wordsOf(node.children);
    case 'code':
      return node.text;
    case 'quote':
      return node.blocks.map(wordsOfBlock).join(' ');
    case 'list':
      return node.items.map((item) => item.map(wordsOfBlock).join(' ')).join(' ');
    case 'table':
      return [node.head, ...node.rows].map((row) => row.map(wordsOf).join(' ')).join(' ');
    case 'rule':
      return '';
  }
}
