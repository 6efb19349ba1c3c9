import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processIdentity } from './process-identity.ts';

/** A process of ours, as remembered in a file: enough to find it again and to be sure that it is the same one. */
export interface PidRecord {
  pid: number;
  identity: string;
}

/** Remembers a running process in `file`. With `exclusive`, fails with EEXIST when the file is there already. */
export async function writePidRecord(file: string, pid: number, options: { exclusive?: boolean } = {}): Promise<void> {
  const record: PidRecord = {
    pid,
    identity: (await processIdentity(pid)) ?? '',
  };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(record), {
    flag: options.exclusive ? 'wx' : 'w',
  });
}

/** The process remembered in `file` if it still runs, else undefined; a damaged file counts as none. */
export async function readLivePidRecord(file: string): Promise<PidRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record = parseRecord(text);
  if (record === undefined) return undefined;
  return (await processIdentity(record.pid)) === record.identity ? record : undefined;
}

/**
 * Ends the process that an earlier, killed run left behind, if it still runs, and removes its record.
 * @returns the pid that was stopped
 */
export async function stopLeftover(file: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | undefined> {
  const record = await readLivePidRecord(file);
  if (record !== undefined) {
    const gone = async () => (await processIdentity(record.pid)) !== record.identity;
    sendSignal(record.pid, signal);
    const deadline = Date.now() + 10_000;
    while (!(await gone())) {
      if (Date.now() > deadline) sendSignal(record.pid, 'SIGKILL');
      await pause(25);
    }
  }
  await rm(file, { force: true });
  return record?.pid;
}

function parseRecord(text: string): PidRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('identity' in value)) return undefined;
    if (typeof value.pid !== 'number' || typeof value.identity !== 'string' || value.identity === '') return undefined;
    return { pid: value.pid, identity: value.identity };
  } catch {
    return undefined;
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
