import type { BotContext } from '@baton/contracts';

/**
 * The persona that the bot is given by a text as botContext. Whoever opens a chat writes it, so it instructs the bot only
 * where the operator allows it; elsewhere it is data like any other. Undefined when there is none.
 */
export function personaOf(botContext: BotContext | null | undefined, allowed: boolean): string | undefined {
  if (!allowed || typeof botContext !== 'string') return undefined;
  return botContext.trim() || undefined;
}
