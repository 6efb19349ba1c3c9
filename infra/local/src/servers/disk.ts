import { mkdir, statfs } from 'node:fs/promises';

/**
 * What a server needs to start again after a full disk: Postgres a file of its own log, of 16 MB, and some more for
 * finishing its recovery.
 */
const NEEDED_BYTES = 32 << 20;

/** The disk below this size is small: a test's, or a small machine's. */
const SMALL_BYTES = 4 << 30;

export interface Space {
  /** Whether a server can be expected to work. */
  enough: boolean;
  /** For people: '3 MB free'. */
  text: string;
}

/** How much may still be written to the disk that `dir` is on. An unreadable folder counts as fine. */
export async function spaceAt(dir: string): Promise<Space> {
  const found = await statfs(dir).catch(() => undefined);
  if (found === undefined) return { enough: true, text: 'unknown' };
  const free = found.bavail * found.bsize;
  return {
    enough: free >= NEEDED_BYTES,
    text: `${Math.floor(free / (1 << 20))} MB free, ${NEEDED_BYTES >> 20} MB needed`,
  };
}

/** The size of a disk that is small, in bytes; undefined for any other. */
export async function smallDiskAt(dir: string): Promise<number | undefined> {
  await mkdir(dir, { recursive: true });
  const { blocks, bsize } = await statfs(dir);
  return blocks * bsize < SMALL_BYTES ? blocks * bsize : undefined;
}
