import type { Agent, Asked, Entry, EventEntry, GivenRating, MessageEntry, Note, Subjects } from '@baton/contracts';
import { type Announcer, endOfTurn, inTrace, type Log } from '@baton/runtime';
import { countFitting } from './platform/page.ts';

/** A stored message, with the state of its session when it was written. */
interface StoredMessage {
  entry: MessageEntry;
  /** Whether the bot answers the session. */
  answers: boolean;
  epoch: number;
  source: string | null;
  /** The trace of a message that was sent in another trace than its request. */
  traceparent?: string | undefined;
}

/** Splits messages into runs of one trace, in order. */
function splitByTrace(stored: readonly StoredMessage[]): StoredMessage[][] {
  const runs: StoredMessage[][] = [];
  for (const one of stored) {
    const run = runs.at(-1);
    if (run !== undefined && run[0]?.traceparent === one.traceparent) run.push(one);
    else runs.push([one]);
  }
  return runs;
}

/**
 * Publishes what was committed, together with the reply to the caller. Publishing never fails a committed request: the
 * reconcilers find what is lost.
 */
export function createPublications(options: { announcer: Announcer; subjects: Subjects; log: Log }) {
  const { announcer, subjects, log } = options;
  let inFlight = 0;

  /**
   * Publishes at the end of this turn of the event loop, in the order of the calls and in the trace of each call. All
   * messages of a batch leave with its replies in one write, which wakes a gateway once if it waits for the reply and
   * subscribes to the session.
   */
  const publishSoon = (tell: () => void) => {
    inFlight++;
    void endOfTurn().then(() => {
      inFlight--;
      try {
        tell();
      } catch (error) {
        log.warn({ err: error }, 'a change could not be published; the reconcilers will find it');
      }
    });
  };

  const entries = (sessionId: string, list: readonly Entry[]) => {
    for (let rest = list; rest.length > 0; ) {
      const count = countFitting(rest);
      announcer.live(subjects.live(sessionId, 'entry'), { sessionId, entries: rest.slice(0, count) });
      rest = rest.slice(count);
    }
  };

  const inTraceOf = (message: StoredMessage | undefined, tell: () => void): void => {
    if (message?.traceparent === undefined) tell();
    else inTrace(message.traceparent, tell);
  };

  const asked = ({ source, ...rest }: Omit<Asked, 'source'> & { source: string | null }) => {
    const payload: Asked = { ...rest, ...(source !== null && { source }) };
    announcer.live(subjects.asked(rest.sessionId), payload);
  };

  return {
    /** Messages of one session, in their order. */
    messagesStored(sessionId: string, stored: readonly StoredMessage[]): void {
      if (stored.length === 0) return;
      publishSoon(() => {
        for (const run of splitByTrace(stored)) {
          const [first] = run;
          inTraceOf(first, () => {
            const list = run.map(({ entry }) => entry);
            entries(sessionId, list);
            if (first?.traceparent !== undefined)
              log.debug({ sessionId, seq: first.entry.seq }, 'a message was stored');
          });
        }
        // The ai service is not woken for messages to an agent, and once only for a batch.
        const question = stored.findLast(({ entry, answers }) => entry.sender === 'user' && answers);
        if (question === undefined) return;
        const { entry, epoch, source } = question;
        inTraceOf(question, () => asked({ sessionId, seq: entry.seq, epoch, at: entry.timestamp, source }));
      });
    },
    /** A reply that is pending from now on, to an earlier message of the customer. */
    replyPending({
      sessionId,
      seq,
      epoch,
      source,
    }: {
      sessionId: string;
      seq: number;
      epoch: number;
      source: string | null;
    }): void {
      publishSoon(() => asked({ sessionId, seq, epoch, at: new Date().toISOString(), source }));
    },
    /** Changes of control of one session, in their order. `waitingSince` belongs to the last, when it began a wait. */
    controlChanged(
      sessionId: string,
      changes: readonly EventEntry[],
      { waitingSince = null, source }: { waitingSince?: string | null; source: string | null },
    ): void {
      publishSoon(() => {
        entries(sessionId, changes);
        for (const { seq, change, timestamp } of changes) {
          announcer.event('control', {
            sessionId,
            seq,
            epoch: change.epoch,
            from: change.from,
            to: change.to,
            cause: change.cause,
            ...(change.agentId !== undefined && { agentId: change.agentId }),
            ...(change.priority !== undefined && { priority: change.priority }),
            ...(change.to === 'waiting' && waitingSince !== null && { waitingSince }),
            at: timestamp,
            ...(source !== null && { source }),
          });
        }
      });
    },
    sessionAssigned(agentId: string, sessionId: string, epoch: number): void {
      publishSoon(() => announcer.live(subjects.agent(agentId, 'assigned'), { agentId, sessionId, epoch }));
    },
    agentChanged(agent: Agent, removed = false): void {
      publishSoon(() => announcer.live(subjects.agent(agent.id, 'changed'), { agent, removed }));
    },
    /** To the agent: most ratings come after the end, when nobody subscribes to the session. */
    sessionRated(agentId: string, sessionId: string, rating: GivenRating): void {
      publishSoon(() => announcer.live(subjects.agent(agentId, 'rated'), { agentId, sessionId, rating }));
    },
    noteAdded(note: Note): void {
      publishSoon(() => announcer.live(subjects.live(note.sessionId, 'note'), { sessionId: note.sessionId, note }));
    },
    /** Resolves when everything was published. */
    async settled(): Promise<void> {
      while (inFlight > 0) await endOfTurn();
    },
  };
}

export type Publications = ReturnType<typeof createPublications>;
