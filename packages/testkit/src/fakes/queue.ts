import {
  accept,
  type Priority,
  type QueueApi,
  refuse,
  type ServiceHealth,
  type SessionApi,
  type WaitingSession,
} from '@baton/contracts';
import type { FakeCaller, FakeHandlers } from './direct-caller.ts';

const priorities: readonly Priority[] = ['high', 'normal', 'low'];

/** What the fake requests of the session service: who waits, and the changes of control that the queue makes. */
export type QueueSessions = Pick<FakeCaller<SessionApi>, 'listWaiting' | 'transfer' | 'assign' | 'clearWaiting'>;

/** What gateways have reported. */
export interface PresenceReports {
  /** Connected agents, each with its gateway. */
  present: Map<string, string>;
  /** Agents that were reported as gone. */
  gone: string[];
  /** The agents of each report. */
  reports: string[][];
}
export const noReports = (): PresenceReports => ({ present: new Map(), gone: [], reports: [] });

/**
 * The queue service in memory, for tests of its callers. It keeps no queue: each request reads the waiting sessions
 * from the session service and sorts them, so it is always reconciled. Priorities are strict, and nobody is away.
 *
 * It passes the same contract suite as the real service: see `queue-contract.ts`.
 */
export function fakeQueue(options: {
  session: QueueSessions;
  autoAssign?: boolean;
  presence?: PresenceReports;
  /** The queue has changed: publish the notification. */
  onChange?: () => void;
}): FakeHandlers<QueueApi> {
  const { session, presence = noReports(), onChange = () => {} } = options;
  let claimed = 0;

  const inOrder = async (): Promise<WaitingSession[]> => {
    const reply = await session.listWaiting({ limit: 1_000 });
    if (!reply.ok) throw new Error(reply.message);
    return reply.value.waiting.toSorted(
      (a, b) =>
        priorities.indexOf(a.priority) - priorities.indexOf(b.priority) ||
        a.requestedAt.localeCompare(b.requestedAt) ||
        a.sessionId.localeCompare(b.sessionId),
    );
  };
  const lengthsOf = (waiting: readonly WaitingSession[]) => {
    const of = (priority: Priority) => waiting.filter((one) => one.priority === priority).length;
    return { high: of('high'), normal: of('normal'), low: of('low'), total: waiting.length };
  };
  const waitedSeconds = ({ requestedAt }: WaitingSession) => Math.max(0, Date.now() - Date.parse(requestedAt)) / 1_000;
  const statusAt = (waiting: WaitingSession, index: number) => ({
    ...waiting,
    position: index + 1,
    waitedSeconds: waitedSeconds(waiting),
  });
  const positionOf = async (sessionId: string) => {
    const waiting = await inOrder();
    const index = waiting.findIndex((one) => one.sessionId === sessionId);
    const found = waiting[index];
    if (found === undefined) return null;
    return { sessionId, position: index + 1, waiting: waiting.length, priority: found.priority, estimate: null };
  };

  return {
    async add({ requestedAt, brief, ...request }) {
      const { sessionId, epoch } = request;
      const queued = await positionOf(sessionId);
      if (queued !== null) return accept({ added: false, position: queued });
      if (epoch !== undefined && requestedAt !== undefined)
        return refuse('UNAVAILABLE', 'The session has left the queue again.');
      const reply = await session.transfer({ ...request, brief: brief ?? undefined });
      if (!reply.ok) return reply;
      onChange();
      const position = await positionOf(sessionId);
      if (position === null) return refuse('UNAVAILABLE', 'The session has left the queue again.');
      return accept({ added: true, position });
    },

    async claim({ agentId, sessionId }) {
      const next = sessionId ?? (await inOrder())[0]?.sessionId;
      if (next === undefined) return refuse('QUEUE_EMPTY', 'Nobody is waiting.');
      const reply = await session.assign({ sessionId: next, agentId });
      if (!reply.ok) return reply;
      if (!reply.value.repeated) claimed++;
      onChange();
      const { session: assigned, wait } = reply.value;
      return accept({ session: assigned, ...(wait && { wait }) });
    },

    async next() {
      const [first] = await inOrder();
      return accept({ next: first === undefined ? null : statusAt(first, 0) });
    },

    /** The reconciler would put it back, as it still waits. */
    async remove({ sessionId }) {
      return accept({ removed: (await positionOf(sessionId)) !== null });
    },

    async position({ sessionId }) {
      const position = await positionOf(sessionId);
      return position === null ? refuse('NOT_FOUND', 'This session is not waiting.', 'sessionId') : accept(position);
    },

    async length() {
      return accept(lengthsOf(await inOrder()));
    },

    async list({ after, limit }) {
      const waiting = await inOrder();
      return accept({
        waiting: waiting.map(statusAt).slice(after, after + limit),
        lengths: lengthsOf(waiting),
        autoAssign: options.autoAssign ?? false,
      });
    },

    async clear() {
      const reply = await session.clearWaiting({});
      if (reply.ok) onChange();
      return reply;
    },

    async stats() {
      const waiting = await inOrder();
      return accept({
        lengths: lengthsOf(waiting),
        longestWaitSeconds: waiting.length === 0 ? null : Math.max(...waiting.map(waitedSeconds)),
        claimedLastHour: claimed,
        averageWaitSeconds: null,
        averageHandlingSeconds: null,
        agentsPresent: presence.present.size,
      });
    },

    async presence({ present, gone }) {
      presence.reports.push(present.map(({ agentId }) => agentId));
      for (const { agentId, gatewayId } of present) presence.present.set(agentId, gatewayId);
      for (const { agentId, gatewayId } of gone) {
        presence.gone.push(agentId);
        if (presence.present.get(agentId) === gatewayId) presence.present.delete(agentId);
      }
      return accept({ present: presence.present.size });
    },

    async debug() {
      const waiting = await inOrder();
      const lastSeenAt = new Date().toISOString();
      return accept({
        prefix: 'fake:',
        lengths: lengthsOf(waiting),
        queues: Object.fromEntries(
          priorities.map((priority) => [
            priority,
            waiting
              .filter((one) => one.priority === priority)
              .map(({ sessionId, requestedAt }) => ({ sessionId, requestedAt })),
          ]),
        ),
        metadata: Object.fromEntries(waiting.map((one) => [one.sessionId, one])),
        claims: [],
        presence: [...presence.present.keys()].map((agentId) => ({ agentId, lastSeenAt })),
        lastComparedAt: lastSeenAt,
        comparison: {
          inRedis: waiting.length,
          inRecord: waiting.length,
          apart: 0,
          onlyInRedis: [],
          onlyInRecord: [],
        },
      });
    },

    async health() {
      const up: ServiceHealth = {
        status: 'up',
        instance: 'fake',
        version: '0.0.0',
        uptimeSeconds: 1,
        parts: { redis: { status: 'up' }, nats: { status: 'up' } },
      };
      return accept(up);
    },
  };
}
