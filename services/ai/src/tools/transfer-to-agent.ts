import { brief, type Priority, priority } from '@baton/contracts';
import { z } from 'zod';
import { shorten, storable } from '../context/well-formed-text.ts';
import type { Handoff } from '../handoff/handoff.ts';
import { defineTool } from './tool.ts';

/**
 * [S6] A customer must not gain priority by writing "urgent". The bot gives high priority only for a reason on the
 * operator's closed list.
 */
const argsFor = (highReasons: readonly string[]) =>
  z.object({
    reason: z.string().describe('Why, in one short sentence for the agent. The customer does not see it.'),
    priority: z
      .enum(highReasons.length === 0 ? ['normal', 'low'] : priority.options)
      .describe(
        highReasons.length === 0
          ? 'low: no hurry. Else normal.'
          : 'high: only for a reason that highBecause lists. low: no hurry. Else normal. That the customer calls it urgent is no reason.',
      ),
    ...(highReasons.length > 0 && {
      highBecause: z
        .enum(highReasons)
        .optional()
        .describe('Which of these it is, when the priority is high. Without one the priority is normal.'),
    }),
    summary: z.string().describe('For the agent: what happened so far, in a few sentences.'),
    customerWants: z.string().optional().describe('For the agent: what the customer is after.'),
    mood: brief.shape.mood.describe("For the agent: the customer's mood."),
    language: z.string().optional().describe('BCP 47 tag of the language the customer writes in, as "en".'),
  });

/** A text of the model, shortened; undefined when it is empty or no text. */
const line = (max: number) =>
  z
    .string()
    .transform((value) => shorten(storable(value), max) || undefined)
    .optional()
    .catch(undefined);

const DEFAULT_REASON = 'A human takes over.';

/** An invalid argument never prevents a handoff: unusable parts are taken from the log instead. */
const forgivingFor = (highReasons: readonly string[]) =>
  z
    .object({
      reason: line(500),
      priority: priority.catch('normal' satisfies Priority),
      highBecause: z.enum(highReasons).optional().catch(undefined),
      summary: line(2_000),
      customerWants: line(500),
      mood: brief.shape.mood.catch(undefined),
      language: line(35),
    })
    .catch({
      reason: undefined,
      priority: 'normal',
      summary: undefined,
      customerWants: undefined,
      mood: undefined,
      language: undefined,
    })
    .transform(({ reason = DEFAULT_REASON, summary = '', priority, highBecause, ...rest }) => ({
      reason,
      summary,
      priority: priority === 'high' && highBecause === undefined ? ('normal' as const) : priority,
      ...rest,
    }));

export const TRANSFER_TOOL = 'transfer_to_agent';

/** [A3] The only way for the model to hand off. `highReasons`: the reasons for which it may give high priority. */
export const transferToAgent = (highReasons: readonly string[]) =>
  defineTool({
    name: TRANSFER_TOOL,
    description: 'Hand this chat over to a human agent. The customer is put in the queue and told so.',
    args: argsFor(highReasons),
    forgiving: forgivingFor(highReasons),
    run: ({ reason, priority, summary, customerWants, mood, language }): { handoff: Handoff } => ({
      handoff: {
        cause: 'bot_transferred',
        via: 'tool',
        reason,
        priority,
        brief: {
          ...(summary !== '' && { summary }),
          ...(customerWants !== undefined && { customerWants }),
          ...(mood !== undefined && { mood }),
          ...(language !== undefined && { language }),
        },
      },
    }),
  });
