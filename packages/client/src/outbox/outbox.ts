import type { MAX_CONTENT_LENGTH as LIMIT, MessageEntry } from '@baton/contracts';
import type { Problem, UnsentMessage } from '../log/types.ts';

/**
 * An own message that is not part of the log yet. `waiting`: to be sent, or under way. `stored`: acknowledged, but
 * entries before it have not come. `failed`: refused.
 */
export type Outgoing = UnsentMessage &
  ({ state: 'waiting' } | { state: 'stored'; entry: MessageEntry } | { state: 'failed'; problem: Problem });

/** In the order in which they were written. */
export type Outbox = readonly Outgoing[];

export const nextOf = (outbox: Outbox): Outgoing | undefined => outbox.find(({ state }) => state === 'waiting');

const barely = ({ clientMessageId, content, timestamp }: Outgoing): UnsentMessage => ({
  clientMessageId,
  content,
  timestamp,
});

function replace(outbox: Outbox, id: string, change: (one: Outgoing) => Outgoing): Outbox {
  return outbox.some(({ clientMessageId }) => clientMessageId === id)
    ? outbox.map((one) => (one.clientMessageId === id ? change(one) : one))
    : outbox;
}

export function markStored(outbox: Outbox, id: string, entry: MessageEntry): Outbox {
  return replace(outbox, id, (one) => ({ ...barely(one), state: 'stored', entry }));
}

export function markFailed(outbox: Outbox, id: string, problem: Problem): Outbox {
  return replace(outbox, id, (one) => (one.state === 'stored' ? one : { ...barely(one), state: 'failed', problem }));
}

export function markWaiting(outbox: Outbox, id: string): Outbox {
  return replace(outbox, id, (one) => (one.state === 'failed' ? { ...barely(one), state: 'waiting' } : one));
}

/** The chat that they were written in is gone: what is not in its log will never be. Each keeps the problem it had. */
export function allFailed(outbox: Outbox, problem: Problem): Outbox {
  return outbox
    .filter(({ state }) => state !== 'stored')
    .map((one) => (one.state === 'failed' ? one : { ...barely(one), state: 'failed', problem }));
}

/** Only what has failed can be given up: anything else may be in the log already. */
export function discardFailed(outbox: Outbox, id: string): Outbox {
  const left = outbox.filter((one) => one.clientMessageId !== id || one.state !== 'failed');
  return left.length === outbox.length ? outbox : left;
}

/** Without those that are part of the log, which reaches `head`. */
export function withoutArrived(outbox: Outbox, head: number): Outbox {
  const left = outbox.filter((one) => one.state !== 'stored' || one.entry.seq > head);
  return left.length === outbox.length ? outbox : left;
}

/** Longest message that the server takes, in code points. */
const MAX_CONTENT_LENGTH: typeof LIMIT = 16_384;

/** What the server would refuse anyway. One far too long must not even be sent: it would cost the connection. */
export function refusalOf(content: string): Problem | undefined {
  if (content.trim() === '') return { code: 'VALIDATION_FAILED', message: 'content: must not be blank' };
  // Code units first: counting code points of something huge takes time.
  if (content.length > 2 * MAX_CONTENT_LENGTH || [...content].length > MAX_CONTENT_LENGTH)
    return { code: 'VALIDATION_FAILED', message: `content: must have at most ${MAX_CONTENT_LENGTH} characters` };
  return undefined;
}
