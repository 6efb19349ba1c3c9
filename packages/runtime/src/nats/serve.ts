import {
  type CodeOf,
  type EndpointKey,
  type ParsedRequestOf,
  type Refusal,
  type Reply,
  refuse,
  type ServiceApi,
  type Subjects,
  type UniversalCode,
  type ValueOf,
} from '@baton/contracts';
import type { Msg, NatsConnection, Service } from 'nats';
import { z } from 'zod';
import { afterPollPhase } from '../concurrency/after-poll-phase.ts';
import type { Log } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { throttled } from '../observability/throttled-log.ts';
import { inTrace, noteOnSpan, TRACE_HEADER } from '../observability/trace.ts';
import { encode } from './payload.ts';

/** What a service does for each endpoint of its contract. Requests arrive parsed; throwing answers as `refusalOf` says. */
export type Handlers<Api extends ServiceApi> = {
  [Key in EndpointKey<Api>]: (
    request: ParsedRequestOf<Api['endpoints'][Key]>,
  ) => Promise<Reply<ValueOf<Api['endpoints'][Key]>, CodeOf<Api['endpoints'][Key]>>>;
};

/** Thrown by a driver when a server it needs cannot be reached: certainly nothing was done. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

/** Thrown by a driver when the connection broke while its server was at work: it may or may not be done. */
export class OutcomeUnknown extends Error {
  override name = 'OutcomeUnknown';
}

/** What a caller is told of an error. Nothing of the error itself is told outside, so it is logged where it is caught. */
export function refusalOf(error: unknown): Refusal<UniversalCode> {
  if (error instanceof Unavailable)
    return refuse('UNAVAILABLE', 'A part that is needed cannot be reached; try again shortly.');
  if (error instanceof OutcomeUnknown)
    return refuse('TIMEOUT', 'A part that is needed went away while it was at work; it may or may not be done.');
  return refuse('INTERNAL', 'Something went wrong on our side; it has been logged.');
}

/** What the micro framework keeps of an endpoint. Its own counters treat an async handler as done once it has begun. */
interface KeptStats {
  num_requests: number;
  num_errors: number;
  processing_time: number;
  average_processing_time: number;
  last_error?: string;
}

export interface Served {
  /** Stops taking requests, then waits until those in flight are answered. */
  stop(): Promise<void>;
  readonly inFlight: number;
}

const decoder = new TextDecoder();

/**
 * Serves a contract as a NATS micro service, in one queue group, so that instances share the requests.
 * Requests are checked here, once; what does not fit is answered VALIDATION_FAILED with the field. [S2]
 * `nats micro info` shows the schemas, `nats micro stats` true counts and times. [O3]
 */
