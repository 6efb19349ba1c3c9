import type { BotContext } from '@baton/contracts';

/**
 * The persona in `botContext`, when that is a text. Any page that opens a chat can write it, so it instructs the bot
 * only where the operator allows that; elsewhere it is data. Undefined when there is none.
 */
export function personaOf(botContext: BotContext | null | undefined, allowed: boolean): string | undefined {
  if (!allowed || typeof botContext !== 'string') return undefined;
  return botContext.trim() || undefined;
}
