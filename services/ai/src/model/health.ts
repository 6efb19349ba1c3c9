import { Degraded, type Log, startLoop } from '@baton/runtime';
import { freely } from '../access/access.ts';
import type { Throttle } from '../access/throttle.ts';
import { type CircuitBreaker, FAILURES_TO_OPEN } from './circuit-breaker.ts';
import { type ModelTimeouts, streamCompletion } from './completion.ts';
import { type FailureKind, failures, type Listing, type Model, ModelFailure, type ModelRequest } from './model.ts';

/** How often it is considered whether the endpoint is to be looked at. */
const LOOK_EVERY_MS = 1_000;
/** A paid endpoint is not asked for its health more often than this, and not at all while turns tell how it is. */
const CHECK_EVERY_MS = 30_000;
/** Where there is no list to look at, an answer is paid for: less often. */
const TRY_EVERY_MS = 600_000;
/** A check that failed is confirmed, or not, by the next ones, at this distance. */
const CONFIRM_EVERY_MS = 1_000;
const CHECK_TIMEOUT_MS = 5_000;
/** Beyond this, what comes of a trial is of no interest: a model may think without an end. */
const TRIAL_TIMEOUT_MS = 180_000;

/**
 * A short answer is asked for, in the shape of a chat, so that all that the endpoint does not take of one is found out
 * before a customer waits for it. Nothing in it is of a customer. Thinking models spend some of it before a word.
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

/** It did answer, though with nothing to show. */
const nothingToShow: ReadonlySet<FailureKind> = new Set(['empty', 'filtered', 'only_thoughts']);
/** Each is of one request; where every one fails so, the model answers nobody. */
const refusing: ReadonlySet<FailureKind> = new Set(['bad_request', 'garbled', 'empty', 'only_thoughts']);

/**
 * What is known of the model's availability. One failure is a failure of one turn, whose own log line tells it. The
 * model is unavailable when the circuit is open, when as many checks in a row failed, or when it refuses what everybody
 * asks: that is, when it refuses turn after turn and then a trial of ours, too. One answer makes it well again.
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
  /** When something was last learnt, and when a trial was last made; undefined before that. */
  let learntAt: number | undefined;
  let triedAt: number | undefined;
  let answered = false;
  let listing: Listing | undefined;
  let failedChecks = 0;
  let lastFailedCheck: ModelFailure | undefined;
  /** TurnScheduler in a row that failed in a way that does not open the circuit: see `refusing`. */
  let refusals = 0;
  /** Of the last trial, which may quote the endpoint. */
  let failedTrial: ModelFailure | undefined;
  let told: 'up' | 'down' | undefined;

  let toldOfLimit = false;

  const unavailable = (): ModelFailure | undefined => {
    if (circuit.openedBy !== undefined) return failedTrial ?? circuit.openedBy;
    return failedTrial ?? (failedChecks >= FAILURES_TO_OPEN ? lastFailedCheck : undefined);
  };

  /** With the endpoint's own words, only where we have asked ourselves: there is nothing of a customer in them. [S5] */
  const inFull = (failure: ModelFailure): string => {
    const isOurs = failure === failedTrial || failure === lastFailedCheck;
    return isOurs && failure.words !== undefined ? `${failure.message}: “${failure.words}”` : failure.message;
  };

  const learn = () => {
    learntAt = now();
    const failure = unavailable();
    if (failure !== undefined && told !== 'down') {
      told = 'down';
      log.error(
        { model: model.name, detail: inFull(failure) },
        'the model is unavailable; customers are handed to humans until it answers',
      );
    } else if (failure === undefined && failedChecks === 0 && told !== 'up') {
      told = 'up';
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

  /** One line when it begins and one when it ends, however many turns wait. */
  const tellOfLimit = () => {
    const { limited } = throttle;
    if ((limited !== undefined) === toldOfLimit) return;
    toldOfLimit = limited !== undefined;
    if (toldOfLimit)
      log.warn({ model: model.name }, 'the model endpoint limits the rate of requests; turns wait for it');
    else log.info({ model: model.name }, 'the model endpoint does not limit the rate of requests any more');
  };

  const check = async (signal: AbortSignal): Promise<void> => {
    try {
      listing = await model.check(AbortSignal.any([signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]));
      // A list says that the endpoint is there. Without one, or without the model in it, only an answer does.
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

  /** True: it answered, if only with nothing to show. Undefined: it was called off. */
  const hasAnswered = async (signal: AbortSignal, withWords: boolean): Promise<boolean | undefined> => {
    triedAt = now();
    const ends = AbortSignal.any([signal, AbortSignal.timeout(TRIAL_TIMEOUT_MS)]);
    try {
      let finished = false;
      for await (const { type } of streamCompletion(model, TRIAL, options.timeouts, freely(), ends))
        finished ||= type === 'finish';
      return finished ? true : undefined;
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      if (!withWords && nothingToShow.has(error.kind)) return true;
      // It limits everybody: that says nothing of the model.
      if (error.kind === 'rate_limited') return undefined;
      failedTrial = error;
      return false;
    }
  };

  /** A list of models says nothing of a model that answers no longer, so a short answer is asked for. */
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
    // What answers nobody with a word is no better than what refuses.
    const outcome = await hasAnswered(signal, refusals >= FAILURES_TO_OPEN);
    if (outcome === true) worksAs(true);
    else if (outcome === false) learn();
  };

  const isTrialDue = (): boolean => {
    const since = triedAt === undefined ? Number.POSITIVE_INFINITY : now() - triedAt;
    if (failedTrial !== undefined || refusals >= FAILURES_TO_OPEN) return since >= CHECK_EVERY_MS;
    // At the start, to know the endpoint before the first customer does; later only where nothing else tells.
    if (listing === undefined || listing === 'listed')
      return !answered && model.wantsTrial === true && triedAt === undefined;
    const untold = learntAt === undefined ? Number.POSITIVE_INFINITY : now() - learntAt;
    return !answered ? since >= CHECK_EVERY_MS : Math.min(since, untold) >= TRY_EVERY_MS;
  };

  return {
    /** A turn was answered. The circuit has been told before. */
    succeeded: () => worksAs(true),
    /** A turn has failed. The circuit has been told before. */
    failed: (failure: ModelFailure) => {
      if (failures[failure.kind].outage) learn();
      else if (refusing.has(failure.kind)) refusals++;
    },
    /** Looks whether the model works, when that is due: a turn may have told it lately. */
    async look(signal: AbortSignal): Promise<void> {
      tellOfLimit();
      if (circuit.openedBy !== undefined) return tryAgain(signal);
      const doubtful = failedChecks > 0 && failedChecks < FAILURES_TO_OPEN;
      const due = learntAt === undefined || now() - learntAt >= (doubtful ? CONFIRM_EVERY_MS : CHECK_EVERY_MS);
      if (due) await check(signal);
      if (failedChecks === 0 && isTrialDue()) await tryOnce(signal);
    },
    get available() {
      return unavailable() === undefined;
    },
    /** For the health report: without a request of its own. */
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
