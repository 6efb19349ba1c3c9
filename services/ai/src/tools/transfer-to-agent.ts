import { brief, type Priority, priority } from '@baton/contracts';
import { z } from 'zod';
import type { Handover } from '../handover.ts';
import { shorten, storable } from '../text.ts';
import { defineTool } from './tool.ts';

const args = z.object({
  reason: z.string().describe('Why, in one short sentence that the customer may read, in their language.'),
  priority: priority.describe(
    'high: danger, legal or payment trouble, a very upset customer. low: no hurry. Else normal.',
  ),
  summary: z.string().describe('For the agent: what happened so far, in a few sentences.'),
  customerWants: z.string().optional().describe('For the agent: what the customer is after.'),
  mood: brief.shape.mood.describe("For the agent: the customer's mood."),
  language: z.string().optional().describe('BCP 47 tag of the language the customer writes in, as "en".'),
});

/** A line of text of the model's, made to fit; undefined when there is nothing in it. */
const line = (max: number) =>
  z
    .string()
    .transform((value) => shorten(storable(value), max) || undefined)
    .optional()
    .catch(undefined);

const DEFAULT_REASON = 'A human takes over.';

/** A handover is never lost to a badly written argument: what cannot be used is put together from the log instead. */
const forgiving = z
  .object({
    reason: line(500),
    priority: priority.catch('normal' satisfies Priority),
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
  });

/** [A3] The one way in which the model hands over. */
export const transferToAgent = defineTool({
  name: 'transfer_to_agent',
  description: 'Hand this chat over to a human agent. The customer is put in the queue and told so.',
  args,
  forgiving: forgiving.transform(({ reason = DEFAULT_REASON, summary = '', ...rest }) => ({
    reason,
    summary,
    ...rest,
  })),
  run: ({ reason, priority, summary, customerWants, mood, language }): { handover: Handover } => ({
    handover: {
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
