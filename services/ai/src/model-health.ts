import { Degraded, type Log } from '@baton/runtime';
import { freely } from './access/access.ts';
import type { Throttle } from './access/throttle.ts';
import { type AskLimits, askModel } from './ask.ts';
import { type Circuit, FAILURES_TO_OPEN } from './circuit.ts';
import { failures, type Model, ModelFailure } from './model.ts';

/** How often it is considered whether the endpoint is to be looked at. */
export const MODEL_LOOK_EVERY_MS = 1_000;
/** A paid endpoint is not asked for its health more often than this, and not at all while turns tell how it is. */
const CHECK_EVERY_MS = 30_000;
/** A check that failed is confirmed, or not, by the next ones, at this distance. */
const CONFIRM_EVERY_MS = 1_000;
const CHECK_TIMEOUT_MS = 5_000;
/** Thinking models spend some of it before the first word. */
const TRIAL_TOKENS = 64;

/**
 * What is known of the model's availability. One failure is a failure of one turn, whose own log line tells it. The
 * model is unavailable when the circuit is open, or when as many checks in a row failed; one answer makes it well again.
 */
export function createModelHealth(options: {
  model: Model;
  circuit: Circuit;
  throttle: Pick<Throttle, 'limited'>;
  limits: AskLimits;
  log: Log;
  now?: () => number;
}) {
  const { model, circuit, throttle, log } = options;
  const now = options.now ?? Date.now;
  /** When something was last learnt; undefined before that. */
  let learntAt: number | undefined;
  let failedChecks = 0;
  let lastFailedCheck: ModelFailure | undefined;
  let told: 'up' | 'down' | undefined;

  let toldOfLimit = false;

  const unavailable = (): ModelFailure | undefined =>
    circuit.brokenBy ?? (failedChecks >= FAILURES_TO_OPEN ? lastFailedCheck : undefined);

  const learn = () => {
    learntAt = now();
    const failure = unavailable();
    if (failure !== undefined && told !== 'down') {
      told = 'down';
      const detail = failure.message;
      log.error(
        { model: model.name, detail },
        'the model is unavailable; customers are handed to humans until it answers',
      );
    } else if (failure === undefined && failedChecks === 0 && told !== 'up') {
      told = 'up';
      log.info({ model: model.name }, 'the model answers');
    }
  };
  const works = () => {
    failedChecks = 0;
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
      await model.check(AbortSignal.any([signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]));
      works();
    } catch (error) {
      if (signal.aborted) return;
      lastFailedCheck = error instanceof ModelFailure ? error : new ModelFailure('unreachable', { cause: error });
      if (!failures[lastFailedCheck.kind].outage) return works();
      failedChecks++;
      const detail = lastFailedCheck.message;
      if (failedChecks < FAILURES_TO_OPEN) log.warn({ model: model.name, detail }, 'a check of the model failed');
      learn();
    }
  };

  /** A list of models says nothing of a model that answers no longer, so a short answer is asked for. */
  const tryAgain = async (signal: AbortSignal): Promise<void> => {
    if (!circuit.mayAsk()) return;
    const request = { messages: [{ role: 'user' as const, text: 'Answer with OK.' }], maxTokens: TRIAL_TOKENS };
    let answered = false;
    try {
      for await (const { type } of askModel(model, request, options.limits, freely, signal))
        answered ||= type === 'finish';
    } catch (error) {
      if (!(error instanceof ModelFailure)) {
        circuit.undecided();
        throw error;
      }
      // It did answer, though with nothing to show.
      answered = error.kind === 'empty' || error.kind === 'filtered';
      if (!answered) {
        circuit.failed(error);
        return learn();
      }
    }
    if (!answered) return circuit.undecided();
    circuit.succeeded();
    works();
  };

  return {
    /** A turn was answered. The circuit has been told before. */
    succeeded: works,
    /** A turn has failed. The circuit has been told before. */
    failed: (failure: ModelFailure) => {
      if (failures[failure.kind].outage) learn();
    },
    /** Looks whether the model works, when that is due: a turn may have told it lately. */
    async look(signal: AbortSignal): Promise<void> {
      tellOfLimit();
      if (circuit.brokenBy !== undefined) return tryAgain(signal);
      const doubtful = failedChecks > 0 && failedChecks < FAILURES_TO_OPEN;
      const due = learntAt === undefined || now() - learntAt >= (doubtful ? CONFIRM_EVERY_MS : CHECK_EVERY_MS);
      if (due) await check(signal);
    },
    /** For the health report: without a request of its own. */
    async check(): Promise<string | undefined> {
      const failure = unavailable();
      if (failure !== undefined) throw new Error(failure.message);
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
