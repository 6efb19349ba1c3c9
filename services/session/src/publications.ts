import {
  type Agent,
  type Asked,
  channels,
  type Entry,
  type EventEntry,
  type GivenRating,
  type MessageEntry,
  type Note,
} from '@baton/contracts';
import { afterPollPhase, type Bus, countFitting, inTrace, jsonBytesAtMost, type Log } from '@baton/runtime';

/** A stored message, with the state of its session when it was written. */
interface StoredMessage {
  entry: MessageEntry;
  /** Whether the bot answers the session. */
  answers: boolean;
  epoch: number;
  source: string | null;
  /** The trace of a message that was sent in another trace than the first of its append. */
  traceparent?: string | undefined;
}

/** No less than an entry takes in JSON. Writing it as JSON to measure it would cost as much as publishing it. */
const bytesAtMost = (entry: Entry): number =>
  ENTRY_BYTES +
  jsonBytesAtMost(entry.content) +
  jsonBytesAtMost(entry.kind === 'message' ? (entry.senderName ?? '') : '') +
  jsonLengthOf(entry.metadata) +
  (entry.kind === 'event' ? jsonLengthOf(entry.change) : 0);
/** Ids, times and the names of fields. */
const ENTRY_BYTES = 1_200;
/** Most entries have no metadata. */
const jsonLengthOf = (value: object): number =>
  Object.keys(value).length === 0 ? 0 : Buffer.byteLength(JSON.stringify(value));

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
export function createPublications({ bus, log }: { bus: Pick<Bus, 'publish'>; log: Log }) {
  let inFlight = 0;

  /**
   * Publishes at the end of this turn of the event loop, in the order of the calls and in the trace of each call. All
   * messages of a batch leave with its replies in one write, which wakes a gateway once if it waits for the reply and
   * subscribes to the session.
   */
  const publishSoon = (publish: () => void) => {
    inFlight++;
    void afterPollPhase().then(() => {
      inFlight--;
      publish();
    });
  };

  const entries = (sessionId: string, list: readonly Entry[]) => {
    for (let rest = list; rest.length > 0; ) {
      const count = countFitting(rest, undefined, bytesAtMost);
      bus.publish(channels.live.entry, { session: sessionId }, { sessionId, entries: rest.slice(0, count) });
      rest = rest.slice(count);
    }
  };

  const inTraceOf = (message: StoredMessage | undefined, publish: () => void): void => {
    if (message?.traceparent === undefined) publish();
    else inTrace(message.traceparent, publish);
  };

  const asked = ({ source, ...rest }: Omit<Asked, 'source'> & { source: string | null }) => {
    bus.publish(channels.bot.asked, { session: rest.sessionId }, { ...rest, ...(source !== null && { source }) });
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
            log.debug({ sessionId, seq: first?.entry.seq, count: run.length }, 'messages were stored');
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
          bus.publish(
            channels.event.control,
            { session: sessionId },
            {
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
            },
          );
        }
      });
    },
    sessionAssigned(agentId: string, sessionId: string, epoch: number): void {
      publishSoon(() => bus.publish(channels.agent.assigned, { agent: agentId }, { agentId, sessionId, epoch }));
    },
    agentChanged(agent: Agent, removed = false): void {
      publishSoon(() => bus.publish(channels.agent.changed, { agent: agent.id }, { agent, removed }));
    },
    /** To the agent: most ratings come after the end, when nobody subscribes to the session. */
    sessionRated(agentId: string, sessionId: string, rating: GivenRating): void {
      publishSoon(() => bus.publish(channels.agent.rated, { agent: agentId }, { agentId, sessionId, rating }));
    },
    noteAdded(note: Note): void {
      publishSoon(() =>
        bus.publish(channels.live.note, { session: note.sessionId }, { sessionId: note.sessionId, note }),
      );
    },
    /** Resolves when everything was published. */
    async settled(): Promise<void> {
      while (inFlight > 0) await afterPollPhase();
    },
  };
}

export type Publications = ReturnType<typeof createPublications>;
