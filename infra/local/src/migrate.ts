import { execa } from 'execa';
import { ROOT } from './project.ts';

/**
 * Brings the database to the newest migration.
 * @throws with what the migration printed when it failed
 */
export async function migrate(env: NodeJS.ProcessEnv): Promise<void> {
  const done = await execa('pnpm', ['--filter', '@baton/session', 'run', 'db:migrate'], {
    cwd: ROOT,
    env,
    all: true,
    reject: false,
  });
  if (done.failed) throw new Error(`The database could not be migrated:\n${done.all || done.shortMessage}`);
}
