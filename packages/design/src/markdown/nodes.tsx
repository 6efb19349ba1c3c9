import type { ComponentChildren } from 'preact';
import { safeHref, undisguisedHost } from './links.ts';
import { type Align, type Block, type Inline, wordsOf } from './tree.ts';

/** The tree of a text as nodes of the page. */
export function blockNodes(blocks: readonly Block[]): ComponentChildren {
  return blocks.map(blockNode);
}

function blockNode(node: Block, key: number): ComponentChildren {
  switch (node.type) {
    case 'paragraph':
      // Without a paragraph around it, so that a list is not spread out.
      if (node.tight) return node.children.map(inlineNode);
      return <p key={key}>{node.children.map(inlineNode)}</p>;
    case 'heading':
      // A heading inside of a message is no heading of the page.
      return (
        <p key={key} class="b-md-heading">
          {node.children.map(inlineNode)}
        </p>
      );
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <pre key={key} tabIndex={0} dir="ltr">
          <code>{node.text}</code>
        </pre>
      );
    case 'html':
      return (
        <p key={key} class="b-md-as-written">
          {node.text}
        </p>
      );
    case 'quote':
      return <blockquote key={key}>{blockNodes(node.blocks)}</blockquote>;
    case 'list': {
      const items = node.items.map((item, index) => <li key={index}>{blockNodes(item)}</li>);
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
                  <th key={column} scope="col" class={sideOf(node.align[column])}>
                    {cell.map(inlineNode)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {node.rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, column) => (
                    <td key={column} class={sideOf(node.align[column])}>
                      {cell.map(inlineNode)}
                    </td>
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

const sideOf = (align: Align): string | undefined => align && `b-md-${align}`;

function inlineNode(node: Inline, key: number): ComponentChildren {
  switch (node.type) {
    case 'text':
    case 'tag':
      return node.text;
    case 'break':
      return <br key={key} />;
    case 'code':
      return <code key={key}>{node.text}</code>;
    case 'strong':
      return <strong key={key}>{node.children.map(inlineNode)}</strong>;
    case 'em':
      return <em key={key}>{node.children.map(inlineNode)}</em>;
    case 'del':
      return <del key={key}>{node.children.map(inlineNode)}</del>;
    case 'image':
    case 'link':
      return linkNode(node, key);
  }
}

function linkNode(node: Inline & { type: 'link' | 'image' }, key: number): ComponentChildren {
  const href = safeHref(node.href);
  const words = wordsOf(node.children).trim();
  // An image within a link is that link's words; its own address would be a link within a link.
  const shown =
    words === ''
      ? node.href
      : node.children.map((child, at) => (child.type === 'image' ? wordsOf(child.children) : inlineNode(child, at)));
  if (href === undefined) return shown;
  const leadsTo = undisguisedHost(words, href);
  return (
    <a key={key} href={href} title={node.title} target="_blank" rel="noopener noreferrer nofollow ugc">
      {leadsTo === undefined ? shown : <bdi>{shown}</bdi>}
      {leadsTo !== undefined && (
        <bdi class="b-md-leads-to" dir="ltr">
          {' '}
          ({leadsTo})
        </bdi>
      )}
    </a>
  );
}
