import { readdir, readFile, readlink } from 'node:fs/promises';
import { execa } from 'execa';

/** Who listens on a port of this machine. */
export interface PortHolder {
  pid: number;
  command: string;
  /** The folder it was started in. */
  folder: string | undefined;
}

/** Undefined when it cannot be known: another user's process is not readable. */
export async function portHolder(port: number): Promise<PortHolder | undefined> {
  const pid = process.platform === 'linux' ? await listenerOnLinux(port) : await listenerByLsof(port);
  if (pid === undefined) return undefined;
  const ps = await execa('ps', ['-o', 'command=', '-p', String(pid)], { reject: false });
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  const command = ps.stdout?.trim().split('\n')[0] ?? '';
  return { pid, command: command.length > 80 ? `${command.slice(0, 79)}…` : command, folder };
}

const LISTEN = '0A';

async function listenerOnLinux(port: number): Promise<number | undefined> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set(
    tables
      .flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
      .filter((fields) => fields[1]?.endsWith(`:${hex}`) && fields[3] === LISTEN)
      .map((fields) => `socket:[${fields[9]}]`),
  );
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      if (inodes.has(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))) return Number(pid);
    }
  }
  return undefined;
}

async function listenerByLsof(port: number): Promise<number | undefined> {
  const found = await execa('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], { reject: false });
  const pid = Number(found.stdout?.split('\n')[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}
