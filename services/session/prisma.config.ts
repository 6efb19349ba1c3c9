import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
// Only the type: the image does not have Prisma's command line as a dependency of this package.
import type { PrismaConfig } from 'prisma/config';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const dotEnv = fromHere('../../.env');
if (existsSync(dotEnv)) process.loadEnvFile(dotEnv); // variables that are set already take precedence

// Uses an engine that is installed with the project instead of one that Prisma would download. Prisma reads this
// variable after this file, so it applies to every command, also by hand. A value that is set already is kept.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ||= fromHere('../../infra/schema-engine/bin/schema-engine');
process.env.CHECKPOINT_DISABLE ||= '1'; // no telemetry and no check for updates

const url = process.env.DATABASE_URL;
const shadowDatabaseUrl = process.env.SHADOW_DATABASE_URL;

export default {
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations', seed: 'node prisma/seed.ts' },
  // `prisma generate` needs no database. Commands that need one report that it is missing.
  ...(url && { datasource: { url, ...(shadowDatabaseUrl && { shadowDatabaseUrl }) } }),
} satisfies PrismaConfig;
