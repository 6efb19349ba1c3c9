import { spawnSync } from 'node:child_process';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** Enough for a run of twenty minutes with Postgres' own log of a gigabyte, in memory only as far as it is used. */
const SIZE = '2g';

/** A disk of its own for one server, in memory, which can become full. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no free byte, and takes whatever becomes free until it is emptied again. */
  fill(): Promise<void>;
  empty(): Promise<void>;
  remove(): Promise<void>;
}

/** Undefined where this process may not mount one, which takes root. */
export async function makeSmallDisk(folder: string): Promise<SmallDisk | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  await mkdir(folder, { recursive: true });
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0755`, 'baton-chaos', folder], {
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
      await execa('fallocate', ['-l', String(bavail * bsize), ballast]);
      // What was freed or not counted meanwhile.
      const file = await open(ballast, 'a');
      const block = Buffer.alloc(bsize);
      try {
        for (;;) await file.write(block);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
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
