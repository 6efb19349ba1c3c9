import {
  type ChangeCause,
  channels,
  type MessageEntry,
  type OverBudget,
  type SessionStatus,
  sessionApi,
} from '@baton/contracts';
import type { Bus } from '@baton/runtime';
import { createFakeSession } from '@baton/testkit/fakes';
import { observeHandlers } from './observed-handlers.ts';

/** The fake session service of the testkit, over real NATS. */
export async function fakeSessionService(bus: Bus) {
  let silent = false;
  const fake = createFakeSession({
    publish: (channel, params, payload) => {
      const isEntry = channel.subject === channels.live.entry.subject;
      if (isEntry || !silent) bus.publish(channel, params, payload);
    },
  });
  const observed = observeHandlers(fake.handlers);
  const served = await bus.serve(sessionApi, observed.handlers);

  const of = (sessionId: string) => {
    const record = fake.record(sessionId);
    const { wait } = record;
    return {
      session: record.session,
      entries: record.entries,
      unansweredSeq: record.unansweredSeq ?? undefined,
      memory: record.memory,
      memoryThroughSeq: record.memoryThroughSeq,
      worker: record.lease?.worker,
      /** The brief of the handoff, and its priority. */
      brief: wait === null ? undefined : { ...wait.brief, priority: wait.priority },
    };
  };
  const entries = (sessionId: string) => fake.record(sessionId).entries;
  return {
    stop: () => served.stop(),
    calls: observed.calls,
    fail: observed.fail,
    /** Sessions that find no room in the queue. */
    crowded: fake.overLimit,
    /** Calls of the model that were requested, and the corrections at the end of turns. */
    taken: fake.budgets.requested,
    settled: fake.budgets.settled,
    /** Decides for each call whether a budget refuses it. */
    budget: (decide: () => OverBudget | undefined) => {
      fake.budgets.over = decide;
    },
    /** Publishes nothing but entries from now on, as when messages are lost. */
    loseEvents: (lose: boolean) => {
      silent = lose;
    },
    start: (about?: Parameters<typeof fake.open>[0]): string => fake.open(about).session.id,
    say: fake.say,
    move: (sessionId: string, to: SessionStatus, cause: ChangeCause) =>
      fake.control.move(fake.record(sessionId), to, { cause, by: 'system' }),
    /** No agent is online: the bot answers while the session waits. */
    standIn: (sessionId: string) => fake.standIn(sessionId, true),
    /** An agent is online again. */
    endStandIn: (sessionId: string) => fake.standIn(sessionId, false),
    /** A log that is there already, answered so far. */
    fill: fake.fill,
    of,
    /** The worker has crashed: its lease has expired. */
    loseLease(sessionId: string): void {
      fake.record(sessionId).lease = null;
    },
    entries,
    answers: (sessionId: string): MessageEntry[] =>
      entries(sessionId)
        .filter((entry) => entry.kind === 'message')
        .filter((entry) => entry.sender === 'bot' && !entry.metadata.greeting),
    setSince: (sessionId: string, since: Date) => {
      fake.record(sessionId).unansweredSince = since.toISOString();
    },
  };
}
export type FakeSession = Awaited<ReturnType<typeof fakeSessionService>>;
