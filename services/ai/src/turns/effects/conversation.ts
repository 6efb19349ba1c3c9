import type { BotContext, Entry, Session } from '@baton/contracts';
import { type Context, fitContext } from '../../context/fit-context.ts';
import { siteData, systemPrompt } from '../../context/prompt.ts';
import type { ToolSpec } from '../../model/model.ts';
import { TRANSFER_TOOL } from '../../tools/transfer-to-agent.ts';
import type { TurnDependencies } from '../turn-dependencies.ts';

/** What an answer is based on: loaded by a turn, or given by a caller who requests an answer. */
export interface Conversation {
  /** Undefined when the caller names no known session: there are no tools then. */
  session: Session | undefined;
  botContext: BotContext | null;
  entries: readonly Entry[];
  memory: string | null;
  memoryThroughSeq: number;
  /** The customer's entry that is being answered. */
  unansweredSeq: number;
  /** The session waits and no agent is online. */
  standIn: boolean;
}

/** A stand-in cannot hand off: the session already waits. */
export function toolsFor({ tools }: Pick<TurnDependencies, 'tools'>, { session, standIn }: Conversation): ToolSpec[] {
  if (session === undefined) return [];
  return standIn ? tools.specs().filter(({ name }) => name !== TRANSFER_TOOL) : tools.specs();
}

export function contextFor(
  { settings, model, countTokens }: Pick<TurnDependencies, 'settings' | 'model' | 'countTokens'>,
  conversation: Conversation,
  tools: readonly ToolSpec[],
): Context {
  const { botName, instructions, personaAllowed, contextTokens } = settings;
  const { session, botContext, standIn } = conversation;
  const about = { customer: session?.customer, botContext, metadata: session?.metadata ?? {} };
  return fitContext({
    system: systemPrompt({
      botName,
      instructions,
      tools: tools.map(({ name }) => name),
      standsIn: standIn,
      about,
      personaAllowed,
    }),
    about: siteData(about, personaAllowed),
    memory: conversation.memory,
    memoryThroughSeq: conversation.memoryThroughSeq,
    entries: conversation.entries,
    standsIn: standIn,
    maxTokens: Math.min(contextTokens, model.contextTokens ?? Number.POSITIVE_INFINITY),
    count: countTokens,
  });
}
