import type {
  CustomerPresence,
  Draft,
  LiveEntries,
  LiveKind,
  LiveNote,
  Position,
  Seen,
  Subjects,
  Typing,
} from '@baton/contracts';
import { inTrace, type Log, TRACE_HEADER, throttled } from '@baton/runtime';
import type { Msg, NatsConnection } from 'nats';
import { interestKnown } from '../platform/interest.ts';

/** What a feed does about each notification of its session. */
export interface SessionReactions {
  entry: (live: LiveEntries) => void;
  draft: (draft: Draft) => void;
  typing: (typing: Typing) => void;
  seen: (seen: Seen) => void;
  position: (position: Position) => void;
  note: (live: LiveNote) => void;
  presence: (presence: CustomerPresence) => void;
  /** Whether the customer has a socket on this gateway. */
  hasCustomer: () => boolean;
}

const decoder = new TextDecoder();

/** Subscribes to all notifications of one session. `ready` resolves when NATS routes them to this gateway. */
export function subscribeToSession(
  { nats, subjects, log }: { nats: NatsConnection; subjects: Subjects; log: Log },
  sessionId: string,
  react: SessionReactions,
): { ready: Promise<void>; stop: () => void } {
  const receive = (message: Msg) => {
    const kind = message.subject.slice(message.subject.lastIndexOf('.') + 1) as LiveKind;
    // Our own services build these by the contract.
    const payload: unknown = JSON.parse(decoder.decode(message.data));
    if (kind === 'entry') react.entry(payload as LiveEntries);
    else if (kind === 'draft') react.draft(payload as Draft);
    else if (kind === 'typing') react.typing(payload as Typing);
    else if (kind === 'seen') react.seen(payload as Seen);
    else if (kind === 'position') react.position(payload as Position);
    else if (kind === 'note') react.note(payload as LiveNote);
    else if (kind === 'presence') react.presence(payload as CustomerPresence);
    else if (kind === 'attendance' && react.hasCustomer()) message.respond();
  };
  const subscription = nats.subscribe(subjects.anyLive(sessionId), {
    callback: (error, message) => {
      if (error) return void log.error({ err: error, sessionId }, 'NATS ended the subscription of a session');
      try {
        const name = message.subject.endsWith('.entry') ? 'show entry' : undefined;
        inTrace(message.headers?.get(TRACE_HEADER), () => receive(message), name, 'consumer');
      } catch (problem) {
        // The text of the error may quote the message, so only its name is logged. [S5]
        const name = problem instanceof Error ? problem.name : typeof problem;
        const facts = { sessionId, subject: message.subject, problem: name };
        throttled(log).error(sessionId, facts, 'a notification could not be handled');
      }
    },
  });
  return { ready: interestKnown(nats), stop: () => subscription.unsubscribe() };
}
