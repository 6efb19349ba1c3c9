import { Box, render, Static, Text, type TextProps, useWindowSize } from 'ink';
import { createElement as h, type ReactNode, useSyncExternalStore } from 'react';
import { Prompt } from './prompt-ink.ts';
import type { OpenScreen, ScreenInput } from './screen.ts';
import type { Line, Tone } from './words.ts';

interface View {
  printed: readonly (Line & { number: number })[];
  live: readonly Line[];
  prompt: string;
}

/** A terminal in which the transcript stays above and the live part and the prompt are redrawn below it. */
export const openInkScreen =
  (streams: { stdin?: NodeJS.ReadStream; stdout?: NodeJS.WriteStream } = {}): OpenScreen =>
  (input) => {
    let view: View = { printed: [], live: [], prompt: '› ' };
    const watchers = new Set<() => void>();
    const show = (next: Partial<View>) => {
      view = { ...view, ...next };
      for (const watcher of watchers) watcher();
    };
    const store: Store = {
      subscribe(watcher) {
        watchers.add(watcher);
        return () => watchers.delete(watcher);
      },
      read: () => view,
    };
    const app = render(h(Root, { store, input }), { ...streams, exitOnCtrlC: false, patchConsole: false });
    return {
      print(...lines) {
        const begun = view.printed.length;
        show({ printed: [...view.printed, ...lines.map((line, index) => ({ ...line, number: begun + index }))] });
      },
      live: (live) => show({ live }),
      prompt: (prompt) => show({ prompt }),
      async close() {
        show({ live: [] });
        await app.waitUntilRenderFlush();
        app.unmount();
        await app.waitUntilExit();
      },
    };
  };

interface Store {
  subscribe(watcher: () => void): () => void;
  read(): View;
}

function Root({ store, input }: { store: Store; input: ScreenInput }): ReactNode {
  const view = useSyncExternalStore(store.subscribe, store.read);
  const { rows, columns } = useWindowSize();
  // What is taller than the window cannot be redrawn in place. Of a long answer the end is what one reads.
  const room = Math.max(3, rows - 4);
  return h(
    Box,
    { flexDirection: 'column' },
    h(Static<View['printed'][number]>, {
      items: [...view.printed],
      // biome-ignore lint/correctness/noChildrenProp: without JSX, this is where its type wants them
      children: (line) => h(LineText, { key: line.number, line, columns }),
    }),
    h(
      Box,
      { flexDirection: 'column', marginTop: 1 },
      ...lastRows(view.live, room, columns).map((line, index) => h(LineText, { key: index, line, columns })),
    ),
    h(Prompt, { label: view.prompt, input }),
  );
}

/** As many of the newest lines as fit, the topmost cut from its front; a line is reckoned by its characters. */
function lastRows(lines: readonly Line[], rows: number, columns: number): Line[] {
  const kept: Line[] = [];
  let left = rows;
  for (const line of lines.toReversed()) {
    if (left <= 0) break;
    const width = Math.max(10, columns - (line.who === undefined ? 2 : line.who.length + 2));
    const parts = line.text.split('\n').flatMap((part) => part.match(new RegExp(`.{1,${width}}`, 'gu')) ?? ['']);
    kept.unshift(parts.length <= left ? line : { ...line, text: `…${parts.slice(-left).join('\n')}` });
    left -= parts.length;
  }
  return kept;
}

const looks: Record<Tone, TextProps> = {
  you: { color: 'cyan' },
  customer: { color: 'yellow' },
  bot: { color: 'green' },
  agent: { color: 'magenta' },
  event: { dimColor: true },
  note: { color: 'blue' },
  hint: { dimColor: true, italic: true },
  warning: { color: 'yellow' },
  error: { color: 'red' },
};

function LineText({ line, columns }: { line: Line; columns: number }): ReactNode {
  const look = looks[line.tone];
  if (line.who === undefined)
    return h(Text, { ...look, wrap: 'wrap' }, line.tone === 'event' ? `— ${line.text}` : line.text);
  return h(
    Box,
    { width: columns },
    h(Box, { flexShrink: 0 }, h(Text, { ...look, bold: true }, `${line.who}  `)),
    h(Box, { flexGrow: 1, flexShrink: 1, flexBasis: 0 }, h(Text, { wrap: 'wrap' }, line.text)),
  );
}
