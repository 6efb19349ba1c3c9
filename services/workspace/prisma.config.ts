import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
// Only the type: the image does not have Prisma's command line as a dependency of this package.
import type { PrismaConfig } from 'prisma/config';
import { inSchema } from './prisma/schema-url.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const dotEnv = fromHere('../../.env');
if (existsSync(dotEnv)) process.loadEnvFile(dotEnv); // variables that are set already take precedence

// As in services/session/prisma.config.ts: the engine that is installed with the project.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ||= fromHere('../../infra/schema-engine/bin/schema-engine');
process.env.CHECKPOINT_DISABLE ||= '1';

const url = process.env.DATABASE_URL;
const shadowDatabaseUrl = process.env.SHADOW_DATABASE_URL;

export default {
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url && { datasource: { url: inSchema(url), ...(shadowDatabaseUrl && { shadowDatabaseUrl }) } }),
} satisfies PrismaConfig;
