import type { Problem, UnsentMessage } from '../log/types.ts';
import type { ClientStorage } from '../platform/environment.ts';
import type { Outbox, Outgoing } from './outbox.ts';

/** Storage that never throws: where it cannot be used, nothing is kept. Values are JSON. */
export function savedValues(storage: ClientStorage) {
  return {
    /** What is there, if it looks as it should; anybody may have written it. */
    get<Value>(key: string, looksRight: (value: object) => boolean): Value | undefined {
      try {
        const value: unknown = JSON.parse(storage.get(key) ?? 'null');
        // Checked by the caller's own test.
        return typeof value === 'object' && value !== null && looksRight(value) ? (value as Value) : undefined;
      } catch {
        return undefined;
      }
    },
    set(key: string, value: object): void {
      try {
        storage.set(key, JSON.stringify(value));
      } catch {
        // Full or forbidden: the chat goes on, and ends with the page.
      }
    },
    remove(key: string): void {
      try {
        storage.remove(key);
      } catch {
        // As above.
      }
    },
  };
}
export type SavedValues = ReturnType<typeof savedValues>;

interface SavedMessage extends UnsentMessage {
  problem?: Problem;
}

const isSavedMessage = (one: unknown): one is SavedMessage =>
  typeof one === 'object' &&
  one !== null &&
  'clientMessageId' in one &&
  typeof one.clientMessageId === 'string' &&
  'content' in one &&
  typeof one.content === 'string' &&
  'timestamp' in one &&
  typeof one.timestamp === 'string';

/**
 * An outbox that survives a reload. Other pages may keep the same one, so each change first reads the storage again:
 * no page overwrites another's messages. Two pages that send the same message send it with the same id: it is stored
 * once. [M2]
 */
export function savedOutbox(saved: SavedValues, key: string) {
  const load = (): SavedMessage[] => (saved.get<unknown[]>(key, Array.isArray) ?? []).filter(isSavedMessage);
  const store = (messages: SavedMessage[]) => {
    if (messages.length === 0) saved.remove(key);
    else saved.set(key, messages);
  };
  const put = (one: Outgoing) => {
    const { clientMessageId, content, timestamp } = one;
    const message = { clientMessageId, content, timestamp, ...(one.state === 'failed' && { problem: one.problem }) };
    const messages = load();
    const index = messages.findIndex((other) => other.clientMessageId === clientMessageId);
    if (index < 0) messages.push(message);
    else messages[index] = message;
    store(messages);
  };
  const drop = (id: string) => {
    const messages = load();
    const left = messages.filter(({ clientMessageId }) => clientMessageId !== id);
    if (left.length !== messages.length) store(left);
  };

  return {
    load: (): Outgoing[] =>
      load().map(({ problem, ...message }) =>
        problem ? { ...message, state: 'failed', problem } : { ...message, state: 'waiting' },
      ),
    /** Brings what is kept in line with a change. */
    follow(before: Outbox, after: Outbox): void {
      if (before === after) return;
      const now = new Map(after.map((one) => [one.clientMessageId, one]));
      const then = new Set(before);
      for (const { clientMessageId } of before) if (!now.has(clientMessageId)) drop(clientMessageId);
      for (const one of now.values()) {
        if (then.has(one)) continue;
        // Once it is stored by the server there is no need to send it again.
        if (one.state === 'stored') drop(one.clientMessageId);
        else put(one);
      }
    },
    /** Nothing of it can be sent any more: it is kept as failed, for `keepMs`. False when nothing is left. */
    giveUp(problem: Problem, now: number, keepMs: number): boolean {
      const messages = load().filter(({ timestamp }) => Date.parse(timestamp) > now - keepMs);
      store(messages.map((message) => ({ ...message, problem })));
      return messages.length > 0;
    },
    clear: () => saved.remove(key),
  };
}
export type SavedOutbox = ReturnType<typeof savedOutbox>;
