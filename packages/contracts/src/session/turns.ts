import { z } from 'zod';
import { epoch, exactText, MAX_PAGE, seq, sessionId, text, timestamp } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { entry } from './log.ts';
import { session, source } from './sessions.ts';

/** What the bot says when no agent is online and it has no answer either. Pages say it in their own language. */
export const NO_ANSWER_NOW =
  'I can’t answer that right now. You keep your place in the queue, and a person will read this as soon as someone is online.';

/** `chat.bot.<session>.asked`: the customer wrote while the bot has control. It carries no text: the subscriber reads the log. */
export const asked = z
  .object({ sessionId, seq: seq.describe('the newest that is known'), epoch, at: timestamp, source: source.optional() })
  .meta({ id: 'Asked' });
export type Asked = z.infer<typeof asked>;

/** Pending replies of the bot, and the lease on one. */
export const turnEndpoints = {
  beginTurn: endpoint({
    summary:
      'Take the lease on the pending reply of a session, and get the context to answer from. While no agent is online the session may be `waiting`.',
    request: z.object({
      sessionId,
      worker: exactText(64),
      leaseMs: z.int().min(1_000).max(300_000),
      limit: z.int().min(1).max(MAX_PAGE).default(100).describe('newest entries to load'),
    }),
    value: z.object({
      session,
      unansweredSeq: seq.describe('newest entry that a reply is pending for'),
      unansweredSince: timestamp,
      entries: z.array(entry),
      memory: z.string().nullable().describe('summary of what came before, as kept by endTurn'),
      memoryThroughSeq: z.int().min(0),
      source: source.optional(),
    }),
    refusals: ['NOT_FOUND', 'SESSION_CLOSED', 'NOTHING_OWED', 'TURN_TAKEN'],
  }),
  endTurn: endpoint({
    summary: 'Give the lease back; says whether something new came meanwhile.',
    request: z.object({
      sessionId,
      worker: exactText(64),
      memory: z
        .object({ summary: text(8_000), throughSeq: seq })
        .optional()
        .describe('summary of older entries to keep'),
      tokens: z
        .int()
        .optional()
        .describe("by how much the turn's calls of the model took more tokens, or fewer, than were set aside for them"),
    }),
    value: z.object({ owed: z.boolean() }),
    refusals: ['NOT_FOUND'],
  }),
  listUnanswered: endpoint({
    summary:
      'Sessions that have waited for an answer of the bot for longer than `olderThanMs`, without those that a worker is on: with the bot, or waiting while no agent is online.',
    request: z.object({
      olderThanMs: z.int().min(0).max(31_536_000_000),
      limit: z.int().min(1).max(MAX_PAGE).default(100),
    }),
    value: z.object({
      sessions: z.array(
        z.object({
          sessionId,
          epoch,
          unansweredSeq: seq,
          unansweredSince: timestamp,
          source: source.optional(),
        }),
      ),
    }),
  }),
} as const;
