import { readFile } from 'node:fs/promises';
import { execa } from 'execa';

/**
 * What tells the process that has this pid now from another that had it earlier: when it was started.
 * Undefined when no such process runs. A pid alone proves nothing: in containers the same few come again.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    ]);
    if (stat === undefined) return undefined;
    // The command's name, in parentheses, may hold spaces; what follows it is plain: state is field 3, start time 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return `${boot.trim()}:${fields[19]}`;
  }
  const ps = await execa('ps', ['-o', 'lstart=', '-p', String(pid)], {
    reject: false,
    env: { LC_ALL: 'C' },
  });
  return ps.exitCode === 0 && ps.stdout.trim() !== '' ? ps.stdout.trim() : undefined;
}
