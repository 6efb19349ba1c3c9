import { noteOnSpan, within } from '@baton/runtime';
import { createTurnEffects } from './effects/perform-effects.ts';
import { listenForExternalEvents } from './external-events.ts';
import { createTurnDriver } from './machine/driver.ts';
import type { Conclusion, TurnEvent } from './machine/states.ts';
import { reportTurn } from './report-turn.ts';
import type { TurnDependencies } from './turn-dependencies.ts';
import { type TurnOutcome, type Written, writeConclusion } from './write-conclusion.ts';

export interface TurnReport {
  outcome: TurnOutcome;
  /** The customer wrote more: go on with the next turn. */
  morePending: boolean;
}

/** After the answer, its turn waits this long for the summary of older entries, while the customer is silent. */
const SUMMARY_TIMEOUT_MS = 10_000;

/**
 * Runs one turn. Inputs and effects tell the machine what happens; the machine orders effects until it concludes; the
 * conclusion is written here. When `draining` aborts, the turn ends and its lease is released for another worker.
 */
export async function runTurn(parts: TurnDependencies, sessionId: string, draining: AbortSignal): Promise<TurnReport> {
  const { session, settings, worker, log } = parts;
  noteOnSpan('baton.session', sessionId);
  const start = performance.now();
  const effects = createTurnEffects(parts, sessionId);
  const driver = createTurnDriver(settings.limits, effects.perform);
  /** Resolves when the customer writes again, or the process drains: then nobody waits for a summary. */
  const interrupted = Promise.withResolvers<undefined>();
  let isConcluded = false;
  const tell = (event: TurnEvent) => {
    const wroteAgain =
      event.type === 'customer_wrote' && event.seq > (effects.loaded?.pending.unansweredSeq ?? event.seq);
    const drains = event.type === 'called_off' && event.why === 'draining';
    if (wroteAgain || drains) interrupted.resolve(undefined);
    driver.tell(event);
  };
  const onRenewed = () => {
    if (!isConcluded) effects.showTyping(true);
  };
  // Before the first load, so that no entry falls between the two.
  const inputs = listenForExternalEvents({ parts, sessionId, draining, tell, onRenewed });
  driver.start();

  const conclusion = await driver.conclusion;
  isConcluded = true;
  inputs.concluded();
  // A draft that is given up ends now. One that becomes an entry ends after it, so that the text never disappears.
  if (conclusion.kind === 'drop' || conclusion.kind === 'hand_off') effects.endDraft();
  const written = await write(conclusion);
  effects.endDraft();
  effects.showTyping(false);
  const memory =
    written.outcome === 'answered' && effects.summary !== undefined
      ? await within(SUMMARY_TIMEOUT_MS, Promise.race([effects.summary, interrupted.promise]))
      : undefined;
  effects.close();
  await inputs.stop();
  let morePending = false;
  if (effects.loaded !== undefined) {
    const tokens = effects.unsettledTokens();
    const end = { sessionId, worker, ...(memory && { memory }), ...(tokens !== 0 && { tokens }) };
    const ended = await session.endTurn(end);
    // When this is unknown, the reconciler finds out.
    morePending = ended.ok && ended.value.owed;
  }
  const { spent, toolsUsed } = effects;
  const ended = { ...written, sessionId, conclusion, ms: performance.now() - start, spent, toolsUsed };
  reportTurn(parts.metrics, log, ended);
  return { outcome: written.outcome, morePending };

  async function write(conclusion: Conclusion): Promise<Written> {
    const { loaded, spent, toolsUsed } = effects;
    if (conclusion.kind === 'drop') return { outcome: 'dropped', why: conclusion.why };
    if (loaded === undefined) return { outcome: 'failed', why: 'not_loaded' };
    const metadata = {
      model: spent.model,
      totalMs: Math.round(performance.now() - start),
      ...(spent.usage && { usage: spent.usage }),
      ...(spent.firstTokenMs !== undefined && { firstTokenMs: spent.firstTokenMs }),
      ...(toolsUsed.length > 0 && { tools: toolsUsed }),
    };
    const { pending, conversation } = loaded;
    const { greeting } = settings;
    const { entries } = conversation;
    return writeConclusion({ session, sessionId, pending, entries, conclusion, greeting, metadata, log });
  }
}
