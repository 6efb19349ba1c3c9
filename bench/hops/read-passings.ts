import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Passing } from './follow.ts';
import type { WireTime } from './wire-times.ts';

/** A process that noted what it read and wrote; `port`, where it listens, if anybody connects to it. */
export interface Noted {
  pid: number;
  who: string;
  port?: number;
}

/**
 * What the processes noted between two times of the clock that they share, sorted by time.
 * @param ports who listens where, besides the processes themselves; who connects to one of those is `load`
 */
export async function readPassings(
  folder: string,
  processes: readonly Noted[],
  ports: ReadonlyMap<number, string>,
  between: { begin: number; end: number },
): Promise<Passing[]> {
  const own = new Map(processes.flatMap(({ port, who }) => (port === undefined ? [] : [[port, who] as const])));
  const passings: Passing[] = [];
  for (const { pid, who } of processes) {
    const times = JSON.parse(await readFile(join(folder, `${pid}.json`), 'utf8')) as WireTime[];
    for (const [atMicros, kind, remotePort, localPort] of times) {
      const peer = ports.get(remotePort) ?? own.get(remotePort) ?? (own.has(localPort) ? 'load' : 'another');
      if (atMicros >= between.begin && atMicros <= between.end) passings.push({ atMicros, who, kind, peer });
    }
  }
  return passings.sort((left, right) => left.atMicros - right.atMicros);
}

/** Now, by the clock that all processes share. */
export const nowMicros = () => Number(process.hrtime.bigint()) / 1_000;
