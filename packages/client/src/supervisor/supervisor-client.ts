import type { ClientEventName, ClientEvents, PayloadInputOf, Reply } from '@baton/contracts';
import { createConnection } from '../connection/connection.ts';
import { problemOf } from '../connection/refusal-kinds.ts';
import { socketIoTransport } from '../connection/transport-socketio.ts';
import type { Problem, Result } from '../log/types.ts';
import { systemClock } from '../platform/environment.ts';
import { createStore } from '../platform/snapshot-store.ts';
import type { Polled, SupervisorClient, SupervisorClientOptions, SupervisorState } from './types.ts';

const POLL_MS = 5_000;
type AdminEvent = Extract<ClientEventName, `admin:${string}`>;

/**
 * What supervisors see: statistics, health and the queue, asked for once or again and again. Connects when first asked.
 */
export function createSupervisorClient(options: SupervisorClientOptions): SupervisorClient {
  const { clock = systemClock } = options;
  const transport = options.transport ?? socketIoTransport({ url: options.url, key: options.key });
  let answers: Pick<SupervisorState, Polled> = { stats: null, health: null, agents: null, waiting: null, queue: null };
  let problem: Problem | null = null;
  const polls = new Set<() => void>();

  const connection = createConnection({
    transport,
    clock,
    // Supervisors need not identify: their key came with the connection.
    identify: async () => 'ready',
    received: () => {},
    changed: () => store.changed(),
  });
  const store = createStore(clock, (): SupervisorState => ({ connection: connection.state, ...answers, problem }));

  /** Numbers of the questions asked last, and of those whose answers are shown: an old answer replaces no newer one. */
  const asked = new Map<Polled, number>();
  const shown = new Map<Polled, number>();

  const settle = <Value>(reply: Reply<Value>, keep: (value: Value) => Partial<typeof answers>): Result<Value> => {
    problem = reply.ok ? null : problemOf(reply);
    if (reply.ok) answers = { ...answers, ...keep(reply.value) };
    store.changed();
    return reply;
  };
  const ask = <Name extends AdminEvent>(event: Name, payload: PayloadInputOf<ClientEvents[Name]>) => {
    connection.open();
    return connection.requestWithRetry(event, payload);
  };
  const question =
    <Value>(what: Polled, asking: () => Promise<Reply<Value>>, keep: (value: Value) => Partial<typeof answers>) =>
    async (): Promise<Result<Value>> => {
      const number = (asked.get(what) ?? 0) + 1;
      asked.set(what, number);
      const reply = await asking();
      if (number < (shown.get(what) ?? 0)) return reply;
      shown.set(what, number);
      return settle(reply, keep);
    };
  const questions = {
    stats: question(
      'stats',
      async () => ask('admin:get_stats', {}),
      (stats) => ({ stats }),
    ),
    health: question(
      'health',
      async () => ask('admin:health_check', {}),
      (health) => ({ health }),
    ),
    queue: question(
      'queue',
      async () => ask('admin:debug_queue', {}),
      (queue) => ({ queue }),
    ),
    agents: question(
      'agents',
      async () => ask('admin:list_agents', {}),
      ({ agents }) => ({ agents }),
    ),
    waiting: question(
      'waiting',
      async () => ask('admin:list_waiting', {}),
      (waiting) => ({ waiting }),
    ),
  } satisfies Record<Polled, () => Promise<Result<unknown>>>;

  return {
    get state() {
      return store.state;
    },
    subscribe: store.subscribe,
    stats: questions.stats,
    health: questions.health,
    debugQueue: questions.queue,
    waiting: questions.waiting,
    now: connection.now,
    async agents() {
      const reply = await questions.agents();
      return reply.ok ? { ok: true, value: reply.value.agents } : reply;
    },
    async clearQueue() {
      const cleared = settle(await ask('admin:clear_queue', {}), () => ({}));
      // What is shown of it is old from this moment on.
      const changed = (['waiting', 'queue', 'stats'] as const).filter((one) => answers[one] !== null);
      if (cleared.ok) await Promise.all(changed.map((one) => questions[one]()));
      return cleared;
    },
    poll(what, everyMs = POLL_MS) {
      let stopTimer: (() => void) | undefined;
      let stopped = false;
      const round = async () => {
        await Promise.all(what.map((one) => questions[one]()));
        if (!stopped) stopTimer = clock.after(everyMs, () => void round());
      };
      const stop = () => {
        stopped = true;
        stopTimer?.();
        polls.delete(stop);
      };
      polls.add(stop);
      void round();
      return stop;
    },
    close() {
      for (const stop of [...polls]) stop();
      connection.close();
    },
  };
}
