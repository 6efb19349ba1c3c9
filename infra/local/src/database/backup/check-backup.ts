import { finished } from 'node:stream/promises';
import { type BackupEnd, readBackup, Sum, type TableSum } from './backup-file.ts';

/**
 * Reads a backup to its end.
 * @throws when its content does not match its checksums
 */
export async function checkBackup(file: string): Promise<BackupEnd> {
  const found: Record<string, TableSum> = {};
  for await (const part of readBackup(file)) {
    if (part.kind === 'table') {
      const sum = new Sum();
      sum.resume();
      for await (const rows of part.data) sum.write(rows);
      sum.end();
      await finished(sum);
      found[part.table] = sum.result();
    } else if (part.kind === 'end') {
      compareSums(part.end, found);
      return part.end;
    }
  }
  throw new Error(`${file} has no end`);
}

/** @throws naming the first table that is missing or different */
export function compareSums({ tables }: BackupEnd, found: Record<string, TableSum>): void {
  for (const name of new Set([...Object.keys(tables), ...Object.keys(found)])) {
    if (tables[name]?.sha256 === found[name]?.sha256 && tables[name]?.rows === found[name]?.rows) continue;
    throw new Error(`The backup is damaged: the table ${name} is not what was written.`);
  }
}
