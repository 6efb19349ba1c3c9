import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../faults/random.ts';
import type { Send, View } from '../history/history.ts';
import type { Recorder } from '../history/recorder.ts';
import { type Connection, connect, type Received } from './connection.ts';
import { createOutbox, type Outbox, tell } from './outbox.ts';

/** How often a customer does what, in relation to each other. */
export const customerHabits = {
  say: 68,
  burst: 14,
  repeat: 4,
  probe: 1,
  askForHuman: 4,
  cancel: 1,
  end: 1,
  hop: 4,
  loseAnswer: 3,
};
export type CustomerHabits = typeof customerHabits;

/** What the bot answers by itself, and what needs a human. */
const WORDS = ['hello', 'hello', 'thank you', 'where is my order?'];

interface Chat {
  id: string;
  token: string;
  view: View;
  lastSeq: number;
  status: string;
  said: number;
  outbox: Outbox;
  stored: Send[];
}

export interface Person {
  readonly name: string;
  readonly connection: Connection | undefined;
  /** In a few words, for the report of a slow send. */
  readonly doing: string;
  /** Begins nothing new; what was said is still brought to its end. */
  quiet(): void;
  stop(): Promise<void>;
}

/** A customer with a good client: one id a message, what is unknown is sent again, through whichever gateway is there. */
export function startCustomer(options: {
  name: string;
  entrances: () => string[];
  random: Random;
  recorder: Recorder;
  /** Mean time between two actions, in ms. */
  paceMs: number;
  habits: CustomerHabits;
}): Person {
  const { name, recorder, random } = options;
  let connection: Connection | undefined;
  let chat: Chat | undefined;
  let startId: string | undefined;
  let quiet = false;
  let stopped = false;
  let doing = 'begins';
  const chats = new Map<string, Chat>();

  const opened = (id: string, token: string, status: string) => {
    const before = chats.get(id);
    if (before) before.view.closedAt = Date.now();
    const view = recorder.opened({ client: name, role: 'user', sessionId: id, from: 1 });
    const outbox = before?.outbox ?? createOutbox({ recorder, event: 'customer:send_message', window: 5 });
    chat = { id, token, view, lastSeq: 1, status, said: before?.said ?? 0, outbox, stored: before?.stored ?? [] };
    chats.set(id, chat);
  };
  const shown = (payload: Received, content: string) => {
    const mine = chats.get(payload.sessionId);
    if (mine === undefined) return false;
    recorder.history.shown.push({
      view: mine.view.id,
      seq: payload.seq,
      ...(payload.id !== undefined && { id: payload.id }),
      content,
      at: Date.now(),
    });
    mine.lastSeq = payload.seq;
    if (payload.status !== undefined) mine.status = payload.status;
    return true;
  };
  const heard = (event: string, payload: Received) => {
    if (event === 'session:created') return opened(payload.sessionId, payload.token, payload.status);
    const known =
      event === 'message:received'
        ? shown(payload, payload.content)
        : event === 'status:changed'
          ? shown(payload, payload.message)
          : payload?.sessionId === undefined || chats.has(payload.sessionId);
    if (!known) recorder.history.strays.push({ client: name, event, sessionId: payload.sessionId, at: Date.now() });
  };
  const down = () => {
    recorder.away(name);
    for (const one of chats.values()) delete one.view.connectedAt;
  };

  /** A connection that holds the chat, or undefined. */
  const present = async (): Promise<Connection | undefined> => {
    if (!connection?.up) {
      doing = 'connects';
      const urls = options.entrances();
      if (urls.length === 0) return undefined;
      const elsewhere = urls.filter((url) => url !== connection?.at);
      connection = await connect(random.pick(elsewhere.length > 0 ? elsewhere : urls), { event: heard, down });
      if (connection === undefined) return undefined;
      // Of the chats of the past only the present one is resumed: the others are no longer looked at.
      for (const one of chats.values()) if (one !== chat) one.view.closedAt ??= Date.now();
      if (chat !== undefined) {
        doing = `resumes at ${connection.at}`;
        const { id, token, lastSeq, view } = chat;
        const resumed = await connection.ask('customer:resume_chat', { sessionId: id, token, lastSeq });
        recorder.answered(name, 'customer:resume_chat', resumed);
        if (!resumed.ok) {
          connection.cut();
          return undefined;
        }
        if (connection.up) {
          view.connectedAt = Date.now();
          recorder.back(name);
        }
      }
    }
    if (chat === undefined || (chat.status === 'closed' && chat.outbox.empty && !quiet)) {
      doing = `starts at ${connection.at}`;
      startId ??= randomUUID();
      const started = await connection.ask('customer:start_chat', { userId: name, startId });
      recorder.answered(name, 'customer:start_chat', started);
      if (!started.ok) {
        if (connection.up) await sleep(100);
        return undefined;
      }
      recorder.history.starts.push({ client: name, startId, sessionId: started.value.session.id });
      startId = undefined;
    }
    return connection;
  };

  const say = (words: string) => {
    if (chat === undefined) return;
    chat.said++;
    const content = `${name} says ${chat.said}: ${words}`;
    const send = recorder.sent({
      client: name,
      role: 'user',
      sessionId: chat.id,
      clientMessageId: `${name}-${chat.said}`,
      content,
      order: chat.said,
    });
    chat.outbox.add(send);
    chat.stored.push(send);
    if (chat.stored.length > 20) chat.stored.shift();
  };
  const ask = async (here: Connection, event: string, payload: Record<string, unknown> = {}) => {
    const reply = await here.ask(event, { sessionId: chat?.id, ...payload });
    recorder.answered(name, event, reply);
    return reply;
  };

  const act = async (here: Connection) => {
    if (chat === undefined) return;
    const acknowledged = chat.stored.filter(({ told }) => told.some(({ ok }) => ok));
    const habit = random.weighted(options.habits);
    doing = `does ${habit} at ${here.at}`;
    switch (habit) {
      case 'say':
        say(
          chat.status === 'bot' && random.chance(options.habits.askForHuman / 20)
            ? 'a human please'
            : random.pick(WORDS),
        );
        break;
      case 'burst':
        for (let left = random.int(2, 6); left > 0; left--) say(random.pick(WORDS));
        break;
      case 'repeat':
        if (acknowledged.length > 0) {
          const send = random.pick(acknowledged);
          const { content, clientMessageId } = send;
          tell(
            recorder,
            send,
            'customer:send_message',
            await ask(here, 'customer:send_message', { content, clientMessageId }),
          );
        }
        break;
      case 'probe':
        if (acknowledged.length > 0) {
          const { clientMessageId, sessionId } = random.pick(acknowledged);
          const reply = await ask(here, 'customer:send_message', { content: 'something else', clientMessageId });
          const told = { ok: reply.ok, code: reply.ok ? '' : reply.code };
          recorder.history.probes.push({ client: name, sessionId, clientMessageId, told });
        }
        break;
      case 'askForHuman':
        if (chat.status === 'bot') await ask(here, 'customer:request_agent');
        break;
      case 'cancel':
        if (chat.status === 'waiting') await ask(here, 'customer:cancel_request');
        break;
      case 'end':
        if (chat.outbox.empty) await ask(here, 'customer:end_chat');
        break;
      case 'hop':
        here.cut();
        break;
      case 'loseAnswer':
        say(random.pick(WORDS));
        await chat.outbox.flush(here, () => setTimeout(() => here.cut(), random.int(0, 15)));
        break;
    }
  };

  const running = (async () => {
    while (!stopped) {
      const here = await present();
      if (here === undefined) {
        await sleep(random.int(50, 250));
        continue;
      }
      if (!quiet) await act(here);
      doing = `sends at ${here.at}`;
      const done = await chat?.outbox.flush(here);
      doing = 'thinks';
      await sleep(done === false ? 150 : random.int(0, options.paceMs * 2));
    }
    connection?.cut();
  })();

  return {
    name,
    get connection() {
      return connection;
    },
    get doing() {
      return doing;
    },
    quiet() {
      quiet = true;
    },
    stop() {
      stopped = true;
      return running;
    },
  };
}
