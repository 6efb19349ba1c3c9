import { createParser } from 'eventsource-parser';
import { ModelFailure } from '../model.ts';

/** One message of the endpoint, or its mark that there are no more. */
export type Message = { kind: 'data'; value: unknown } | { kind: 'done' };

/** A longer piece has no end. */
const MAX_BUFFERED = 4_000_000;

/**
 * Reads a response: server-sent events, one JSON document, or one on each line. The first character tells which,
 * because content types are often wrong. Bytes may be cut anywhere. @throws ModelFailure for a web page, and for
 * invalid JSON
 */
export async function* readMessages(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  const waiting: Message[] = [];
  let begin = '';
  let events: EventReader | undefined;
  let whole: string[] | undefined;
  let length = 0;

  const take = (text: string) => {
    if (events !== undefined) return events.feed(text);
    if (whole !== undefined) {
      length += text.length;
      if (length > MAX_BUFFERED) throw tooLong();
      return void whole.push(text);
    }
    begin += text;
    const first = begin.trimStart()[0];
    if (first === undefined) return;
    if (first === '<') throw new ModelFailure('wrong_address', { detail: 'it answers with a web page' });
    if (first === '{' || first === '[') whole = [];
    else events = createEventReader((message) => void waiting.push(message));
    take(begin);
  };

  for await (const bytes of body) {
    take(decoder.decode(bytes, { stream: true }));
    yield* waiting.splice(0);
  }
  take(decoder.decode());
  events?.end();
  yield* waiting.splice(0);
  if (whole !== undefined) yield* documents(whole.join(''));
}

interface EventReader {
  feed(text: string): void;
  end(): void;
}

function createEventReader(tell: (message: Message) => void): EventReader {
  const parser = createParser({
    maxBufferSize: MAX_BUFFERED,
    onEvent({ event, data }) {
      if (data.trim() === '[DONE]') return tell({ kind: 'done' });
      const value = parse(data);
      if (value === undefined) throw new ModelFailure('garbled', { detail: 'a piece that is no JSON' });
      tell({ kind: 'data', value: event === 'error' ? { error: value } : value });
    },
    onError({ type }) {
      if (type === 'max-buffer-size-exceeded') throw tooLong();
    },
  });
  return {
    feed: (text) => parser.feed(text),
    // The last event counts even without the empty line after it.
    end: () => parser.feed('\n\n'),
  };
}

/** A document, or one on each line. */
function* documents(text: string): Generator<Message> {
  const value = parse(text);
  const values =
    value === undefined
      ? text
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map(parse)
      : [value];
  if (values.includes(undefined)) throw new ModelFailure('garbled', { detail: 'an answer that is no JSON' });
  for (const one of values) yield { kind: 'data', value: one };
  yield { kind: 'done' };
}

const tooLong = () => new ModelFailure('garbled', { detail: 'a piece without an end' });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
