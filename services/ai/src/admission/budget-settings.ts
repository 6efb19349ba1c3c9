import type { Budgets } from '@baton/contracts';
import type { AiConfig } from '../config.ts';

const FREE = { callsPerMinute: 0, callsPerDay: 0, tokensPerDay: 0 };

/** The budgets from the settings. The offline model costs nothing, so its calls are not counted. */
export function budgetsOf(config: AiConfig): Budgets {
  if (config.OPENAI_MODEL === 'baton-offline') return { chat: FREE, customer: FREE, address: FREE, all: FREE };
  return {
    // Over all turns of the message. Tokens are counted by each turn itself.
    message: { ...FREE, callsPerDay: config.BUDGET_MESSAGE_CALLS },
    chat: {
      callsPerMinute: config.BUDGET_CHAT_CALLS_PER_MINUTE,
      callsPerDay: config.BUDGET_CHAT_CALLS_PER_DAY,
      tokensPerDay: config.BUDGET_CHAT_TOKENS_PER_DAY,
    },
    customer: {
      callsPerMinute: config.BUDGET_CUSTOMER_CALLS_PER_MINUTE,
      callsPerDay: config.BUDGET_CUSTOMER_CALLS_PER_DAY,
      tokensPerDay: config.BUDGET_CUSTOMER_TOKENS_PER_DAY,
    },
    address: {
      callsPerMinute: config.BUDGET_ADDRESS_CALLS_PER_MINUTE,
      callsPerDay: config.BUDGET_ADDRESS_CALLS_PER_DAY,
      tokensPerDay: config.BUDGET_ADDRESS_TOKENS_PER_DAY,
    },
    all: {
      callsPerMinute: config.BUDGET_ALL_CALLS_PER_MINUTE,
      callsPerDay: config.BUDGET_ALL_CALLS_PER_DAY,
      tokensPerDay: config.BUDGET_ALL_TOKENS_PER_DAY,
    },
  };
}
