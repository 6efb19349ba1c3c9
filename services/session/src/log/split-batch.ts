import type { PendingMessage } from './pending-message.ts';

/**
 * Splits messages into rounds, in order, so that no round has two messages with one client id, or two answers of one
 * session. Rounds are written one after the other, so the second message sees the outcome of the first. Later messages
 * of its session move with it, which keeps the order within the session. No round is larger than `maxCharacters`.
 */
export function rounds(
  items: readonly PendingMessage[],
  maxCharacters: number = Number.POSITIVE_INFINITY,
): { item: PendingMessage; index: number }[][] {
  const result: { item: PendingMessage; index: number }[][] = [];
  let rest = items.map((item, index) => ({ item, index }));
  while (rest.length > 0) {
    const round: typeof rest = [];
    const later: typeof rest = [];
    const identities = new Set<string>();
    const deferredSessions = new Set<string>();
    let characters = 0;
    for (const one of rest) {
      const own = identitiesOf(one.item);
      const clashes = own.some((identity) => identities.has(identity));
      const tooLarge = round.length > 0 && characters + sizeOf(one.item) > maxCharacters;
      if (clashes || tooLarge || deferredSessions.has(one.item.sessionId)) {
        deferredSessions.add(one.item.sessionId);
        later.push(one);
        continue;
      }
      for (const identity of own) identities.add(identity);
      characters += sizeOf(one.item);
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

/** The approximate number of characters. The contract bounds the metadata, which counts as a constant. */
function sizeOf(item: PendingMessage): number {
  return item.content.length + 256;
}
