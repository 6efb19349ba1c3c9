import type { Change } from '@baton/client';
import { fill, words } from '../words/words.ts';

/** The agent who had the chat when a change of control came, as far as the log that is loaded tells. */
export type Holder = Pick<Change, 'agentId' | 'agentName'>;

/** A change of control in the agent's words. A change tells who has the chat now; who had it is known from before. */
export function eventWords(change: Change, before: Holder | undefined, myId: string | undefined): string {
  const { agentId, agentName } = change.agentId === undefined ? (before ?? {}) : change;
  const mine = agentId !== undefined && agentId === myId;
  const agent = mine ? words.senders.you : (agentName ?? words.senders.agent);
  return fill(words.events[change.cause], { agent });
}
