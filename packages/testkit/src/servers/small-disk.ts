import { spawnSync } from 'node:child_process';
import { type FileHandle, mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** Enough for Postgres' own log, of a gigabyte at most, and the data; in memory only as far as used. */
const SIZE = '1536m';

/** Taken by writing, since what is free changes meanwhile. */
const LAST_BYTES = 16 << 20;

/** A disk of its own for one server, in memory, which can become full. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no free byte. */
  fill(): Promise<void>;
  empty(): Promise<void>;
  remove(): Promise<void>;
}

/** Undefined where this process may not mount one, which takes root. */
export async function makeSmallDisk(folder: string, size = SIZE): Promise<SmallDisk | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  await mkdir(folder, { recursive: true });
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0755`, 'baton-chaos', folder], {
    reject: false,
  });
  if (mounted.failed) return undefined;
  const atExit = () => void spawnSync('umount', ['-l', folder]);
  process.once('exit', atExit);
  const ballast = join(folder, 'ballast');
  return {
    folder,
    async fill() {
      const { bavail, bsize } = await statfs(folder);
      const most = bavail * bsize - LAST_BYTES;
      if (most > 0) await execa('fallocate', ['-l', String(most), ballast]);
      const file = await open(ballast, 'a');
      try {
        for (const block of [Buffer.alloc(1 << 20), Buffer.alloc(bsize)]) await writeUntilFull(file, block);
      } finally {
        await file.close();
      }
    },
    empty: () => rm(ballast, { force: true }),
    async remove() {
      process.removeListener('exit', atExit);
      await execa('umount', ['-l', folder], { reject: false });
    },
  };
}

async function writeUntilFull(file: FileHandle, block: Buffer): Promise<void> {
  try {
    for (;;) await file.write(block);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}
