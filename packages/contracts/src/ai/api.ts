import { z } from 'zod';
import { serviceHealth } from '../health.ts';
import { botContext, sender, source } from '../session/sessions.ts';
import { priority } from '../session/waits.ts';
import { MAX_CONTENT_LENGTH, MAX_PAGE, sessionId, text } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';

/** A message as the log gives it, or just the two fields that matter. */
const givenMessage = z.object({
  sender,
  content: z.string().max(MAX_CONTENT_LENGTH, `must have at most ${MAX_CONTENT_LENGTH} characters`),
  kind: z.enum(['message', 'event']).default('message').describe('changes of control are passed over'),
});

export const aiApi = {
  name: 'ai',
  description: "The bot's turns: context, model, tools, streaming and briefs.",
  endpoints: {
    poke: endpoint({
      summary:
        'Start a turn when the bot has a pending reply in this session. Returns at once; the turn runs in the background.',
      request: z.object({ sessionId, source: source.optional() }),
      value: z.object({ started: z.boolean().describe('false when a turn of it runs here already') }),
      refusals: ['DRAINING'],
    }),
    tools: endpoint({
      summary: 'The tools that the bot can call now.',
      request: z.object({}),
      value: z.object({
        tools: z.array(
          z.object({ name: z.string(), description: z.string(), parameters: z.record(z.string(), z.unknown()) }),
        ),
      }),
    }),
    writePoem: endpoint({
      summary: 'Write a short poem with the configured model.',
      request: z.object({ topic: text(200), style: text(100).optional() }),
      value: z.object({ poem: z.string() }),
    }),
    generateGreeting: endpoint({
      summary:
        "The words with which the bot opens a chat. With a text as `botContext`, where the installation allows it to be the bot's persona, they are the model's own, or the fixed greeting when it is not in time. Nothing is stored.",
      request: z.object({ botContext: botContext.nullable().optional() }),
      value: z.object({ content: z.string() }),
    }),
    generateResponse: endpoint({
      summary:
        "The bot's answer to the messages given, the newest last, with its tools bound to that session. Nothing is written to the log. Where the model asks for a human, the session is handed off by `chat.session.transfer`, as a transfer callback would be called: with the session, the reason and the priority. When the model fails nothing is done, and the answer is `UNAVAILABLE`. It takes as long as the model does: wait for up to a minute.",
      request: z.object({
        sessionId: sessionId.describe('may be one that does not exist: then there are no tools'),
        messages: z.array(givenMessage).min(1, 'must not be empty').max(MAX_PAGE),
        botContext: botContext.nullable().optional().describe("default: the session's"),
      }),
      value: z.object({
        content: z.string(),
        handoff: z
          .object({ reason: z.string(), priority })
          .optional()
          .describe('the session has been put in the queue for a human'),
      }),
      // A repeat asks the model, and may use its tools, once more.
      repeatable: false,
      refusals: ['DRAINING'],
    }),
    model: endpoint({
      summary:
        'The configured model and what its endpoint can do: as known, as set, and as learnt from its answers and refusals since the start of this process.',
      request: z.object({}),
      value: z.object({
        model: z.string(),
        provider: z.string().describe('a name of the table of known providers, or the host'),
        endpoint: z.string().describe('without a query'),
        available: z.boolean(),
        can: z.record(z.string(), z.unknown()).describe('as MODEL_CAPABILITIES names it; see docs/models.md'),
        notes: z.array(z.string()).describe('what was learnt, one sentence each'),
      }),
    }),
    health: endpoint({
      summary: 'State of this service and of the model.',
      request: z.object({}),
      value: serviceHealth,
    }),
  },
} as const;
export type AiApi = typeof aiApi;
