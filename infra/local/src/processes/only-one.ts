import { readFile, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { readLivePidRecord, writePidRecord } from './pid-record.ts';

/** A program that has just created the file writes into it within this time. */
const WRITTEN_WITHIN_MS = 500;

/**
 * Makes sure that only one program at a time works on this clone's data.
 * @param file records the program; one that a killed run left is replaced
 * @param onKilledRun called when an earlier run ended without its release
 * @returns the release
 * @throws when another program works on the data, naming it
 */
export async function onlyOne(
  file: string,
  onKilledRun: (pid: number | undefined) => void = () => {},
): Promise<() => Promise<void>> {
  for (const begin = performance.now(); ; ) {
    try {
      await writePidRecord(file, process.pid, { exclusive: true });
      return () => rm(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const other = await readLivePidRecord(file);
    if (other !== undefined) {
      throw new Error(
        `Baton is already running in this clone (process ${other.pid}). Stop it there first with Ctrl-C; ` +
          'for a second Baton, use a second clone.',
      );
    }
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text === '' && performance.now() - begin < WRITTEN_WITHIN_MS) {
      await pause(20);
      continue;
    }
    onKilledRun(pidIn(text));
    await rm(file, { force: true });
  }
}

function pidIn(text: string): number | undefined {
  const digits = /"pid":(\d+)/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
