import { urlOf } from '@baton/design';
import { useMemo } from 'preact/hooks';
import './facts.css';

/**
 * Free-form facts that the embedding page gave with the chat: a text unchanged, an object as names and values, of which
 * what is nested is shown as JSON.
 */
export function Facts({ title, values }: { title: string; values: Record<string, unknown> | string | null }) {
  const rows = useMemo(
    () =>
      typeof values === 'string'
        ? []
        : Object.entries(values ?? {}).map(([name, value]) => ({ name, ...shown(value) })),
    [values],
  );
  if (typeof values === 'string' && values.trim() !== '')
    return (
      <div class="facts">
        <h3 class="small-title">{title}</h3>
        <p class="facts-text">{values}</p>
      </div>
    );
  if (rows.length === 0) return null;
  return (
    <div class="facts">
      <h3 class="small-title">{title}</h3>
      <dl>
        {rows.map(({ name, text, href, nested }) => (
          <div key={name} class={nested ? 'facts-row facts-nested' : 'facts-row'}>
            <dt>{name}</dt>
            <dd>
              {href !== undefined ? (
                <a href={href} target="_blank" rel="noopener noreferrer nofollow">
                  {text}
                </a>
              ) : nested ? (
                // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
                <pre tabIndex={0}>{text}</pre>
              ) : (
                text
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function shown(value: unknown): { text: string; href?: string; nested: boolean } {
  if (typeof value === 'object' && value !== null) return { text: JSON.stringify(value, null, 1), nested: true };
  const text = String(value);
  // Only what is plainly an address of the web is one: the value is whatever the page's visitor had.
  const url = /^https?:\/\/\S+$/i.test(text) ? urlOf(text) : undefined;
  return { text, nested: false, ...(url && { href: url.href }) };
}
