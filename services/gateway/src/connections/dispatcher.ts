import {
  type AckOf,
  type ClientEventName,
  type ClientEvents,
  clientEvents,
  type ErrorCode,
  type PayloadOf,
  type Reply,
  refuse,
  socketCodes,
  universalCodes,
} from '@baton/contracts';
import {
  currentTrace,
  inTrace,
  type Log,
  type Metrics,
  noteOnSpan,
  refusalOf,
  refuseInput,
  throttled,
} from '@baton/runtime';
import { refuseByRole } from '../access/rights.ts';
import { acknowledgementOf } from '../delivery/views.ts';
import type { Connection } from './connection.ts';
import { createInProgress } from './in-progress.ts';

/** What the gateway does for each event of the contract. Payloads arrive parsed; throwing answers INTERNAL. */
export type EventHandlers<Names extends ClientEventName = ClientEventName> = {
  [Name in Names]: (
    connection: Connection,
    payload: PayloadOf<ClientEvents[Name]>,
  ) => Promise<AckOf<ClientEvents[Name]>>;
};

const isEvent = (name: unknown): name is ClientEventName =>
  typeof name === 'string' && Object.hasOwn(clientEvents, name);

/**
 * Events that cost as much as several others: resuming takes a subscription, a round trip and the missed entries. It
 * also slows down guessing of tokens.
 */
const COSTS: Partial<Record<ClientEventName, number>> = {
  'customer:resume_chat': 4,
  'agent:resume': 4,
  'customer:identify': 4,
  'customer:list_chats': 4,
};
/**
 * Units of work, all services together: a message is one. What follows counts too, such as a greeting. Measured as
 * processor time: a start takes as much as five messages, a resume as one, and its page as one or two.
 */
const UNITS: Partial<Record<ClientEventName, number>> = {
  'customer:start_chat': 5,
  'customer:resume_chat': 2,
  'customer:identify': 4,
};

/** An unknown event name is repeated to its sender up to this length. */
const MAX_NAME_SHOWN = 64;

/**
 * Receives every event of every client, with any name, type and number of arguments. Checks rate, role and schema, in
 * this order, and answers once: by the acknowledgement if there is one, else by `error` if refused. Never throws.
 */
