import { Degraded, type Log, startLoop } from '@baton/runtime';
import { unlimitedAdmitter } from '../admission/admission.ts';
import type { Throttle } from '../admission/throttle.ts';
import { type CircuitBreaker, FAILURES_TO_OPEN } from './circuit-breaker.ts';
import { type ModelTimeouts, streamCompletion } from './completion.ts';
import { type FailureKind, failures, type Listing, type Model, ModelFailure, type ModelRequest } from './model.ts';

/** How often it is decided whether a check is due. */
const LOOK_EVERY_MS = 1_000;
/** A paid endpoint is not checked more often than this, and not at all while turns show its health. */
const CHECK_EVERY_MS = 30_000;
/** Without a list of models a check is a paid answer: less often. */
const TRY_EVERY_MS = 600_000;
/** After a failed check the next ones follow at this interval. */
const CONFIRM_EVERY_MS = 1_000;
const CHECK_TIMEOUT_MS = 5_000;
/** A trial ends after this: a model may think without end. */
const TRIAL_TIMEOUT_MS = 180_000;

/**
 * A trial: a short answer in the shape of a chat, so that everything the endpoint rejects is learnt before a customer
 * waits. It has no customer data. Thinking models spend some of its tokens before the first word.
 */
const TRIAL: ModelRequest = {
  messages: [
    { role: 'system', text: 'You are the assistant in a customer chat. This is a test of the connection.' },
    { role: 'assistant', text: 'Hello! How can I help?' },
    { role: 'user', text: 'Hello' },
    { role: 'system', text: 'Note: the customer is testing.' },
    { role: 'user', text: 'Answer with OK.' },
  ],
  tools: [
    {
      name: 'transfer_to_agent',
      description: 'Hand this chat over to a human agent. Not needed now.',
      parameters: { type: 'object', properties: { reason: { type: 'string' } }, required: ['reason'] },
    },
  ],
  maxTokens: 64,
};

/** The model answered, with nothing to show. */
const nothingToShow: ReadonlySet<FailureKind> = new Set(['empty', 'filtered', 'only_thoughts']);
/** Failures of one request; when every request fails like this, the model answers nobody. */
const refusing: ReadonlySet<FailureKind> = new Set(['bad_request', 'garbled', 'empty', 'only_thoughts']);

/**
 * Whether the model is available. One failure belongs to one turn, whose own log line reports it. The model is
 * unavailable when the circuit breaker is open, when as many checks in a row failed, or when it rejects turn after turn
 * and then a trial too. One answer makes it available again.
 */
