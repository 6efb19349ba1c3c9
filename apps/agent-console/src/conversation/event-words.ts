import type { Change } from '@baton/client';
import { fill, words } from '../words/words.ts';

/** A change of control in the agent's words. */
export function eventWords(change: Change, myId: string | undefined): string {
  const mine = change.agentId !== undefined && change.agentId === myId;
  const agent = mine ? words.senders.you : (change.agentName ?? words.senders.agent);
  return fill(words.events[change.cause], { agent });
}
