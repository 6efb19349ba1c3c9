import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@baton/local';
import type { Backends } from '../processes/backends.ts';
import { type NodeProcess, startNode } from '../processes/node-process.ts';

/** The reference design as a process under measure, with a database of its own on the same servers. */
export async function startReferenceDesign(backends: Backends, store: 'prisma' | 'driver'): Promise<NodeProcess> {
  const bench = fileURLToPath(new URL('..', import.meta.url));
  // Made with the other generated code in a new clone; a clone of before this was here has none.
  if (!existsSync(join(bench, 'src/generated')))
    await promisify(execFile)('pnpm', ['run', 'db:generate'], { cwd: bench });
  const port = await freePort();
  return startNode({
    name: 'guide',
    program: fileURLToPath(new URL('server.ts', import.meta.url)),
    env: {
      PORT: String(port),
      NODE_ENV: 'production',
      STORE: store,
      DATABASE_URL: await backends.createDatabase(`guide_${port}`),
      REDIS_URL: backends.redisUrl,
    },
    port,
    healthPath: '/health',
    logFile: join(backends.folder, 'guide.log'),
  });
}
