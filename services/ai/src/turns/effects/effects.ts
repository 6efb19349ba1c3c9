import type { Session } from '@baton/contracts';
import { endOfTurn, inSpan, type Log, newId, noteOnSpan } from '@baton/runtime';
import { accessFor, type TurnAccess } from '../../access/access.ts';
import { whoseIs } from '../../access/fair-queue.ts';
import { type Context, fitContext, LOAD_ENTRIES } from '../../context/fit-context.ts';
import { type Memory, summariseForMemory } from '../../context/memory.ts';
import { siteData, systemPrompt } from '../../context/prompt.ts';
import { ModelFailure, type ToolCall } from '../../model/model.ts';
import { createToolRounds } from '../../tools/rounds.ts';
import { TRANSFER_TOOL } from '../../tools/transfer-to-agent.ts';
import { dropReasonOf, LEASE_MS } from '../lease.ts';
import type { Debt, Exchange, TurnEffect, TurnEvent } from '../machine/states.ts';
import type { TurnParts } from '../parts.ts';
import { type Begun, debtOf } from '../pending-reply.ts';
import { standsIn } from '../stand-in.ts';
import { askForTurn, nothingSpent } from './ask-for-turn.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import { composeGreeting } from './greeting.ts';

type Tell = (event: TurnEvent) => void;

/** What a turn has loaded. A restart replaces it. */
interface Loaded extends Begun {
  session: Session;
  memory: string | null;
  memoryThroughSeq: number;
  debt: Debt;
  source?: string | undefined;
}

