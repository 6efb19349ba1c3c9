import { z } from 'zod';
import { agentId, clientId, content, sessionId, timestamp } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';

/** An agents-only remark beside the log: it takes no `seq`, so that what customers see has no holes. */
export const note = z
  .object({
    id: z.uuid(),
    sessionId,
    agentId,
    agentName: z.string(),
    content: z.string(),
    createdAt: timestamp,
  })
  .meta({ id: 'Note' });
export type Note = z.infer<typeof note>;

export const liveNote = z.object({ sessionId, note }).meta({ id: 'LiveNote' });
export type LiveNote = z.infer<typeof liveNote>;

export const noteEndpoints = {
  addNote: endpoint({
    summary: 'Keep a note of the agent that the session is assigned to; customers never see it.',
    request: z.object({ sessionId, agentId, content, clientNoteId: clientId.optional() }),
    value: z.object({ note }),
    refusals: ['NOT_ASSIGNED', 'ID_REUSED'],
  }),
} as const;
