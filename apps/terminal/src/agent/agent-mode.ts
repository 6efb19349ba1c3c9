import { customerName } from '@baton/client';
import { agentStatus, type Reply } from '@baton/contracts';
import type { Commands } from '../screen/commands.ts';
import { foreign } from '../screen/foreign.ts';
import { connectionEvents, openStage, type Stage } from '../screen/mode-screen.ts';
import type { OpenScreen } from '../screen/screen.ts';
import {
  beginning,
  briefLines,
  column,
  type Line,
  lineOf,
  noteLine,
  priorityMark,
  waitedFor,
} from '../screen/words.ts';
import { type Chat, createAgent, type TerminalAgent } from './agent.ts';

/** Entries that are shown again when one turns to a chat. */
const RECALLED = 12;
/** Of those who wait, how many are shown. */
const WAITING_SHOWN = 6;
const REFRESH_MS = 5_000;

/** An agent in front of the terminal, with any number of chats. Resolves with the exit code. */
export async function agentMode(options: {
  url: string;
  name: string;
  capacity?: number;
  key?: string | undefined;
  open: OpenScreen;
}): Promise<number> {
  let current: Chat | undefined;
  const unread = new Map<Chat, number>();
  /** Numbers stay with their chats, so that /2 means the same chat until it is gone. */
  const numbers = new Map<Chat, number>();

  const stage = openStage({
    open: options.open,
    say: (text, { hint }) => {
      if (current === undefined) hint('No chat is open. /next takes the next one.');
      else current.say(text);
    },
    onTyping: (text) => current?.typing(text !== ''),
    quitHelp: 'sign out; your open chats go back to the queue after a while',
    commands: (self) => commands(self),
  });
  const { screen, print, hint, refused } = stage;

  const agent = createAgent({
    url: options.url,
    name: options.name,
    key: options.key,
    ...(options.capacity !== undefined && { capacity: options.capacity }),
    ...connectionEvents(() => stage, options.url),
    onReady: (record, resumed) =>
      hint(
        resumed
          ? 'Back online; nothing was lost.'
          : `Online as ${record.name} at ${options.url}. /help lists what you can do.`,
      ),
    onAssigned(chat) {
      numbers.set(chat, firstFree(new Set(numbers.values())));
      if (current === undefined) turnTo(chat);
      else hint(`New chat assigned: ${label(chat)}. /turn ${numbers.get(chat)} opens it.`);
    },
    onGone(chat) {
      numbers.delete(chat);
      unread.delete(chat);
      if (current !== chat) return hint(`${beginning(customerName(chat.session), 40)}: you no longer have this chat.`);
      hint('You no longer have this chat.');
      const [next] = agent.chats;
      if (next) turnTo(next);
      else setCurrent(undefined);
    },
    onShown(chat, item) {
      if (chat === current) return print(lineOf(item, 'agent'));
      unread.set(chat, (unread.get(chat) ?? 0) + 1);
      const { text } = lineOf(item, 'agent');
      if (item.kind === 'message') hint(`${label(chat)}: ${beginning(text, 60)}`);
      refresh();
    },
    onNote: (chat, note) => chat === current && print(noteLine(note)),
    onChange: () => refresh(),
    onRefused: (_, item, { message }) =>
      print({ tone: 'error', text: `Not sent: “${beginning(item.content, 80)}”. ${message}` }),
    onTrouble: refused,
  });
  const timer = setInterval(() => refresh(), REFRESH_MS);

  const label = (chat: Chat) => `[${numbers.get(chat) ?? '?'}] ${beginning(customerName(chat.session), 30)}`;
  const refresh = () => screen.live(liveLines(agent, current, unread, label));
  const setCurrent = (chat: Chat | undefined) => {
    current?.typing(false);
    current = chat;
    screen.prompt(chat ? `${label(chat)} › ` : 'agent › ');
    refresh();
  };
  const turnTo = (chat: Chat) => {
    unread.delete(chat);
    setCurrent(chat);
    const { session, brief, log, notes } = chat;
    print({ tone: 'event', text: `${label(chat)}, chat ${session.id}` });
    if (brief) print(...briefLines(brief));
    print(...log.slice(-RECALLED).map((item) => lineOf(item, 'agent')), ...notes.map(noteLine));
  };
  setCurrent(undefined);

  function commands(self: Stage): Commands {
    const settle = async (asking: Promise<Reply<unknown>>) => {
      const reply = await asking;
      if (!reply.ok) self.refused(reply);
      return reply.ok;
    };
    const withChat = (act: (chat: Chat, rest: string) => Promise<unknown>) => async (rest: string) => {
      if (current === undefined) self.hint('No chat is open. /next takes the next one.');
      else await act(current, rest);
    };
    return {
      next: { help: 'take the next chat', run: async () => void (await settle(agent.claim())) },
      pick: {
        takes: 'N',
        help: 'take number N of the queue',
        run: async (rest) => {
          const waiting = agent.waiting?.sessions[Number(rest) - 1];
          if (waiting === undefined) return self.warn(`There is no number ${rest || '?'} in the queue.`);
          await settle(agent.claim(waiting.id));
        },
      },
      list: { help: 'the queue, with reasons', run: () => self.print(...waitingLines(agent, 50)) },
      chats: {
        help: 'your open chats',
        run: () =>
          agent.chats.length === 0
            ? self.hint('You have no open chat.')
            : self.print(...agent.chats.map((chat): Line => ({ tone: 'hint', text: label(chat) }))),
      },
      turn: {
        takes: 'N',
        help: 'open chat N',
        run: (rest) => {
          const chat = agent.chats.find((one) => numbers.get(one) === Number(rest));
          if (chat === undefined) self.warn(`You have no chat with number ${rest || '?'}.`);
          else turnTo(chat);
        },
      },
      note: {
        takes: 'TEXT',
        help: 'add a note for colleagues; the customer never sees it',
        run: withChat(async (chat, text) => {
          if (text === '') self.warn('What should the note say?');
          else await settle(agent.addNote(chat, text));
        }),
      },
      release: {
        takes: '[REASON]',
        help: 'back to the queue, same place',
        run: withChat((chat, reason) =>
          settle(agent.transfer(chat, { type: 'queue' }, reason || 'Returned to the queue.')),
        ),
      },
      bot: {
        takes: '[REASON]',
        help: 'transfer the chat to the bot',
        run: withChat((chat, reason) =>
          settle(agent.transfer(chat, { type: 'bot' }, reason || 'Returned to the bot.')),
        ),
      },
      transfer: {
        formerly: ['hand'],
        takes: 'AGENT-ID [REASON]',
        help: 'transfer the chat to another agent',
        run: withChat(async (chat, rest) => {
          const [, agentId = '', reason = ''] = /^(\S*)\s*(.*)$/s.exec(rest) ?? [];
          await settle(agent.transfer(chat, { type: 'agent', agentId }, reason || 'Transferred.'));
        }),
      },
      close: {
        takes: '[REASON]',
        help: 'end the chat',
        run: withChat((chat, reason) => settle(agent.close(chat, reason))),
      },
      status: {
        takes: agentStatus.options.join('|'),
        help: 'ready for chats, no new ones, or offline',
        run: async (rest) => {
          const status = agentStatus.safeParse(rest);
          if (!status.success) return self.warn(`One of: ${agentStatus.options.join(', ')}.`);
          if (await settle(agent.setStatus(status.data))) self.hint(`You’re ${status.data}.`);
        },
      },
    };
  }

  const code = await stage.ended;
  clearInterval(timer);
  agent.leave();
  await screen.close();
  return code;
}

