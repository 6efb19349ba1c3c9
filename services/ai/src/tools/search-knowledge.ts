import { z } from 'zod';
import { shorten } from '../context/well-formed-text.ts';
import type { Knowledge } from '../knowledge/knowledge-minisearch.ts';
import { defineTool } from './tool.ts';

const PASSAGES = 4;
const MAX_PASSAGE = 1_500;

/** What the operator's Markdown files say. */
export const searchKnowledge = (knowledge: Knowledge) =>
  defineTool({
    name: 'search_knowledge',
    description: "Search the company's own documents: products, prices, terms, procedures, opening hours.",
    args: z.object({ query: z.string().min(1).max(500).describe('What to look for, in a few words.') }),
    run: ({ query }) => {
      const found = knowledge.search(query, PASSAGES);
      if (found.length === 0) return { ok: true, text: 'Nothing found. Say that you do not know, and offer a human.' };
      return {
        ok: true,
        text: found.map(({ title, text }) => `## ${title}\n${shorten(text, MAX_PASSAGE)}`).join('\n\n'),
      };
    },
  });
