import { useEffect, useMemo, useState } from 'preact/hooks';
import './markdown.css';
import { blockNodes } from './nodes.tsx';
import { readPeople } from './people.ts';
import { type Block, wordsOfBlocks } from './tree.ts';

export interface MarkdownProps {
  text: string;
  /** Still being written: half a mark is not shown as one. */
  growing?: boolean;
}

type Read = (text: string, growing: boolean) => Block[];
let read: Read | undefined;
let loading: Promise<void> | undefined;

/** Brings the parser, which is as large as all the rest of a page: when it is wanted, and once. */
export function loadMarkdown(): Promise<void> {
  loading ??= import('./bot.ts').then(
    ({ readBot }) => {
      read = readBot;
    },
    () => {
      // It is wanted again with the next message, which may find the network back.
      loading = undefined;
    },
  );
  return loading;
}

/**
 * A message of the bot. Its text becomes nodes of the page, never a string of HTML, so there is nothing to sanitise:
 * `<script>` is eight characters. Until the parser is there, it is shown as it was written.
 */
export function Markdown({ text, growing = false }: MarkdownProps) {
  const [reader, setReader] = useState<{ read: Read | undefined }>({ read });
  useEffect(() => {
    if (reader.read === undefined) void loadMarkdown().then(() => setReader({ read }));
  }, [reader]);
  const blocks = useMemo(() => (reader.read ?? readPeople)(text, growing), [reader, text, growing]);
  return (
    <div class={reader.read === undefined ? 'b-md b-md-plain' : 'b-md'} dir="auto">
      {blockNodes(blocks)}
    </div>
  );
}

/** A message of a person: as it was typed, with its addresses as links, and its code as code. */
export function PlainText({ text }: { text: string }) {
  const blocks = useMemo(() => readPeople(text), [text]);
  return (
    <div class="b-md b-md-plain" dir="auto">
      {blockNodes(blocks)}
    </div>
  );
}

/** A message in one line of plain text, for lists and notifications; the bot's without its marks. */
export function plainSummary(text: string, maxLength = 140, by: 'person' | 'bot' = 'person'): string {
  const beginning = text.slice(0, maxLength * 4);
  const words = by === 'bot' && read !== undefined ? wordsOfBlocks(read(beginning, false)) : beginning;
  const characters = [...words.replace(/\s+/g, ' ').trim()];
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : characters.join('');
}