function liveLines(
  agent: TerminalAgent,
  current: Chat | undefined,
  unread: ReadonlyMap<Chat, number>,
  label: (chat: Chat) => string,
): Line[] {
  const others = agent.chats
    .filter((chat) => chat !== current)
    .map((chat) => `${label(chat)}${unread.has(chat) ? ` (${unread.get(chat)} new)` : ''}`);
  const { draft, typist } = current ?? {};
  const { record } = agent;
  return [
    ...(current?.unsent ?? []).map(
      ({ content }): Line => ({ tone: 'hint', who: 'you', text: `${content}  (sending…)` }),
    ),
    ...(draft ? [{ tone: 'bot', who: 'bot', text: `${foreign(draft.text)} ▍` } satisfies Line] : []),
    ...(typist ? [{ tone: 'hint', text: 'The customer is typing…' } satisfies Line] : []),
    ...waitingLines(agent, WAITING_SHOWN),
    ...(others.length > 0 ? [{ tone: 'hint', text: `Other chats: ${others.join('   ')}` } satisfies Line] : []),
    ...(record
      ? [
          {
            tone: 'hint',
            text: `${foreign(record.name)}: ${record.status}, ${agent.chats.length} of ${record.capacity} chats`,
          } satisfies Line,
        ]
      : []),
  ];
}

function waitingLines({ waiting, now }: TerminalAgent, most: number): Line[] {
  if (waiting === undefined) return [];
  if (waiting.total === 0) return [{ tone: 'hint', text: 'Nobody is waiting.' }];
  const rows = waiting.sessions.slice(0, most).map((session, index): Line => {
    const { priority, reason, requestedAt } = session.queueInfo;
    return {
      tone: priority === 'high' ? 'error' : 'warning',
      text: `${String(index + 1).padStart(3)}. ${priorityMark[priority].padEnd(8)}  ${column(customerName(session), 20)}  ${waitedFor(requestedAt, now()).padStart(6)}  ${beginning(reason, 50)}`,
    };
  });
  const hidden = waiting.total - rows.length;
  return [
    { tone: 'warning', text: `Waiting: ${waiting.total}` },
    ...rows,
    ...(hidden > 0 ? [{ tone: 'hint', text: `     and ${hidden} more` } satisfies Line] : []),
  ];
}

function firstFree(taken: ReadonlySet<number>): number {
  let number = 1;
  while (taken.has(number)) number++;
  return number;
}
