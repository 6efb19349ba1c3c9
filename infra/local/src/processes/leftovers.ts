import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { endProcess, type PidRecord, readLivePidRecord } from './pid-record.ts';

/** A process that a killed run could not stop. */
export interface Leftover {
  name: string;
  file: string;
  record: PidRecord;
  server: boolean;
}

/** Records which program works on this data. */
export const lockOf = (data: string) => join(data, 'baton.pid');

/** Processes of an earlier run that still run: its services, and the servers it started for them. */
export async function findLeftovers(data: string): Promise<Leftover[]> {
  const found = await Promise.all([recordsIn(join(data, 'run'), false), recordsIn(data, true)]);
  return found.flat().filter(({ file }) => file !== lockOf(data));
}

/** Ends them within seconds: services first, so that their last writes are kept. */
export async function endLeftovers(all: readonly Leftover[], say: (line: string) => void): Promise<void> {
  for (const servers of [false, true]) {
    await Promise.all(
      all
        .filter(({ server }) => server === servers)
        .map(async ({ name, file, record }) => {
          // Postgres' way of ending the connections that it has.
          await endProcess(record, { signal: name === 'postgres' ? 'SIGINT' : 'SIGTERM' });
          await rm(file, { force: true });
          say(`stopped ${name}, which an earlier run had left (process ${record.pid})`);
        }),
    );
  }
}

async function recordsIn(folder: string, server: boolean): Promise<Leftover[]> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.pid'));
  const found = await Promise.all(
    files.map(async (name) => {
      const file = join(folder, name);
      const record = await readLivePidRecord(file);
      return record === undefined ? [] : [{ name: basename(name, '.pid'), file, record, server }];
    }),
  );
  return found.flat();
}
