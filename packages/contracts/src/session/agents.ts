import { z } from 'zod';
import { isBlankName, isNameOfBot, plainName } from '../values/names.ts';
import { agentId, jsonObject, timestamp } from '../values/primitives.ts';
import { storableText } from '../values/storable.ts';

/** available: takes chats. busy: connected, but wants no more. offline: not there. */
export const agentStatus = z.enum(['available', 'busy', 'offline']);
export type AgentStatus = z.infer<typeof agentStatus>;

/** What customers and colleagues read. Made plain; the bot's name is nobody's. */
export const agentName = z
  .string()
  .overwrite((name) => plainName(storableText(name)))
  .min(1, 'must not be blank')
  .refine((name) => !isBlankName(name), { message: 'must not be blank', abort: true })
  .max(80, 'must have at most 80 characters')
  .refine((name) => !isNameOfBot(name), 'must not be what the bot is called');
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
