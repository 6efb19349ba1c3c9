import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { serviceHealth } from '../health.ts';
import { sessionId, text } from '../primitives.ts';

export const aiApi = {
  name: 'ai',
  description: "The bot's turns: context, model, tools, streaming and briefs.",
  endpoints: {
    poke: endpoint({
      summary:
        'Look whether the bot owes this session an answer, and give it. Answers at once; the work goes on behind.',
      request: z.object({ sessionId }),
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
    health: endpoint({
      summary: 'State of this service and of the model.',
      request: z.object({}),
      value: serviceHealth,
    }),
  },
} as const;
export type AiApi = typeof aiApi;
