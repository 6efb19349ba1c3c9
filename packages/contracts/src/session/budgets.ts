import { z } from 'zod';

/** Whom a budget for asking the model is for, from the narrowest. */
export const budgetScope = z.enum(['chat', 'customer', 'address', 'all']);
export type BudgetScope = z.infer<typeof budgetScope>;

const limit = z.int().min(0).max(2_147_483_647);

/** What one chat, one customer, one address, or all together may ask of the model. 0: as much as they like. */
export const budget = z
  .object({
    callsPerMinute: limit.describe('in any minute; half of them may be made at once'),
    callsPerDay: limit.describe('in one day of UTC'),
    tokensPerDay: z.int().min(0).max(1_000_000_000_000),
  })
  .meta({ id: 'Budget' });
export type Budget = z.infer<typeof budget>;

export const budgets = z
  .object({ message: budget.optional(), chat: budget, customer: budget, address: budget, all: budget })
  .meta({ id: 'Budgets' });
export type Budgets = z.infer<typeof budgets>;

/** Why a call was not granted. */
export const overBudget = z
  .object({
    scope: budgetScope,
    limit: z.enum(['callsPerMinute', 'callsPerDay', 'tokensPerDay']),
    ofMessage: z.boolean().optional().describe('of a chat: the budget of one message of it'),
    retryAfterMs: z.int().min(0).describe('when there will be something again'),
  })
  .meta({ id: 'OverBudget' });
export type OverBudget = z.infer<typeof overBudget>;
