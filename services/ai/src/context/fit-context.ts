import { type Entry, MAX_PAGE } from '@baton/contracts';
import type { ChatMessage } from '../model/model.ts';
import { dataMessage } from './marked-data.ts';
import type { CountTokens } from './tokens.ts';
import { inOrderOfTurns, toChatMessage, unanswered } from './transcript.ts';
import { wellFormedEnd, wellFormedStart } from './well-formed-text.ts';

/** Tokens of a message besides its text, in OpenAI's format. */
const MESSAGE_OVERHEAD = 4;
/** Marks the summary as data: it is made of what customers wrote. */
const SUMMARY = 'summary of the conversation so far';
/** When older entries no longer fit, the newest are kept up to this part of the room and the others summarised. */
const KEEP_AFTER_SUMMARY = 0.5;
/** Below the number that is loaded, so that short entries are summarised before they are out of sight. */
const SUMMARISE_FROM_ENTRIES = MAX_PAGE * 0.75;

export interface Context {
  /** The system prompt, data about the customer, the summary, then the entries that fit, in order. */
  messages: ChatMessage[];
  /** Entries to summarise; memory then covers entries up to `throughSeq`. Undefined while all entries fit. */
  toSummarise: { entries: Entry[]; throughSeq: number } | undefined;
}

/**
 * Chooses what the model is shown within `maxTokens`: the newest entries, without gaps. The newest customer message is
 * always included; when it alone is too long, its middle is cut, visibly.
 */
export function fitContext(options: {
  system: string;
  /** What the site says about the customer. */
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
  // However long the prompt is, some room is left for the conversation.
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
  // The order of turns differs from the order of `seq`: memory ends before the first entry that is still needed.
  const needed = Math.min(...fresh.slice(end).map(({ entry }) => entry.seq), (options.entries.at(-1)?.seq ?? 0) + 1);
  const throughSeq = needed - 1;
  return {
    messages: [...head, ...shown],
    toSummarise:
      summarised.length > 0 && throughSeq > options.memoryThroughSeq ? { entries: summarised, throughSeq } : undefined,
  };
}

/** Keeps the beginning and the end, where questions usually are, and says what was left out. */
function cutMiddle(text: string, maxTokens: number, count: CountTokens): string {
  // In proportion first, then smaller until it fits: tokens are not spread evenly.
  for (let share = (maxTokens / count(text)) * 0.95; share > 0.001; share *= 0.8) {
    const start = wellFormedStart(text, Math.floor(text.length * share * 0.6));
    const end = wellFormedEnd(text, Math.floor(text.length * share * 0.4));
    const left = text.length - start.length - end.length;
    const cut = `${start}\n[… ${left} characters of this message are left out here …]\n${end}`;
    if (count(cut) <= maxTokens) return cut;
  }
  return `[… a message of ${text.length} characters is left out here …]`;
}
