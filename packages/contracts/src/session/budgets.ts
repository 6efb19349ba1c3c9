import { z } from 'zod';
import { seq, sessionId } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';

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

/** Calls of the model, counted against the budgets. */
export const budgetEndpoints = {
  takeModelCall: endpoint({
    summary:
      'Take one call of the model from the budgets of a chat, its customer, their address and all, or none of it from any. Before each call, repeats included.',
    request: z.object({
      sessionId: sessionId
        .optional()
        .describe('the chat that it is for; left out, or not known: for none, so of all only'),
      messageSeq: seq.optional().describe('the message of that chat that it is about, whichever turn it is made in'),
      tokens: z.int().min(0).max(10_000_000).describe('set aside for it, until endTurn says what it took'),
      waitMs: z.int().min(0).max(120_000).describe('how long it may wait for its place in the minute'),
      windowMs: z
        .int()
        .min(60_000)
        .max(300_000)
        .describe('what counts as a minute: longer by the time that may pass between taking a call and making it'),
      budgets,
    }),
    value: z.object({
      granted: z.boolean(),
      waitMs: z.int().min(0).describe('the call is to be made after this time; 0 when it is not granted'),
      over: overBudget.optional().describe('the narrowest budget that does not grant it'),
      today: z.object({ calls: z.int(), tokens: z.int() }).describe('of all, this call included'),
    }),
  }),
} as const;
