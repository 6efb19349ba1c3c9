import { type Entry, MAX_PAGE } from '@baton/contracts';
import type { ChatMessage } from '../model/model.ts';
import { dataMessage } from './marked-data.ts';
import { wellFormedEnd, wellFormedStart } from './text.ts';
import type { CountTokens } from './tokens.ts';
import { inOrderOfTurns, toChatMessage, unanswered } from './transcript.ts';

/** What a message costs besides its text, in OpenAI's format. */
const MESSAGE_OVERHEAD = 4;
/** It is made of what customers wrote: it may say anything. */
const SUMMARY = 'summary of the conversation so far';
/** When older entries no longer fit, so many are put into memory that the rest fills this part of the room. */
const KEEP_AFTER_SUMMARY = 0.5;
/** Below what is loaded, so that short entries get into memory before they are out of sight. */
const SUMMARISE_FROM_ENTRIES = MAX_PAGE * 0.75;

export interface Context {
  /** For the model: the system prompt, data about the customer, what is remembered, then the entries that fit, in their order. */
  messages: ChatMessage[];
  /** Older entries that should go into memory, which then reaches up to `throughSeq`; undefined while all fits. */
  toSummarise: { entries: Entry[]; throughSeq: number } | undefined;
}

/**
 * Chooses what the model is shown within `maxTokens`: the newest entries first, and none skipped between them.
 * The newest customer message is always there; one that alone is too long is cut, visibly, in its middle.
 */
export function fitContext(options: {
  system: string;
  /** Messages with what the site says of the customer. */
  about?: readonly ChatMessage[];
  memory: string | null;
  memoryThroughSeq: number;
  entries: readonly Entry[];
  /** The customer waits for a human agent, and none is online. */
  standsIn?: boolean;
  maxTokens: number;
  count: CountTokens;
}): Context {
  const { count } = options;
  const remembered: ChatMessage[] = options.memory === null ? [] : [dataMessage(SUMMARY, options.memory)];
  const head: ChatMessage[] = [{ role: 'system', text: options.system }, ...(options.about ?? []), ...remembered];
  const cost = (message: ChatMessage) => count(message.text) + MESSAGE_OVERHEAD;
  // However long the prompt, some room is left for what the customer says.
  const room = Math.max(
    options.maxTokens - head.reduce((sum, message) => sum + cost(message), 0),
    Math.ceil(options.maxTokens / 4),
  );

  const questions = unanswered(options.entries);
  const newestQuestion = questions.at(-1)?.seq;
  const wait = options.standsIn ? options.entries.findLast(({ kind }) => kind === 'event') : undefined;
  const fresh = inOrderOfTurns(options.entries)
    .filter((entry) => entry.seq > options.memoryThroughSeq || entry.seq === newestQuestion)
    .map((entry) => ({ entry, message: toChatMessage(entry, entry === wait) }));

  let used = 0;
  let shownFrom = fresh.length;
  let keptFrom = fresh.length;
  const shown: ChatMessage[] = [];
  for (const [index, { entry, message }] of [...fresh.entries()].reverse()) {
    if (message !== undefined) {
      const price = cost(message);
      const isNewestQuestion = entry.seq === newestQuestion;
      if (used + price > room && !isNewestQuestion) break;
      const fits = price <= room ? message : { ...message, text: cutMiddle(message.text, room, count) };
      used += Math.min(price, room);
      shown.unshift(fits);
      if (used <= room * KEEP_AFTER_SUMMARY) keptFrom = index;
    }
    shownFrom = index;
  }

  const overflows = shownFrom > 0 || fresh.length >= SUMMARISE_FROM_ENTRIES;
  const half = fresh.length >= SUMMARISE_FROM_ENTRIES ? Math.ceil(fresh.length / 2) : 0;
  const asked = fresh.findIndex(({ entry }) => entry.seq === questions[0]?.seq);
  const end = Math.min(Math.max(shownFrom, keptFrom, half), asked < 0 ? fresh.length : asked);
  const summarised = overflows ? fresh.slice(0, end).map(({ entry }) => entry) : [];
  // The order of turns is not that of numbers: memory reaches up to what is still needed, and not beyond.
  const needed = Math.min(...fresh.slice(end).map(({ entry }) => entry.seq), (options.entries.at(-1)?.seq ?? 0) + 1);
  const throughSeq = needed - 1;
  return {
    messages: [...head, ...shown],
    toSummarise:
      summarised.length > 0 && throughSeq > options.memoryThroughSeq ? { entries: summarised, throughSeq } : undefined,
  };
}

/** Keeps the beginning and the end, where questions stand, and says what was left out. */
function cutMiddle(text: string, maxTokens: number, count: CountTokens): string {
  // By proportion, then down until it fits: tokens are not spread evenly.
  for (let share = (maxTokens / count(text)) * 0.95; share > 0.001; share *= 0.8) {
    const start = wellFormedStart(text, Math.floor(text.length * share * 0.6));
    const end = wellFormedEnd(text, Math.floor(text.length * share * 0.4));
    const left = text.length - start.length - end.length;
    const cut = `${start}\n[… ${left} characters of this message are left out here …]\n${end}`;
    if (count(cut) <= maxTokens) return cut;
  }
  return `[… a message of ${text.length} characters is left out here …]`;
}