export function createModelHealth(options: {
  model: Model;
  circuit: CircuitBreaker;
  throttle: Pick<Throttle, 'limited'>;
  timeouts: ModelTimeouts;
  log: Log;
  now?: () => number;
}) {
  const { model, circuit, throttle, log } = options;
  const now = options.now ?? Date.now;
  /** When the model's state was last seen, and when the last trial was; undefined before. */
  let learntAt: number | undefined;
  let triedAt: number | undefined;
  let answered = false;
  let listing: Listing | undefined;
  let failedChecks = 0;
  let lastFailedCheck: ModelFailure | undefined;
  /** Turns in a row that failed without opening the circuit breaker: see `refusing`. */
  let refusals = 0;
  /** The failure of the last trial. It may be quoted: a trial has no customer data. */
  let failedTrial: ModelFailure | undefined;
  let reported: 'up' | 'down' | undefined;
  let reportedLimit = false;

  const unavailable = (): ModelFailure | undefined => {
    if (circuit.openedBy !== undefined) return failedTrial ?? circuit.openedBy;
    return failedTrial ?? (failedChecks >= FAILURES_TO_OPEN ? lastFailedCheck : undefined);
  };

  /** With the endpoint's own words only for the service's own requests, which have no customer data. [S5] */
  const inFull = (failure: ModelFailure): string => {
    const isOwnRequest = failure === failedTrial || failure === lastFailedCheck;
    return isOwnRequest && failure.words !== undefined ? `${failure.message}: “${failure.words}”` : failure.message;
  };

  const learn = () => {
    learntAt = now();
    const failure = unavailable();
    if (failure !== undefined && reported !== 'down') {
      reported = 'down';
      log.error(
        { model: model.name, detail: inFull(failure) },
        'the model is unavailable; customers are handed to humans until it answers',
      );
    } else if (failure === undefined && failedChecks === 0 && reported !== 'up') {
      reported = 'up';
      log.info({ model: model.name }, 'the model answers');
    }
  };
  const worksAs = (isAnswer: boolean) => {
    failedChecks = 0;
    if (isAnswer) {
      answered = true;
      refusals = 0;
      failedTrial = undefined;
    }
    learn();
  };

  /** One line when the rate limit begins and one when it ends, however many turns wait. */
  const reportLimit = () => {
    const { limited } = throttle;
    if ((limited !== undefined) === reportedLimit) return;
    reportedLimit = limited !== undefined;
    if (reportedLimit)
      log.warn({ model: model.name }, 'the model endpoint limits the rate of requests; turns wait for it');
    else log.info({ model: model.name }, 'the model endpoint does not limit the rate of requests any more');
  };

  const check = async (signal: AbortSignal): Promise<void> => {
    try {
      listing = await model.check(AbortSignal.any([signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]));
      // A list with the model shows that the endpoint works. Otherwise only an answer does.
      if (listing === 'listed' || answered) worksAs(false);
    } catch (error) {
      if (signal.aborted) return;
      lastFailedCheck = error instanceof ModelFailure ? error : new ModelFailure('unreachable', { cause: error });
      if (!failures[lastFailedCheck.kind].outage) return worksAs(false);
      failedChecks++;
      const detail = inFull(lastFailedCheck);
      if (failedChecks < FAILURES_TO_OPEN) log.warn({ model: model.name, detail }, 'a check of the model failed');
      learn();
    }
  };

  /** True: the model answered, perhaps with nothing to show. Undefined: nothing was learnt. */
  const hasAnswered = async (signal: AbortSignal, withWords: boolean): Promise<boolean | undefined> => {
    triedAt = now();
    const ends = AbortSignal.any([signal, AbortSignal.timeout(TRIAL_TIMEOUT_MS)]);
    try {
      let finished = false;
      for await (const { type } of streamCompletion(model, TRIAL, options.timeouts, unlimitedAdmitter(), ends))
        finished ||= type === 'finish';
      return finished ? true : undefined;
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      if (!withWords && nothingToShow.has(error.kind)) return true;
      // A rate limit says nothing about the model.
      if (error.kind === 'rate_limited') return undefined;
      failedTrial = error;
      return false;
    }
  };

  /** While the breaker is open, a list of models proves nothing, so the probe is a short answer. */
  const tryAgain = async (signal: AbortSignal): Promise<void> => {
    if (!circuit.allows()) return;
    let outcome: boolean | undefined;
    try {
      outcome = await hasAnswered(signal, false);
    } catch (error) {
      circuit.recordNothing();
      throw error;
    }
    if (outcome === undefined) return circuit.recordNothing();
    if (!outcome && failedTrial !== undefined) {
      circuit.recordFailure(failedTrial);
      return learn();
    }
    circuit.recordSuccess();
    worksAs(true);
  };

  const tryOnce = async (signal: AbortSignal): Promise<void> => {
    // After many rejections an answer without words counts as a failure too.
    const outcome = await hasAnswered(signal, refusals >= FAILURES_TO_OPEN);
    if (outcome === true) worksAs(true);
    else if (outcome === false) learn();
  };

  const isTrialDue = (): boolean => {
    const since = triedAt === undefined ? Number.POSITIVE_INFINITY : now() - triedAt;
    if (failedTrial !== undefined || refusals >= FAILURES_TO_OPEN) return since >= CHECK_EVERY_MS;
    // At the start, before the first customer; later only where nothing else shows the model's state.
    if (listing === undefined || listing === 'listed')
      return !answered && model.wantsTrial === true && triedAt === undefined;
    const untold = learntAt === undefined ? Number.POSITIVE_INFINITY : now() - learntAt;
    return !answered ? since >= CHECK_EVERY_MS : Math.min(since, untold) >= TRY_EVERY_MS;
  };

  return {
    /** A turn was answered. The circuit breaker is told first. */
    succeeded: () => worksAs(true),
    /** A turn has failed. The circuit breaker is told first. */
    failed: (failure: ModelFailure) => {
      if (failures[failure.kind].outage) learn();
      else if (refusing.has(failure.kind)) refusals++;
    },
    /** Checks the model when that is due: turns may have shown its state already. */
    async look(signal: AbortSignal): Promise<void> {
      reportLimit();
      if (circuit.openedBy !== undefined) return tryAgain(signal);
      const doubtful = failedChecks > 0 && failedChecks < FAILURES_TO_OPEN;
      const due = learntAt === undefined || now() - learntAt >= (doubtful ? CONFIRM_EVERY_MS : CHECK_EVERY_MS);
      if (due) await check(signal);
      if (failedChecks === 0 && isTrialDue()) await tryOnce(signal);
    },
    get available() {
      return unavailable() === undefined;
    },
    /** For the health report. Makes no request. */
    async check(): Promise<string | undefined> {
      const failure = unavailable();
      if (failure !== undefined) throw new Error(inFull(failure));
      const { limited } = throttle;
      if (limited !== undefined) {
        const [time, turns] = [new Date(limited.since).toISOString(), limited.waiting];
        throw new Degraded(
          `throttled: the endpoint limits the rate of requests since ${time}; turns that wait: ${turns}`,
        );
      }
      return learntAt === undefined ? 'starting: the model has not been asked yet' : undefined;
    },
  };
}
export type ModelHealth = ReturnType<typeof createModelHealth>;

/** Looks at the model's health once a second, until stopped. */
export function startModelChecks(health: Pick<ModelHealth, 'look'>, log: Log) {
  const leaving = new AbortController();
  const loop = startLoop({
    name: 'model',
    everyMs: LOOK_EVERY_MS,
    log,
    atOnce: true,
    run: () => health.look(leaving.signal),
  });
  return {
    stop() {
      leaving.abort();
      return loop.stop();
    },
  };
}
