import { z } from 'zod';
import { agentId, jsonObject, text, timestamp } from './primitives.ts';

/** available: takes chats. busy: connected, but wants no more. offline: not there. */
export const agentStatus = z.enum(['available', 'busy', 'offline']);
export type AgentStatus = z.infer<typeof agentStatus>;

export const agentName = text(80);
export const capacity = z.int().min(1).max(100).describe('most chats held at once');

export const agent = z
  .object({
    id: agentId,
    socketId: z.string().nullable(),
    name: agentName,
    status: agentStatus,
    capacity,
    active: z.int().min(0).describe('chats held now'),
    metadata: jsonObject.optional().describe('as it was given at the registration'),
    joinedAt: timestamp,
    lastActiveAt: timestamp,
  })
  .meta({ id: 'Agent' });
export type Agent = z.infer<typeof agent>;
