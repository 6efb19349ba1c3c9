import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processIdentity } from './process-identity.ts';

const AGAIN_AFTER_MS = 1_000;
/** How long a process that an earlier run left is given to end by itself. */
const ENDS_WITHIN_MS = 5_000;

/** A process of ours, recorded in a file: enough to find it again and to be sure that it is the same one. */
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
  const handle = await open(file, options.exclusive ? 'wx' : 'w');
  try {
    await handle.writeFile(JSON.stringify(record));
  } catch (error) {
    // A full disk leaves an empty record, which says nothing.
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** Remembers a running process in `file`; on a full disk, as soon as there is space again. Never fails. */
export async function keepPidRecord(file: string, pid: number): Promise<void> {
  try {
    await writePidRecord(file, pid);
  } catch {
    setTimeout(async () => {
      if ((await processIdentity(pid)) !== undefined) await keepPidRecord(file, pid);
    }, AGAIN_AFTER_MS).unref();
  }
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
export async function stopLeftover(
  file: string,
  options: { signal?: NodeJS.Signals; within?: number } = {},
): Promise<number | undefined> {
  const record = await readLivePidRecord(file);
  if (record !== undefined) await endProcess(record, options);
  await rm(file, { force: true });
  return record?.pid;
}

/** Tells a process to end, ends it by force after `within` milliseconds, and resolves when it is gone. */
export async function endProcess(
  record: PidRecord,
  { signal = 'SIGTERM', within = ENDS_WITHIN_MS }: { signal?: NodeJS.Signals; within?: number } = {},
): Promise<void> {
  const gone = async () => (await processIdentity(record.pid)) !== record.identity;
  if (await gone()) return;
  sendSignal(record.pid, signal);
  const deadline = performance.now() + within;
  while (!(await gone())) {
    if (performance.now() > deadline) killGroup(record.pid);
    await pause(25);
  }
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

/** SIGKILL to a process, and to its group when it leads one: `node --watch` has the service below itself. */
export function killGroup(pid: number): void {
  sendSignal(-pid, 'SIGKILL');
  sendSignal(pid, 'SIGKILL');
}
