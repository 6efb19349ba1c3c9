import type { AiConfig } from '../config.ts';
import type { Knowledge } from '../knowledge/knowledge-minisearch.ts';
import type { Poet } from './poem.ts';
import { searchKnowledge } from './search-knowledge.ts';
import type { Tool } from './tool.ts';
import { transferToAgent } from './transfer-to-agent.ts';
import { writePoemTool } from './write-poem.ts';

/** The tools that this service brings. Add yours here. */
export const ownTools = (config: AiConfig, poet: Poet, knowledge: Knowledge | undefined): Tool[] => [
  transferToAgent(config.AI_HIGH_REASONS),
  ...(config.WRITE_POEM ? [writePoemTool(poet)] : []),
  ...(knowledge ? [searchKnowledge(knowledge)] : []),
];