export async function serve<Api extends ServiceApi>(options: {
  nats: NatsConnection;
  api: Api;
  handlers: Handlers<Api>;
  subjects: Subjects;
  version: string;
  log: Log;
  metrics: Metrics;
}): Promise<Served> {
  const { api, log, subjects } = options;
  const calm = throttled(log);
  const seconds = options.metrics.histogram('baton_request_seconds', 'Time to answer a request over NATS', [
    'endpoint',
    'outcome',
  ]);
  const kept = new Map<string, KeptStats>();
  const inFlight = new Set<Promise<void>>();

  const service: Service = await options.nats.services.add({
    name: api.name,
    version: options.version,
    description: api.description,
    queue: api.name,
    metadata: { root: subjects.root },
    statsHandler: (endpoint) => {
      // The framework passes its own record, typed without its `stats`; true counts replace its own.
      const record = endpoint as unknown as { name: string; stats: KeptStats };
      Object.assign(record.stats, kept.get(record.name));
      return Promise.resolve(null);
    },
  });

  for (const [key, endpoint] of Object.entries(api.endpoints)) {
    const stats: KeptStats = { num_requests: 0, num_errors: 0, processing_time: 0, average_processing_time: 0 };
    kept.set(key, stats);
    const handle = options.handlers[key as EndpointKey<Api>] as (request: unknown) => Promise<Reply<unknown>>;

    const name = `${api.name}.${key}`;
    const answer = async (message: Msg): Promise<void> => {
      const start = process.hrtime.bigint();
      let reply: Reply<unknown>;
      try {
        reply = await answerOne(endpoint.request, handle, message.data);
      } catch (error) {
        // A server that is gone fails every request alike: no stack, which says nothing more.
        if (error instanceof Unavailable)
          calm.warn(name, { detail: error.message, endpoint: name }, 'a server that is needed cannot be reached');
        else calm.error(`${name} ${String(error).slice(0, 200)}`, { err: error, endpoint: name }, 'a request failed');
        reply = refusalOf(error);
      }
      await afterPollPhase();
      try {
        message.respond(encode(reply));
      } catch (error) {
        // Larger than NATS carries, or the connection is closed: an answer that cannot be given must not end the
        // process.
        calm.error(name, { err: error, endpoint: name }, 'an answer could not be sent');
        reply = refuse('INTERNAL', 'The answer cannot be sent; ask for less at once.');
        if (!options.nats.isClosed()) message.respond(encode(reply));
      }
      const nanoseconds = Number(process.hrtime.bigint() - start);
      stats.num_requests++;
      stats.processing_time += nanoseconds;
      stats.average_processing_time = Math.round(stats.processing_time / stats.num_requests);
      if (log.isLevelEnabled('debug'))
        log.debug({ endpoint: name, outcome: reply.ok ? 'ok' : reply.code, ms: nanoseconds / 1e6 }, 'answered');
      if (!reply.ok) {
        noteOnSpan('baton.refused', reply.code);
        stats.num_errors++;
        stats.last_error = `${reply.code}: ${reply.message}`;
      }
      seconds.observe({ endpoint: key, outcome: reply.ok ? 'ok' : reply.code }, nanoseconds / 1e9);
    };

    service.addEndpoint(key, {
      subject: subjects.endpoint(api, key as EndpointKey<Api>),
      handler: (error, message) => {
        if (error) return void log.error({ err: error, endpoint: key }, 'NATS closed an endpoint');
        const parent = message.headers?.get(TRACE_HEADER);
        const work = inTrace(parent, () => answer(message as Msg), name).finally(() => inFlight.delete(work));
        inFlight.add(work);
      },
      metadata: {
        summary: endpoint.summary,
        request: JSON.stringify(z.toJSONSchema(endpoint.request, { io: 'input', unrepresentable: 'any' })),
        value: JSON.stringify(z.toJSONSchema(endpoint.value, { io: 'output', unrepresentable: 'any' })),
        refusals: endpoint.refusals.join(' '),
        repeatable: String(endpoint.repeatable),
      },
    });
  }

  return {
    get inFlight() {
      return inFlight.size;
    },
    async stop() {
      await service.stop();
      while (inFlight.size > 0) await Promise.allSettled(inFlight);
    },
  };
}

async function answerOne(
  schema: z.ZodType,
  handle: (request: unknown) => Promise<Reply<unknown>>,
  data: Uint8Array,
): Promise<Reply<unknown>> {
  let input: unknown;
  try {
    input = data.length === 0 ? {} : JSON.parse(decoder.decode(data));
  } catch {
    return refuse('VALIDATION_FAILED', 'The request is not JSON.');
  }
  const parsed = schema.safeParse(input);
  return parsed.success ? handle(parsed.data) : refuseInput(parsed.error);
}

/** The refusal for input that does not fit its schema: the first thing that is wrong, in words, with its field. */
export function refuseInput(error: z.ZodError) {
  const issue = error.issues[0];
  const field = issue?.path.join('.');
  const what = issue?.message ?? 'does not fit';
  return field ? refuse('VALIDATION_FAILED', `${field}: ${what}`, field) : refuse('VALIDATION_FAILED', what);
}
