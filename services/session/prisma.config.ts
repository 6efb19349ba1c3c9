import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
// The type alone: in the image Prisma's command line is no package of this one.
import type { PrismaConfig } from 'prisma/config';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const dotEnv = fromHere('../../.env');
if (existsSync(dotEnv)) process.loadEnvFile(dotEnv); // what is set already wins

// In place of the engine that Prisma would download, one that is installed with the project. Prisma reads this variable
// after this file, so it holds for every command, also for one typed by hand. Whoever has set it keeps theirs.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ||= fromHere('../../infra/schema-engine/bin/schema-engine');
process.env.CHECKPOINT_DISABLE ||= '1'; // no telemetry, and no question whether there is a newer Prisma

const url = process.env.DATABASE_URL;
const shadowDatabaseUrl = process.env.SHADOW_DATABASE_URL;

export default {
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations', seed: 'node prisma/seed.ts' },
  // `prisma generate` needs no database; the commands that do say that there is none.
  ...(url && { datasource: { url, ...(shadowDatabaseUrl && { shadowDatabaseUrl }) } }),
} satisfies PrismaConfig;
