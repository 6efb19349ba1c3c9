import type { PendingMessage } from './message.ts';

/**
 * Splits messages, in their order, so that no part has two of one identity: the same client id, or answers of one
 * session. Written one part after the other, the second sees what became of the first. Whatever follows the second in its
 * session goes with it, so that the order within a session stays. Also no part is heavier than `maxWeight`.
 */
export function rounds(
  items: readonly PendingMessage[],
  maxWeight: number = Number.POSITIVE_INFINITY,
): { item: PendingMessage; index: number }[][] {
  const result: { item: PendingMessage; index: number }[][] = [];
  let rest = items.map((item, index) => ({ item, index }));
  while (rest.length > 0) {
    const round: typeof rest = [];
    const later: typeof rest = [];
    const identities = new Set<string>();
    const deferredSessions = new Set<string>();
    let weight = 0;
    for (const one of rest) {
      const own = identitiesOf(one.item);
      const clashes = own.some((identity) => identities.has(identity));
      const tooHeavy = round.length > 0 && weight + weightOf(one.item) > maxWeight;
      if (clashes || tooHeavy || deferredSessions.has(one.item.sessionId)) {
        deferredSessions.add(one.item.sessionId);
        later.push(one);
        continue;
      }
      for (const identity of own) identities.add(identity);
      weight += weightOf(one.item);
      round.push(one);
    }
    result.push(round);
    rest = later;
  }
  return result;
}

function identitiesOf({ sessionId, sender, clientMessageId, inReplyTo }: PendingMessage): string[] {
  const result: string[] = [];
  if (clientMessageId !== null) result.push(`${sessionId} id ${sender} ${clientMessageId}`);
  if (sender === 'bot' && inReplyTo !== null) result.push(`${sessionId} answer`);
  return result;
}

/** Roughly its characters. What the metadata adds is bounded by the contract, and counted as its bound's like. */
function weightOf(item: PendingMessage): number {
  return item.content.length + 256;
}
