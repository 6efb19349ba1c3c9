import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process, with its children, under the name that the tables show. Several may have one name. */
export interface Measured {
  name: string;
  pid: number;
}

/** Seconds of CPU time by name. */
export type CpuSeconds = Record<string, number>;

interface ProcessTimes {
  pid: number;
  parent: number;
  /** Seconds of CPU time of its own. */
  own: number;
  /** Of its children that have ended and were waited for. */
  ended: number;
}

/** Linux tells times in ticks of this many a second, on every platform that Node has binaries for. */
const TICKS_PER_SECOND = 100;

/** CPU time that the processes have taken so far, user and system, children included. */
async function cpuSeconds(measured: readonly Measured[]): Promise<CpuSeconds> {
  const all = process.platform === 'linux' ? await timesFromProc() : await timesFromPs();
  const children = Map.groupBy(all, ({ parent }) => parent);
  const byPid = new Map(all.map((one) => [one.pid, one]));
  const total = (pid: number): number => {
    const self = byPid.get(pid);
    if (self === undefined) return 0;
    const below = (children.get(pid) ?? []).reduce((sum, child) => sum + total(child.pid), 0);
    return self.own + self.ended + below;
  };
  const result: CpuSeconds = {};
  for (const { name, pid } of measured) result[name] = (result[name] ?? 0) + total(pid);
  return result;
}

/** CPU time that `work` took, by name. */
export async function cpuOf<Result>(
  measured: readonly Measured[],
  work: () => Promise<Result>,
): Promise<{ result: Result; cpu: CpuSeconds }> {
  const before = await cpuSeconds(measured);
  const result = await work();
  const after = await cpuSeconds(measured);
  return {
    result,
    cpu: Object.fromEntries(Object.entries(after).map(([name, at]) => [name, at - (before[name] ?? 0)])),
  };
}

/** Of a line of /proc/<pid>/stat, whose second field is a name in brackets that may hold anything. */
export function parseStat(line: string): ProcessTimes {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return {
    pid: Number.parseInt(line, 10),
    parent: field(4),
    own: (field(14) + field(15)) / TICKS_PER_SECOND,
    ended: (field(16) + field(17)) / TICKS_PER_SECOND,
  };
}

async function timesFromProc(): Promise<ProcessTimes[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end between the two looks.
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return lines.filter((line) => line !== '').map(parseStat);
}

/** `[[dd-]hh:]mm:ss.cc`, as ps writes CPU time. */
export function parsePsTime(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text];
  return (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}

async function timesFromPs(): Promise<ProcessTimes[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,time=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [pid = '', parent = '', time = ''] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), own: parsePsTime(time), ended: 0 };
    });
}

/** Resident memory of a process in bytes, from ps, which tells it in kilobytes everywhere. */
export async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) * 1_024;
}
