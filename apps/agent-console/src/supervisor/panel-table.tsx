import type { ComponentChildren } from 'preact';

/** What stands above a column; `numbers` are set flush right. */
export interface Column {
  title: string;
  numbers?: true;
}

interface PanelTableProps {
  columns: readonly Column[];
  children: ComponentChildren;
  /** What scrolls with it, under the last row. */
  below?: ComponentChildren;
}

/** A table that scrolls in its panel. */
export function PanelTable({ columns, children, below }: PanelTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div class="panel-scroll" tabIndex={0}>
      <table class="table">
        <thead>
          <tr>
            {columns.map(({ title, numbers }) => (
              <th key={title} scope="col" class={numbers && 'table-number'}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
      {below}
    </div>
  );
}
