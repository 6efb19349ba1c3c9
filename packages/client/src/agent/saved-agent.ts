import type { Agent } from '@baton/contracts';
import { savedOutbox, savedValues } from '../outbox/saved-outbox.ts';
import type { ClientStorage } from '../platform/environment.ts';

/** What of a stay online survives a reload. */
export interface SavedAgent {
  agentId: string;
  name: string;
  token: string;
  /** How far the agent has read, by session. */
  seen: Record<string, number>;
  /** Ended chats that were dismissed, the latest last. */
  dismissed?: string[];
}

const looksRight = (value: object): boolean =>
  'agentId' in value &&
  typeof value.agentId === 'string' &&
  'name' in value &&
  typeof value.name === 'string' &&
  'token' in value &&
  typeof value.token === 'string' &&
  'seen' in value &&
  typeof value.seen === 'object' &&
  value.seen !== null;

/** What is kept of an agent that the server has told of; `before`: what was kept of the same one. */
export function recordOf(
  agent: Agent,
  { token, name, before }: { token: string; name: string | undefined; before: SavedAgent | undefined },
): SavedAgent {
  return {
    agentId: agent.id,
    // As it was asked for: the server keeps it in the form in which all names are.
    name: name ?? before?.name ?? agent.name,
    token,
    seen: before?.seen ?? {},
    dismissed: before?.dismissed ?? [],
  };
}

export function savedAgent(storage: ClientStorage, key: string) {
  const values = savedValues(storage);
  return {
    load: () => values.get<SavedAgent>(key, looksRight),
    keep: (client: SavedAgent) => values.set(key, client),
    forget: () => values.remove(key),
    outboxOf: (sessionId: string) => savedOutbox(values, `${key}.outbox.${sessionId}`),
  };
}
