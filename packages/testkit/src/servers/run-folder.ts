import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLivePidRecord, stopLeftover, writePidRecord } from '@baton/local';

const PREFIX = 'baton-test-';
const OWNER = 'owner.pid';

/** A temporary folder for one test run; `<anything>.pid` in it are processes of the run. */
export async function makeRunFolder(): Promise<string> {
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  await writePidRecord(join(folder, OWNER), process.pid);
  return folder;
}

/** A test run that was killed could not stop its processes: the next run does. */
async function removeLeftovers(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const folder of names.map((name) => join(tmpdir(), name))) {
    const files = await readdir(folder).catch((): string[] => []);
    // Without the owner's record it is a folder that another run is making at this moment.
    if (!files.includes(OWNER) || (await readLivePidRecord(join(folder, OWNER)))) continue;
    const records = files.filter((file) => file.endsWith('.pid') && file !== OWNER);
    await Promise.all(records.map((file) => stopLeftover(join(folder, file), { signal: 'SIGINT' })));
    await rm(folder, { recursive: true, force: true });
  }
}
