// `pnpm db:generate [name]`: a new migration when prisma/schema.prisma differs from the migrations; then
// the client. It works on a throwaway database, so it needs no server and touches none.
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { execa } from 'execa';
import { losesData, migrationName } from '../database/new-migration.ts';
import { writeMigration } from '../database/schema-migration.ts';
import { ROOT } from '../project.ts';
import { show, warn } from '../screen/screen.ts';

async function ask(): Promise<string> {
  if (!process.stdin.isTTY) return 'schema_change';
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('The schema has changed. What does the change do? (in a few words) ');
  terminal.close();
  return migrationName(answer);
}

try {
  const words = process.argv.slice(2);
  // Refuse a wrong name before doing anything.
  const given = words.length > 0 ? migrationName(words.join(' ')) : undefined;
  const made = await writeMigration(join(ROOT, 'services/session'), async () => given ?? ask());
  if (made === undefined) show('The migrations make what schema.prisma says.');
  else {
    show(`New migration: ${relative(ROOT, made.file)}`);
    for (const statement of losesData(made.sql)) warn(`It deletes data: ${statement}`);
    show('Read it, then apply it: pnpm db:migrate');
  }
  const generated = await execa('pnpm', ['exec', 'turbo', 'run', 'db:generate'], {
    cwd: ROOT,
    all: true,
    reject: false,
  });
  if (generated.failed) throw new Error(`The client could not be generated:\n${generated.all}`);
  show('The client is up to date.');
} catch (error) {
  warn(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
