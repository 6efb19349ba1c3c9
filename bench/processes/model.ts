import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@baton/local';
import type { Backends } from './backends.ts';
import { type NodeProcess, startNode } from './node-process.ts';

/** The model under measure: what it takes itself is known of every answer. `url` is what OPENAI_BASE_URL wants. */
export async function startModel(
  backends: Backends,
  pace: { firstTokenMs: number; tokens: number; tokensPerSecond: number },
): Promise<NodeProcess> {
  const port = await freePort();
  const model = await startNode({
    name: 'model',
    program: fileURLToPath(new URL('model-server.ts', import.meta.url)),
    env: {
      PORT: String(port),
      FIRST_TOKEN_MS: String(pace.firstTokenMs),
      TOKENS: String(pace.tokens),
      TOKENS_PER_SECOND: String(pace.tokensPerSecond),
    },
    port,
    healthPath: '/health',
    logFile: join(backends.folder, 'model.log'),
  });
  return { ...model, url: `${model.url}/v1` };
}
