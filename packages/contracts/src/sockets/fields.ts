import { z } from 'zod';
import { agent } from '../session/agents.ts';
import { entry } from '../session/log.ts';
import { session } from '../session/sessions.ts';
import { exactText, MAX_PAGE, seenSeq, sessionId, text, traceparent } from '../values/primitives.ts';

export const reason = text(500);
export const internalReason = reason.describe('for colleagues; the customer is not sent it');
export const publicReason = reason.optional().describe('what the customer is told of the reason');
/** In every event of customers and agents: what a person does can be followed through all services. [O4] */
export const traced = {
  traceparent: traceparent
    .optional()
    .describe('W3C Trace Context of the sender; the acknowledgement gives the id of the trace that it was handled in'),
};
export const token = exactText(512).describe('proof that the bearer may come back; treat it as a password');
/** Larger ones do not fit into what a handshake should carry. */
export const customerToken = exactText(16_384).describe(
  'JWT by which the site proves who its customer is: `sub`, `aud`, `exp` at most an hour ahead',
);
export const afterwards = z.object({ session });
export const agentsOnDuty = z.object({ agents: z.array(agent), hasMore: z.boolean().describe('not all are listed') });

export const entriesAsked = z.object({
  sessionId,
  afterSeq: seenSeq.default(0),
  limit: z.int().min(1).max(MAX_PAGE).default(MAX_PAGE),
  ...traced,
});
export const entriesPage = z.object({ entries: z.array(entry), hasMore: z.boolean().describe('later entries exist') });