/** The effects of one turn: loading, asking, showing, calling tools; and what they leave for its end. */
export function createTurnWork(parts: TurnParts, sessionId: string, log: Log) {
  const { session, settings, subjects } = parts;
  const turnId = newId();
  const spent = nothingSpent(parts.model.name);
  const toolsUsed: { name: string; outcome: string; ms: number }[] = [];
  let loaded: Loaded | undefined;
  /** One for the whole turn, however often it begins afresh: its waits add up. */
  let access: TurnAccess | undefined;
  let context: Context | undefined;
  let drafts: Drafts | undefined;
  let summary: Promise<Memory | undefined> | undefined;
  let quietTimer: NodeJS.Timeout | undefined;
  /** Of what runs now; aborted by `stop`. */
  let running = new AbortController();
  /** Of what runs beside the turn, up to its very end. */
  const whole = new AbortController();
  const toolRounds = createToolRounds();

  const load = async (tell: Tell) => {
    const reply = await session.beginTurn({ sessionId, worker: parts.worker, leaseMs: LEASE_MS, limit: LOAD_ENTRIES });
    if (!reply.ok) return tell({ type: 'called_off', why: dropReasonOf(reply) });
    const debt = debtOf(reply.value, Date.now(), settings.personaAllowed);
    loaded = { ...reply.value, debt };
    access ??= accessFor(
      parts.access,
      whoseIs(sessionId, reply.value.source),
      sessionId,
      () => loaded?.debt.unansweredSeq,
    );
    context = undefined;
    drafts = createDrafts({
      everyMs: settings.draftEveryMs,
      about: { sessionId, turnId, inReplyTo: debt.unansweredSeq, epoch: debt.epoch },
      // Drafts of many turns that grow at the same time leave in one write.
      publish: (draft) => {
        endOfTurn()
          .then(() => parts.live(subjects.live(sessionId, 'draft'), draft))
          // A hint that nobody gets must not end the process: the answer itself comes as an entry. [M6]
          .catch((error: unknown) => log.warn({ err: error }, 'a draft could not be shown'));
      },
    });
    if (asksTheModel(debt)) showTyping(true);
    tell({ type: 'loaded', debt, now: Date.now() });
  };

  const contextOf = (begun: Loaded, toolNames: readonly string[]): Context =>
    fitContext({
      system: systemPrompt({
        botName: settings.botName,
        instructions: settings.instructions,
        tools: toolNames,
        standsIn: standsIn(begun.session),
        botContext: begun.session.botContext,
        personaAllowed: settings.personaAllowed,
      }),
      about: siteData({ ...begun.session, personaAllowed: settings.personaAllowed }),
      memory: begun.memory,
      memoryThroughSeq: begun.memoryThroughSeq,
      entries: begun.entries,
      standsIn: standsIn(begun.session),
      maxTokens: Math.min(settings.contextTokens, parts.model.contextTokens ?? Number.POSITIVE_INFINITY),
      count: parts.countTokens,
    });

  const greet = async (tell: Tell) => {
    if (loaded === undefined || access === undefined) return;
    const { signal } = running;
    const text = await composeGreeting(parts, loaded.session, spent, access, signal);
    if (!signal.aborted) tell({ type: 'greeting', text });
  };

  const ask = async (exchanges: readonly Exchange[], tell: Tell) => {
    if (loaded === undefined || access === undefined) return;
    const { signal } = running;
    const isStandIn = standsIn(loaded.session);
    const tools = parts.tools.specs().filter(({ name }) => !isStandIn || name !== TRANSFER_TOOL);
    context ??= contextOf(
      loaded,
      tools.map(({ name }) => name),
    );
    if (context.toSummarise) summary ??= summarise(context.toSummarise, loaded.memory, access);
    await askForTurn({
      model: parts.model,
      circuit: parts.circuit,
      health: parts.health,
      metrics: parts.metrics,
      messages: context.messages,
      exchanges,
      tools,
      maxTokens: settings.maxAnswerTokens,
      limits: settings.ask,
      access,
      signal,
      spent,
      tell: (event) => signal.aborted || tell(event),
    });
  };

  const runTool = async (...call: Parameters<typeof parts.tools.run>) => {
    const outcome = await parts.tools.run(...call);
    noteOnSpan('gen_ai.tool.name', outcome.name);
    noteOnSpan('baton.outcome', outcome.outcome);
    return outcome;
  };

  const runTools = async (calls: readonly ToolCall[], tell: Tell) => {
    if (loaded === undefined || access === undefined) return;
    const { signal } = running;
    const forWhom = { session: loaded.session, unansweredSeq: loaded.debt.unansweredSeq, access, signal };
    const run = (call: ToolCall) => inSpan('tool', 'internal', () => runTool(call, forWhom));
    const outcomes = await toolRounds.run(calls, run);
    for (const { name, outcome, tookMs } of outcomes) {
      parts.metrics.toolCalled(name, outcome);
      toolsUsed.push({ name, outcome, ms: tookMs });
    }
    if (!signal.aborted) tell({ type: 'tools_done', calls: outcomes });
  };

  /** Beside the answer, which does not wait for it. Without it, older entries are simply no longer seen. */
  const summarise = async (older: NonNullable<Context['toSummarise']>, before: string | null, access: TurnAccess) => {
    try {
      const { model } = parts;
      const { signal } = whole;
      const done = await summariseForMemory({ model, before, ...older, limits: settings.ask, access, signal });
      if (done?.usage) parts.metrics.used(done.usage);
      return done?.memory;
    } catch (error) {
      // What a budget does not grant is told when the answer itself is not.
      const level = error instanceof ModelFailure && error.kind.startsWith('over_') ? 'debug' : 'warn';
      log[level]({ detail: error instanceof Error ? error.message : '' }, 'older messages were not summarised');
      return undefined;
    }
  };

  const showTyping = (active: boolean) =>
    parts.live(subjects.live(sessionId, 'typing'), { sessionId, sender: 'bot', name: settings.botName, active });

  const stop = () => {
    clearTimeout(quietTimer);
    running.abort();
    running = new AbortController();
  };

  const perform = (effect: TurnEffect, tell: Tell): void => {
    const inBackground = (work: Promise<void>) => {
      void work.catch((error: unknown) => {
        log.error({ err: error }, 'a turn met a fault of ours');
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
      case 'ask':
        inBackground(ask(effect.exchanges, tell));
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
    spent,
    toolsUsed,
    endDraft: () => drafts?.end(),
    /** The summary that was begun; undefined when there is none, or none in time. */
    memoryWithin: (ms: number, unless: Promise<unknown>) => withinTime(summary, ms, unless),
    /** What the model took beyond what was set aside for it; may be less than nothing. */
    unsettledTokens: () => access?.settle() ?? 0,
    /** Ends all that is left. */
    close() {
      stop();
      whole.abort();
    },
  };
}

/** Whether the customer sees the bot write. */
export const asksTheModel = ({ kind, persona }: Debt) => kind === 'answer' || persona === true;

async function withinTime<T>(promise: Promise<T> | undefined, ms: number, unless: Promise<unknown>) {
  if (promise === undefined) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late, unless.then(() => undefined)]);
  } finally {
    clearTimeout(timer);
  }
}
