import { z } from 'zod';
import { isBlankName, isNameOfBot, plainName } from '../values/names.ts';
import { agentId, epoch, id, jsonObject, sessionId, timestamp } from '../values/primitives.ts';
import { storableText } from '../values/storable.ts';
import { endpoint } from '../wire/endpoint.ts';
import { givenRating } from './ratings.ts';
import { session } from './sessions.ts';

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

export const capacity = z.int().min(1).max(100).describe('most chats assigned at once');

export const agent = z
  .object({
    id: agentId,
    socketId: z.string().nullable(),
    name: agentName,
    status: agentStatus,
    capacity,
    active: z.int().min(0).describe('chats assigned now'),
    metadata: jsonObject.optional().describe('as it was given at the registration'),
    joinedAt: timestamp,
    lastActiveAt: timestamp,
  })
  .meta({ id: 'Agent' });
export type Agent = z.infer<typeof agent>;

/** A session that has ended, with what its customer said of it. */
export const endedSession = session
  .extend({ rating: givenRating.nullable().optional().describe('null while the customer has given none') })
  .meta({ id: 'EndedSession' });
export type EndedSession = z.infer<typeof endedSession>;

/** An agent's record and what is assigned to it. */
export const agentAssignments = z
  .object({ agent, assigned: z.array(z.object({ sessionId, epoch })) })
  .meta({ id: 'AgentAssignments' });
export type AgentAssignments = z.infer<typeof agentAssignments>;

/** `chat.agent.<agent>.changed`: its present record. */
export const agentChanged = z.object({ agent, removed: z.boolean() }).meta({ id: 'AgentChanged' });
export type AgentChanged = z.infer<typeof agentChanged>;

/** `chat.agent.<agent>.assigned`: a session was assigned to the agent. */
export const agentAssigned = z.object({ agentId, sessionId, epoch }).meta({ id: 'AgentAssigned' });
export type AgentAssigned = z.infer<typeof agentAssigned>;

/**
 * `chat.agent.<agent>.rated`: a customer has rated a session of this agent's, mostly after its end, when nobody
 * subscribes to the session any more. It may be lost: the rating is kept with the session.
 */
export const agentRated = z.object({ agentId, sessionId, rating: givenRating }).meta({ id: 'AgentRated' });
export type AgentRated = z.infer<typeof agentRated>;

/** The agents, and what is assigned to them. */
export const agentEndpoints = {
  createAgent: endpoint({
    summary: 'Register an agent.',
    request: z.object({
      name: agentName,
      socketId: z.string().max(64).optional(),
      capacity: capacity.optional(),
      metadata: jsonObject.optional(),
      joinId: id
        .optional()
        .describe("the client's random id of this stay: a repeat gives the present record of the same agent"),
    }),
    value: z.object({ agent, repeated: z.boolean() }),
    refusals: ['ID_REUSED'],
  }),
  getAgent: endpoint({
    summary: 'One agent.',
    request: z.object({ agentId }),
    value: z.object({ agent }),
    refusals: ['NOT_FOUND'],
  }),
  updateAgent: endpoint({
    summary: 'Change what is known of an agent: its status, socket, capacity or metadata. Fields left out stay.',
    request: z.object({
      agentId,
      status: agentStatus.optional(),
      socketId: z.string().max(64).nullable().optional(),
      capacity: capacity.optional(),
      metadata: jsonObject.optional(),
    }),
    value: z.object({ agent }),
    refusals: ['NOT_FOUND'],
  }),
  removeAgent: endpoint({
    summary: 'Remove an agent for good. Its sessions go back to the queue.',
    request: z.object({ agentId }),
    value: z.object({ released: z.array(sessionId) }),
    refusals: ['NOT_FOUND'],
  }),
  listAgents: endpoint({
    summary: 'A page of the agents, ordered by id: those who may take a chat, or others.',
    request: z.object({
      available: z.boolean().default(true).describe('only available ones with room for one more'),
      onDuty: z.boolean().default(false).describe('only those who are not offline'),
      engaged: z.boolean().default(false).describe('only those who are not offline or hold a chat'),
      afterId: agentId.optional(),
      limit: z.int().min(1).max(1_000).default(1_000),
    }),
    value: z.object({ agents: z.array(agent), hasMore: z.boolean() }),
  }),
  availableAgent: endpoint({
    summary: 'The agent who is to get the next chat: the least loaded of those who may take one, or none.',
    request: z.object({}),
    value: z.object({ agent: agent.nullable() }),
  }),
  listAgentSessions: endpoint({
    summary: 'The sessions assigned to one agent.',
    request: z.object({ agentId }),
    value: z.object({ sessions: z.array(session) }),
  }),
  listAssignments: endpoint({
    summary:
      'Several agents and what is assigned to each, for reconciliation. A reply that would not fit one message ends early: ask again for those in neither list.',
    request: z.object({ agentIds: z.array(agentId).min(1).max(500) }),
    value: z.object({
      agents: z.array(agentAssignments),
      missing: z.array(agentId).describe('agents that do not exist'),
    }),
  }),
  listEndedSessions: endpoint({
    summary: 'The sessions that ended with one agent, the latest first.',
    request: z.object({ agentId, limit: z.int().min(1).max(200).default(50) }),
    value: z.object({ sessions: z.array(endedSession) }),
  }),
} as const;
