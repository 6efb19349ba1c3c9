import { type Log, noteOnSpan } from '@baton/runtime';
import { asksTheModel, createTurnWork } from './effects/effects.ts';
import { dropReasonOf, keepLease, type Renewal } from './lease.ts';
import { driveTurn } from './machine/driver.ts';
import type { Conclusion } from './machine/states.ts';
import type { TurnParts } from './parts.ts';
import { concludedAsStandIn, standsIn } from './stand-in.ts';
import { putIntoEffect, type TurnOutcome, type Written } from './writer.ts';

export interface TurnReport {
  outcome: TurnOutcome;
  /** Something more is owed: go on with the next turn. */
  owed: boolean;
}

/** The summary of older entries is waited for so long after the answer, as long as the customer is silent. */
const SUMMARY_PATIENCE_MS = 10_000;

/**
 * Does one turn: the machine decides, `turn-work` carries out, and what it came to is written here. `draining` is
 * aborted when the process will wait no longer: the lease is then given back for another.
 */
export async function runTurn(parts: TurnParts, sessionId: string, draining: AbortSignal): Promise<TurnReport> {
  const { session, settings, worker } = parts;
  const log = parts.log.child({ sessionId });
  noteOnSpan('baton.session', sessionId);
  const start = performance.now();
  const work = createTurnWork(parts, sessionId, log);
  const nextMessage = Promise.withResolvers<void>();

  // Before the first look at the session, so that nothing falls between the two.
  const stopWatching = parts.watch(sessionId, {
    customerWrote: (seq) => {
      if (work.loaded !== undefined && seq > work.loaded.debt.unansweredSeq) nextMessage.resolve();
      tell({ type: 'customer_wrote', seq, now: Date.now() });
    },
    controlMoved: (epoch) => tell({ type: 'control_moved', epoch }),
  });
  const driver = driveTurn(settings.limits, work.perform);
  const { tell } = driver;
  const onRenewal = (renewal: Renewal) => {
    if (renewal.ok) {
      tell({ type: 'control_moved', epoch: renewal.value.session.epoch });
      tell({ type: 'customer_wrote', seq: renewal.value.unansweredSeq, now: Date.now() });
      if (driver.state !== 'concluded') work.showTyping(true);
      return;
    }
    const why = dropReasonOf(renewal);
    if (why !== 'unavailable') tell({ type: 'called_off', why: why === 'turn_taken' ? 'lease_lost' : why });
  };
  const lease = keepLease({ session, sessionId, worker, onRenewal });
  const totalTimer = setTimeout(() => tell({ type: 'time_up' }), settings.turnTimeoutMs);
  const callOff = () => tell({ type: 'called_off', why: 'draining' });
  draining.addEventListener('abort', callOff, { once: true });
  if (draining.aborted) callOff();

  const concluded = await driver.conclusion;
  const isStandIn = work.loaded !== undefined && standsIn(work.loaded.session);
  const conclusion = isStandIn ? concludedAsStandIn(concluded) : concluded;
  clearTimeout(totalTimer);
  draining.removeEventListener('abort', callOff);
  // What is given up ends now; what becomes an entry ends after it, so that nobody sees it vanish in between.
  if (conclusion.kind === 'drop' || conclusion.kind === 'hand_over') work.endDraft();
  const written = await write(conclusion);
  work.endDraft();
  if (work.loaded && asksTheModel(work.loaded.debt)) work.showTyping(false);
  const memory =
    written.outcome === 'answered'
      ? await work.memoryWithin(SUMMARY_PATIENCE_MS, Promise.race([nextMessage.promise, aborted(draining)]))
      : undefined;
  work.close();
  stopWatching();
  await lease.stop();
  let owed = false;
  if (work.loaded !== undefined) {
    const tokens = work.unsettledTokens();
    const ended = await session.endTurn({
      sessionId,
      worker,
      ...(memory && { memory }),
      ...(tokens !== 0 && { tokens }),
    });
    // When it is not known, the comparing loop finds out.
    owed = ended.ok && ended.value.owed;
  }
  const report = { ...written, conclusion, ms: performance.now() - start, spent: work.spent, tools: work.toolsUsed };
  tellOperators(parts, log, report);
  return { outcome: written.outcome, owed };

  async function write(conclusion: Conclusion): Promise<Written> {
    const { loaded, spent, toolsUsed } = work;
    if (conclusion.kind === 'drop') return { outcome: 'dropped', why: conclusion.why };
    if (loaded === undefined) return { outcome: 'failed', why: 'not_loaded' };
    const metadata = {
      model: spent.model,
      totalMs: Math.round(performance.now() - start),
      ...(spent.usage && { usage: spent.usage }),
      ...(spent.firstTokenMs !== undefined && { firstTokenMs: spent.firstTokenMs }),
      ...(toolsUsed.length > 0 && { tools: toolsUsed }),
    };
    const { debt, entries } = loaded;
    return putIntoEffect({ session, sessionId, debt, entries, conclusion, greeting: settings.greeting, metadata, log });
  }
}

interface Report extends Written {
  conclusion: Conclusion;
  ms: number;
  spent: ReturnType<typeof createTurnWork>['spent'];
  tools: ReturnType<typeof createTurnWork>['toolsUsed'];
}

function tellOperators({ metrics }: TurnParts, log: Log, report: Report): void {
  const { outcome, why, conclusion, ms, spent, tools } = report;
  metrics.turnEnded(outcome, ms / 1_000);
  const handover = 'handover' in conclusion ? conclusion.handover : undefined;
  if (handover && outcome === 'handed_over') metrics.handedOver(handover.cause, handover.via);
  const facts = {
    outcome,
    ...(why !== undefined && { why }),
    ...(handover && { cause: handover.cause, via: handover.via }),
    ms: Math.round(ms),
    ...(spent.firstTokenMs !== undefined && { firstTokenMs: spent.firstTokenMs }),
    ...spent.usage,
    ...(tools.length > 0 && { tools }),
  };
  if (outcome === 'dropped') log.debug(facts, 'a turn was left to others');
  else if (outcome === 'failed') log.warn(facts, 'a turn could not be written; it is tried again');
  else if (handover?.via === 'over_budget' || handover?.via === 'over_share')
    // No fault, and as many lines as somebody likes to cause: metrics count them.
    log.info({ ...facts, detail: handover.detail }, 'a budget is used up; its customer was handed to a human');
  else if (handover?.cause === 'bot_failed')
    log.warn(
      { ...facts, detail: handover.detail },
      'the model gave no answer in this turn; its customer was handed to a human',
    );
  else if (conclusion.kind === 'answer' && conclusion.noAnswer !== undefined)
    log.warn(
      { ...facts, detail: conclusion.noAnswer.detail },
      'the model gave no answer in this turn, and no agent is online; its customer was told so',
    );
  else log.info(facts, 'a turn was done');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
