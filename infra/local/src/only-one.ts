import { readFile, rm } from 'node:fs/promises';
import { readLivePidRecord, writePidRecord } from './pid-record.ts';

/**
 * Makes sure that only one program at a time works on this clone's data.
 * @param file remembers who it is; one that a killed run left is replaced
 * @returns the release
 * @throws when another one is at it, saying which
 */
export async function onlyOne(file: string): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt++) {
    try {
      await writePidRecord(file, process.pid, { exclusive: true });
      return () => rm(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const other = await readLivePidRecord(file);
    const text = await readFile(file, 'utf8').catch(() => '');
    // Empty: another one has just made the file and is about to write into it.
    if (other !== undefined || text === '' || attempt > 2) {
      const pid = other === undefined ? '' : ` (process ${other.pid})`;
      throw new Error(
        `Baton is already running in this clone${pid}. Stop it there first with Ctrl-C; for a second Baton, use a second clone.`,
      );
    }
    await rm(file, { force: true });
  }
}
