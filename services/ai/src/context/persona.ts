import type { BotContext, VerifiedCustomer } from '@baton/contracts';

/** The text or data for the bot: what the site has signed before what a page says. */
export const botContextOf = (session: {
  customer?: VerifiedCustomer | null | undefined;
  botContext?: BotContext | null;
}): BotContext | null => session.customer?.botContext ?? session.botContext ?? null;

/**
 * The persona in `botContext`, when that is a text. Any page that opens a chat can write it, so it instructs the bot
 * only where the operator allows that; elsewhere it is data. Undefined when there is none.
 */
export function personaOf(botContext: BotContext | null | undefined, allowed: boolean): string | undefined {
  if (!allowed || typeof botContext !== 'string') return undefined;
  return botContext.trim() || undefined;
}
