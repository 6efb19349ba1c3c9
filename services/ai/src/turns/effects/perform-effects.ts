import { channels } from '@baton/contracts';
import { afterPollPhase, newId, throttled } from '@baton/runtime';
import { admitterFor, type TurnAdmitter } from '../../admission/admission.ts';
import { originOf } from '../../admission/fair-queue.ts';
import type { Context } from '../../context/fit-context.ts';
import type { Memory } from '../../context/memory.ts';
import { LOAD_ENTRIES } from '../../context/transcript.ts';
import type { ToolCall } from '../../model/model.ts';
import { dropReasonOf, LEASE_MS } from '../lease.ts';
import { pendingReplyOf } from '../machine/pending-reply.ts';
import { standsIn } from '../machine/stand-in.ts';
import type { Exchange, PendingReply, Tell, TurnEffect } from '../machine/states.ts';
import type { TurnDependencies } from '../turn-dependencies.ts';
import { createAnswering } from './answering.ts';
import { type Conversation, contextFor, toolsFor } from './conversation.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import { composeGreeting } from './greeting.ts';
import { summariseBeside } from './summary.ts';

/** What a turn has loaded. A restart replaces it. */
interface Loaded {
  pending: PendingReply;
  conversation: Conversation & { session: NonNullable<Conversation['session']> };
}

/**
 * Performs the effects of one turn, and keeps what its end needs: draft, summary, tokens. The machine orders them;
 * results come back as events.
 */
export function createTurnEffects(parts: TurnDependencies, sessionId: string) {
  const { bus, session, settings, log } = parts;
  const turnId = newId();
  const answering = createAnswering(parts);
  let loaded: Loaded | undefined;
  /** One for the whole turn, however often it restarts: its waits add up. */
  let admitter: TurnAdmitter | undefined;
  let context: Context | undefined;
  let drafts: Drafts | undefined;
  let summary: Promise<Memory | undefined> | undefined;
  let quietTimer: NodeJS.Timeout | undefined;
  /** Cancels work in the background, such as the summary, when the turn closes. */
  const whole = new AbortController();

  const load = async (tell: Tell) => {
    const reply = await session.beginTurn({ sessionId, worker: parts.worker, leaseMs: LEASE_MS, limit: LOAD_ENTRIES });
    if (!reply.ok) return tell({ type: 'called_off', why: dropReasonOf(reply) });
    const begun = reply.value;
    const pending = pendingReplyOf(begun, Date.now(), settings.personaAllowed);
    const { entries, memory, memoryThroughSeq, unansweredSeq } = begun;
    loaded = {
      pending,
      conversation: {
        session: begun.session,
        botContext: begun.session.botContext,
        entries,
        memory,
        memoryThroughSeq,
        unansweredSeq,
        standIn: standsIn(begun.session),
      },
    };
    const origin = originOf(sessionId, begun.source);
    admitter ??= admitterFor(parts.admission, origin, sessionId, () => loaded?.pending.unansweredSeq);
    context = undefined;
    drafts = createDrafts({
      everyMs: settings.draftEveryMs,
      about: { sessionId, turnId, inReplyTo: pending.unansweredSeq, epoch: pending.epoch },
      publish: (draft, isFirst) => {
        const publish = () => bus.publish(channels.live.draft, { session: sessionId }, draft);
        // The first words leave at once. Later drafts of many turns, which grow at the same time, leave in one write.
        if (isFirst) publish();
        else void afterPollPhase().then(publish);
      },
    });
    showTyping(true);
    tell({ type: 'loaded', pending, now: Date.now() });
  };

  const greet = async (tell: Tell) => {
    if (loaded === undefined || admitter === undefined) return;
    const { signal } = answering;
    const text = await composeGreeting(parts, loaded.conversation.session, answering.spent, admitter, signal);
    if (!signal.aborted) tell({ type: 'greeting', text });
  };

  const request = async (exchanges: readonly Exchange[], tell: Tell) => {
    if (loaded === undefined || admitter === undefined) return;
    const { conversation } = loaded;
    context ??= contextFor(parts, conversation, toolsFor(parts, conversation));
    const { toSummarise } = context;
    if (toSummarise)
      summary ??= summariseBeside({
        parts,
        sessionId,
        toSummarise,
        before: conversation.memory,
        admitter,
        signal: whole.signal,
      });
    await answering.request(conversation, context, exchanges, admitter, tell);
  };

  const runTools = async (calls: readonly ToolCall[], tell: Tell) => {
    if (loaded === undefined || admitter === undefined) return;
    await answering.runTools(calls, loaded.conversation, admitter, tell);
  };

  const showTyping = (active: boolean) => {
    if (loaded === undefined || !needsModel(loaded.pending)) return;
    const typing = { sessionId, sender: 'bot', name: settings.botName, active } as const;
    bus.publish(channels.live.typing, { session: sessionId }, typing);
  };

  const stop = () => {
    clearTimeout(quietTimer);
    answering.stop();
  };

  const perform = (effect: TurnEffect, tell: Tell): void => {
    const inBackground = (work: Promise<void>) => {
      void work.catch((error: unknown) => {
        throttled(log).error(sessionId, { err: error, sessionId }, 'a turn failed by a fault of the service');
        tell({ type: 'failed', kind: 'garbled', says: 'it met a fault of its own' });
        tell({ type: 'called_off', why: 'unavailable' });
      });
    };
    switch (effect.do) {
      case 'load':
        inBackground(load(tell));
        break;
      case 'wait':
        clearTimeout(quietTimer);
        quietTimer = setTimeout(() => tell({ type: 'quiet' }), effect.ms);
        break;
      case 'compose_greeting':
        inBackground(greet(tell));
        break;
      case 'request':
        inBackground(request(effect.exchanges, tell));
        break;
      case 'run_tools':
        inBackground(runTools(effect.calls, tell));
        break;
      case 'draft':
        drafts?.show(effect.text);
        break;
      case 'stop':
        stop();
        break;
    }
  };

  return {
    perform,
    showTyping,
    get loaded() {
      return loaded;
    },
    spent: answering.spent,
    toolsUsed: answering.toolsUsed,
    endDraft: () => drafts?.end(),
    /** The summary of older entries; undefined when none was begun. */
    get summary() {
      return summary;
    },
    /** Tokens that the model used beyond the reserved ones; may be negative. */
    unsettledTokens: () => admitter?.settle() ?? 0,
    /** Ends what is still running. */
    close() {
      stop();
      whole.abort();
    },
  };
}
export type TurnEffects = ReturnType<typeof createTurnEffects>;

/** The customer sees the bot type only when the model writes. */
const needsModel = ({ kind, persona }: PendingReply) => kind === 'answer' || persona === true;
