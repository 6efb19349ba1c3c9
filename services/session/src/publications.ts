import type { Agent, Asked, Entry, EventEntry, GivenRating, MessageEntry, Note, Subjects } from '@baton/contracts';
import { type Announcer, endOfTurn, inTrace, type Log } from '@baton/runtime';
import { fitting } from './platform/page.ts';

/** A message that has become an entry, with the state of the session when it was written. */
interface Stored {
  entry: MessageEntry;
  /** Whether the bot answers the session. */
  answers: boolean;
  epoch: number;
  source: string | null;
  /** Of a message that was sent in another trace than its request. */
  traceparent?: string | undefined;
}

/** Neighbours of one trace, in the order of all. */
function runsOfOneTrace(stored: readonly Stored[]): Stored[][] {
  const runs: Stored[][] = [];
  for (const one of stored) {
    const run = runs.at(-1);
    if (run !== undefined && run[0]?.traceparent === one.traceparent) run.push(one);
    else runs.push([one]);
  }
  return runs;
}

/**
 * Tells the others what has been committed, when the caller is told. What is lost on the way is found by the
 * comparing loops; so nothing here can fail a request that is done.
 */
export function createPublications(options: { announcer: Announcer; subjects: Subjects; log: Log }) {
  const { announcer, subjects, log } = options;
  let underWay = 0;

  /**
   * One after the other in the order of the calls, so that of one session nothing overtakes; each as a step of the trace
   * that it was called in; and all of a batch at once and together with its replies, so that they leave in one write, and
   * a gateway that waits for the reply and watches the session is woken once.
   */
  const soon = (tell: () => void) => {
    underWay++;
    void endOfTurn().then(() => {
      underWay--;
      try {
        tell();
      } catch (error) {
        log.warn({ err: error }, 'a change could not be announced; those it concerns will find it by comparing');
      }
    });
  };

  const entries = (sessionId: string, list: readonly Entry[]) => {
    for (let rest = list; rest.length > 0; ) {
      const count = fitting(rest);
      announcer.live(subjects.live(sessionId, 'entry'), { sessionId, entries: rest.slice(0, count) });
      rest = rest.slice(count);
    }
  };

  const inTraceOf = (message: Stored | undefined, tell: () => void): void => {
    if (message?.traceparent === undefined) tell();
    else inTrace(message.traceparent, tell);
  };

  const asked = ({ source, ...rest }: Omit<Asked, 'source'> & { source: string | null }) => {
    const hint: Asked = { ...rest, ...(source !== null && { source }) };
    announcer.live(subjects.asked(rest.sessionId), hint);
  };

  return {
    /** Messages of one session, in their order. */
    messagesStored(sessionId: string, stored: readonly Stored[]): void {
      if (stored.length === 0) return;
      soon(() => {
        for (const run of runsOfOneTrace(stored)) {
          const [first] = run;
          inTraceOf(first, () => {
            const list = run.map(({ entry }) => entry);
            entries(sessionId, list);
            if (first?.traceparent !== undefined)
              log.debug({ sessionId, seq: first.entry.seq }, 'a message was stored');
          });
        }
        // Whoever works for the bot is not woken for what is said to an agent, nor once for each of a batch.
        const question = stored.findLast(({ entry, answers }) => entry.sender === 'user' && answers);
        if (question === undefined) return;
        const { entry, epoch, source } = question;
        inTraceOf(question, () => asked({ sessionId, seq: entry.seq, epoch, at: entry.timestamp, source }));
      });
    },
    /** An answer that the bot owes from now on, to what the customer wrote before. */
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
      soon(() => asked({ sessionId, seq, epoch, at: new Date().toISOString(), source }));
    },
    /** Changes of control of one session, in their order. `waitingSince` belongs to the last, when it began a wait. */
    controlChanged(
      sessionId: string,
      changes: readonly EventEntry[],
      { waitingSince = null, source }: { waitingSince?: string | null; source: string | null },
    ): void {
      soon(() => {
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
      soon(() => announcer.live(subjects.agent(agentId, 'assigned'), { agentId, sessionId, epoch }));
    },
    agentChanged(agent: Agent, removed = false): void {
      soon(() => announcer.live(subjects.agent(agent.id, 'changed'), { agent, removed }));
    },
    /** To the agent itself: most ratings come after the end, when nobody subscribes to the session any more. */
    sessionRated(agentId: string, sessionId: string, rating: GivenRating): void {
      soon(() => announcer.live(subjects.agent(agentId, 'rated'), { agentId, sessionId, rating }));
    },
    noteAdded(note: Note): void {
      soon(() => announcer.live(subjects.live(note.sessionId, 'note'), { sessionId: note.sessionId, note }));
    },
    /** Resolves when all that was to be told is on its way. */
    async settled(): Promise<void> {
      while (underWay > 0) await endOfTurn();
    },
  };
}

export type Publications = ReturnType<typeof createPublications>;