export function createDispatcher(options: { handlers: EventHandlers; log: Log; metrics: Metrics }) {
  const { log, metrics } = options;
  const calm = throttled(log);
  const events = metrics.counter('baton_socket_events_total', 'Events from clients', ['event', 'outcome']);
  const seconds = metrics.histogram('baton_ack_seconds', 'Time to answer an event of a client', ['event']);
  const inProgress = createInProgress<Connection>();

  const refuseLate: Answer = async () => refuse('DRAINING', 'This server is stopping; connect again and repeat.');
  const answer: Answer = async (connection, name, payload) => {
    const refused = refuseByRole(connection, name);
    if (refused) return refused;
    const parsed = clientEvents[name].payload.safeParse(payload ?? undefined);
    if (!parsed.success) return refuseInput(parsed.error);
    // The schema of this event has just parsed it.
    const handle = options.handlers[name] as (connection: Connection, payload: unknown) => Promise<Reply<unknown>>;
    const reply = await handle(connection, parsed.data);
    if (reply.ok) return acknowledgementOf(name, reply as AckOf<ClientEvents[typeof name]>);
    if (isDeclared(name, reply.code)) return reply;
    calm.error(name, { event: name, code: reply.code }, 'a refusal that the contract does not declare for this event');
    return refusalOf(reply);
  };

  const work = async (
    how: Answer,
    connection: Connection,
    name: ClientEventName,
    payload: unknown,
    ack: Ack | undefined,
    end: () => void,
  ): Promise<void> => {
    const begun = performance.now();
    let reply: Reply<unknown>;
    try {
      reply = await how(connection, name, payload);
    } catch (error) {
      calm.error(connection.id, { err: error, event: name, socketId: connection.id }, 'an event could not be handled');
      reply = refusalOf(error);
    }
    send(connection, name, { ...reply, traceId: currentTrace()?.traceId }, ack);
    if (!reply.ok) noteOnSpan('baton.refused', reply.code);
    const outcome = reply.ok ? 'ok' : reply.code;
    seconds.observe({ event: name }, (performance.now() - begun) / 1_000);
    events.inc({ event: name, outcome });
    log.debug({ event: name, socketId: connection.id, outcome }, 'event');
    end();
    inProgress.end(connection);
  };

  return {
    receive(connection: Connection, event: unknown, args: readonly unknown[]): void {
      const last = args.at(-1);
      const ack = typeof last === 'function' ? (last as Ack) : undefined;
      const name = isEvent(event) ? event : undefined;
      const cost = name === undefined ? 1 : (COSTS[name] ?? 1);
      const ofAgent = connection.identity.role === 'agent';
      if (!connection.limits.event(ofAgent, cost)) {
        tooMuch(connection, name ?? shown(event), ack);
        return;
      }
      if (name === undefined) {
        events.inc({ event: 'unknown', outcome: 'VALIDATION_FAILED' });
        // The client chose the name, so it is not logged. [S5]
        log.debug({ socketId: connection.id, outcome: 'VALIDATION_FAILED' }, 'an event that does not exist');
        const message = `There is no event named ${JSON.stringify(shown(event))}.`;
        send(connection, shown(event), refuse('VALIDATION_FAILED', message), ack);
        return;
      }
      const payload = args.length > 0 && args[0] !== ack ? args[0] : undefined;
      // Decided now: what arrived before a stop is handled, also when its turn comes later.
      const how = connection.draining ? refuseLate : answer;
      inProgress.begin(connection);
      connection.limits.run(ofAgent, UNITS[name] ?? 1, (end) => {
        void inTrace(traceOf(payload), () => work(how, connection, name, payload, ack, end), name);
      });
    },
    /** Resolves when no event of this connection is in progress. */
    settled: (connection: Connection): Promise<void> => inProgress.settled(connection),
  };

  function tooMuch(connection: Connection, event: string, ack: Ack | undefined): void {
    events.inc({ event: isEvent(event) ? event : 'unknown', outcome: 'RATE_LIMITED' });
    if (connection.limits.refusal()) {
      send(connection, event, refuse('RATE_LIMITED', 'Too much at once; slow down.'), ack);
    } else {
      const { id, address } = connection;
      connection.limits.cut();
      calm.warn(id, { socketId: id, address }, 'cut: went on after too many refusals');
      connection.disconnect();
    }
  }

  function send(connection: Connection, event: string, reply: Acknowledgement, ack: Ack | undefined) {
    try {
      if (ack) return void ack(reply);
      if (reply.ok) return;
      const { code, message, field, traceId } = reply;
      connection.emit('error', { event, code, message, field, traceId });
    } catch (error) {
      // A failed write must not end the process.
      calm.error(connection.id, { err: error, socketId: connection.id }, 'an answer could not be sent');
    }
  }
}

/** A client may name the trace of its event. A value that is not a valid header starts a new trace. */
function traceOf(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null || !('traceparent' in payload)) return undefined;
  return typeof payload.traceparent === 'string' ? payload.traceparent : undefined;
}

type Acknowledgement = Reply<unknown> & { traceId?: string | undefined };
type Ack = (reply: Acknowledgement) => void;
type Answer = (connection: Connection, name: ClientEventName, payload: unknown) => Promise<Reply<unknown>>;

const everywhere: ReadonlySet<ErrorCode> = new Set<ErrorCode>([...socketCodes, ...universalCodes]);
function isDeclared(name: ClientEventName, code: ErrorCode): boolean {
  const declared: readonly ErrorCode[] = clientEvents[name].refusals;
  return everywhere.has(code) || declared.includes(code);
}

const shown = (event: unknown): string => String(event).slice(0, MAX_NAME_SHOWN);
