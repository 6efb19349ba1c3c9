import { type Chat, type ChatState, isolated, type Result, wordsForCustomer } from '@baton/client';
import { eventWords, messageWords, senderWords } from '../chat/words.ts';
import type { Language } from '../i18n/i18n.ts';
import { rowsOf } from './rows.ts';

/** The whole chat as plain text, one paragraph a message. */
export function transcriptText(state: ChatState, title: string, language: Language): string {
  const begun = state.session === null ? new Date() : new Date(state.session.createdAt);
  const head = [title, language.say('transcriptOf', { date: language.dateTime(begun) })];
  const lines = rowsOf(state.items, state.session?.agentName).flatMap((row) => {
    if (row.type === 'day') return [];
    const at = language.dateTime(new Date(row.item.timestamp));
    if (row.type === 'event') {
      const told = wordsForCustomer(row.item.change);
      return [`[${at}] ${eventWords(row, language)}${told === undefined ? '' : `\n${told}`}`];
    }
    if (row.item.sender === 'system') return [`[${at}] ${row.item.content}`];
    return [
      `[${at}] ${isolated(senderWords(row.item, language), language.direction)}:\n${messageWords(row.item, language)}`,
    ];
  });
  return `${[head.join('\n'), ...lines].join('\n\n')}\n`;
}

/** All of it, also what the page had no need of so far. */
export async function downloadTranscript(
  chat: Pick<Chat, 'state' | 'loadEarlier'>,
  title: string,
  language: Language,
): Promise<Result<object>> {
  while (chat.state.hasMore) {
    const { length } = chat.state.items;
    const reply = await chat.loadEarlier();
    if (!reply.ok) return reply;
    if (chat.state.items.length === length) return incomplete;
  }
  download(chat.state, title, language);
  return { ok: true, value: {} };
}

const incomplete: Result<never> = { ok: false, code: 'INTERNAL', message: 'Couldn’t load a part of the chat.' };

function download(state: ChatState, title: string, language: Language): void {
  const url = URL.createObjectURL(
    new Blob([transcriptText(state, title, language)], { type: 'text/plain;charset=utf-8' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = `chat-${(state.session?.createdAt ?? new Date().toISOString()).slice(0, 10)}.txt`;
  link.click();
  // The browser has the address by the next task, whatever it does with it afterwards.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
