import {
  type Allowed,
  type EndpointKey,
  everything,
  type Reply,
  type ReplyOf,
  type RequestOf,
  refuse,
  type ServiceApi,
  type Subjects,
} from '@baton/contracts';
import { headers, type NatsConnection } from 'nats';
import { afterPollPhase } from '../concurrency/after-poll-phase.ts';
import { inSpan, noteOnSpan, TRACE_HEADER, traceparent } from '../observability/trace.ts';
import { encode } from './payload.ts';
import { requestsOn } from './request-inbox.ts';

/**
 * Another service, as functions. What goes wrong on the way is a refusal as well; they throw only for an endpoint that
 * the caller's service may not request.
 */
export type Caller<Api extends ServiceApi> = {
  [Key in EndpointKey<Api>]: (
    request: RequestOf<Api['endpoints'][Key]>,
    options?: CallOptions,
  ) => Promise<ReplyOf<Api['endpoints'][Key]>>;
};

export interface CallOptions {
  timeoutMs?: number;
  /** Leaves at once: what else this turn of the event loop has for the service is in this request. */
  atOnce?: boolean;
  /**
   * No instance serves the endpoint, as those of an older version do not: called instead of waiting for one to come.
   */
  onUnserved?: () => void;
}

const DEFAULT_TIMEOUT_MS = 5_000;
/** With every instance of a service gone for a moment (a restart), a request waits this long for one to come. */
const RETRY_FOR_MS = 2_000;

const decoder = new TextDecoder();

/**
 * Typed requests to a service. `UNAVAILABLE` means that nobody took the request, `TIMEOUT` that its outcome is unknown.
 * A request that no instance took is retried for up to 2 s, which is always safe. One whose outcome is unknown is never
 * retried here: only the caller knows whether repeating it is harmless.
 */
export function createCaller<Api extends ServiceApi>(
  nats: NatsConnection,
  api: Api,
  subjects: Subjects,
  allowed: Allowed = everything,
): Caller<Api> {
  const call = async (key: EndpointKey<Api>, request: unknown, how: CallOptions = {}): Promise<Reply<unknown>> => {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, atOnce = false, onUnserved } = how;
    const subject = subjects.endpoint(api, key);
    const payload = encode(request);
    const parent = traceparent();
    const options = { timeoutMs, ...(parent !== undefined && { headers: headersWith(parent) }) };
    if (!atOnce) await afterPollPhase();
    for (const deadline = Date.now() + Math.min(RETRY_FOR_MS, timeoutMs); ; ) {
      const answer = await requestsOn(nats).send(subject, payload, options);
      // Trusted from here: the other side built it by the same contract.
      if (typeof answer !== 'string') return noted(JSON.parse(decoder.decode(answer)) as Reply<unknown>);
      if (answer === 'none in time') return noted(refuse('TIMEOUT', `No answer from the ${api.name} service in time.`));
      const isUnserved = answer === 'nobody takes it' && onUnserved !== undefined;
      if (isUnserved) onUnserved();
      if (isUnserved || answer === 'not sent' || Date.now() > deadline)
        return noted(refuse('UNAVAILABLE', `The ${api.name} service cannot be reached.`));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const entries = Object.keys(api.endpoints).map((key) => {
    const name = `${api.name}.${key}`;
    try {
      allowed.request(name);
    } catch (error) {
      return [key, () => Promise.reject(error)];
    }
    return [
      key,
      (request: unknown, options?: CallOptions) =>
        inSpan(name, 'client', () => call(key as EndpointKey<Api>, request, options)),
    ];
  });
  // Built from the contract's own keys, which is what the type says.
  return Object.fromEntries(entries) as Caller<Api>;
}

function noted(reply: Reply<unknown>): Reply<unknown> {
  if (!reply.ok) noteOnSpan('baton.refused', reply.code);
  return reply;
}

function headersWith(parent: string) {
  const result = headers();
  result.set(TRACE_HEADER, parent);
  return result;
}
