import { z } from 'zod';
import { MAX_STYLE, MAX_TOPIC, type Poet } from './poem.ts';
import { defineTool } from './tool.ts';

/** Poems, by the configured model itself. */
export const writePoemTool = (poet: Poet) =>
  defineTool({
    name: 'write_poem',
    description: 'Write a short poem. Give the customer the poem unchanged.',
    args: z.object({
      topic: z.string().min(1).max(MAX_TOPIC).describe('What the poem is about.'),
      style: z
        .string()
        .max(MAX_STYLE)
        .optional()
        .describe('As "haiku" or "limerick"; leave out when none was asked for.'),
    }),
    run: async ({ topic, style }, { admitter, signal }) => {
      const written = await poet({ topic, style, admitter, signal });
      return written === undefined
        ? { ok: false, text: 'The poem was not finished.' }
        : { ok: true, text: written.poem };
    },
  });
