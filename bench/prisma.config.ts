import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

// As in services/session: an engine that is installed with the project, in place of one that would be downloaded.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ||= fileURLToPath(
  new URL('../infra/schema-engine/bin/schema-engine', import.meta.url),
);
process.env.CHECKPOINT_DISABLE ||= '1';

export default defineConfig({ schema: 'prisma/schema.prisma' });
