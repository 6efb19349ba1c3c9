// `pnpm db:restore file [--replace | --check]`: the database as it was when the backup was made, then migrated to the
// newest; with --check, it only verifies the file.
import { resolve } from 'node:path';
import { checkBackup } from '../database/backup/check-backup.ts';
import { restoreBackup } from '../database/backup/restore-backup.ts';
import { rowsIn } from '../database/backup/rows-in.ts';
import { migrate } from '../database/migrate.ts';
import { show, warn } from '../screen/screen.ts';

const url = process.env.DATABASE_URL;
if (url === undefined) throw new Error('DATABASE_URL is not set; run this as `pnpm db:restore`');
const words = process.argv.slice(2);
const [name, ...more] = words.filter((word) => !word.startsWith('--'));
const flags = words.filter((word) => word.startsWith('--'));
const unknown = flags.find((flag) => flag !== '--replace' && flag !== '--check');
try {
  if (name === undefined || more.length > 0 || unknown) {
    throw new Error('Usage: pnpm db:restore file [--replace: delete what the database holds | --check: read it only]');
  }
  const file = resolve(process.env.INIT_CWD ?? '.', name);
  if (flags.includes('--check')) {
    show(`${file}: ${rowsIn(await checkBackup(file))}, whole`);
  } else {
    const { head, end } = await restoreBackup(url, file, { replace: flags.includes('--replace') });
    show(`restored ${rowsIn(end)} as of ${head.madeAt}`);
    await migrate(process.env);
    show('the database is up to date; Redis and NATS need nothing, as the queue is made from the database');
  }
} catch (error) {
  warn(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
