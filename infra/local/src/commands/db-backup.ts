// `pnpm db:backup [file]`: one consistent snapshot of the session service's tables, in one file.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rowsIn } from '../database/backup/rows-in.ts';
import { writeBackup } from '../database/backup/write-backup.ts';
import { DATA } from '../project.ts';
import { show, warn } from '../screen/screen.ts';

const url = process.env.DATABASE_URL;
if (url === undefined) throw new Error('DATABASE_URL is not set; run this as `pnpm db:backup`');
const at = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
const file = resolve(process.env.INIT_CWD ?? '.', process.argv[2] ?? join(DATA, 'backups', `baton-${at}.sql.gz`));
try {
  const end = await writeBackup(url, file);
  show(`${file}: ${rowsIn(end)}, ${((await stat(file)).size / 1e6).toFixed(1)} MB; read back and found whole`);
  show('Accounts and the audit log are not in it. For these: pg_dump --schema=workspace');
} catch (error) {
  warn(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
