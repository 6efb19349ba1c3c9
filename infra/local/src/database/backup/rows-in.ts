import type { BackupEnd } from './backup-file.ts';

/** For people: how much a backup holds. */
export function rowsIn({ tables }: BackupEnd): string {
  const rows = Object.values(tables).reduce((sum, one) => sum + one.rows, 0);
  return `${Object.keys(tables).length} tables, ${rows} rows`;
}
