import { chown, cp, lstat, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { findProgram } from '../provision/programs.ts';

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
}

/** How to run Postgres' programs: `prefix` goes before the command, `owner` to spawn. */
export interface Unprivileged {
  binaries: PostgresBinaries;
  prefix: string[];
  owner?: { uid: number; gid: number };
}

/** Every user may read what root writes below it. */
const COPIES = '/var/tmp';

/**
 * Postgres refuses to run as root. As root, it runs as the user `nobody` (who exists everywhere, so no user is made),
 * and the data folder becomes that user's. A clone below a folder that only root may enter, such as /root, is out of
 * that user's reach. Then it runs a copy of the programs, as it checks with access(2), to which capabilities mean
 * nothing, that it may run them; and to reach its data it keeps the one capability for that (Linux's setpriv).
 * @param dir the data folder, which exists
 */
export async function unprivileged(binaries: PostgresBinaries, dir: string): Promise<Unprivileged> {
  if (process.getuid?.() !== 0) return { binaries, prefix: [] };
  const found = await stat(dir);
  const owner = found.uid === 0 ? await idsOf('nobody') : { uid: found.uid, gid: found.gid };
  if (found.uid === 0) await chown(dir, owner.uid, owner.gid);

  const runs = await succeeds([binaries.postgres, '--version'], owner);
  const reachable = runs ? binaries : await copyForAll(binaries);
  const enters = ['sh', '-c', 'cd "$1"', 'sh', dir];
  if (await succeeds(enters, owner)) return { binaries: reachable, prefix: [], owner };

  const setpriv = await findProgram('setpriv');
  if (setpriv !== undefined) {
    const user = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
    const prefix = [setpriv, ...user, '--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--'];
    if (await succeeds([...prefix, ...enters])) return { binaries: reachable, prefix };
  }
  throw new Error(
    `Postgres does not run as root, and the user it would run as cannot reach ${dir}. ` +
      'Use a folder that others may enter, run as an ordinary user, or set DATABASE_URL.',
  );
}

/** Copies the programs, with the libraries beside them, to where every user reaches them; once for each version. */
async function copyForAll(binaries: PostgresBinaries): Promise<PostgresBinaries> {
  const from = dirname(dirname(binaries.postgres));
  const version = await execa(binaries.postgres, ['--version']);
  const to = join(COPIES, `baton-${version.stdout.replace(/[^\w.]+/g, '-')}`);
  const there = await lstat(to).catch(() => undefined);
  if (there === undefined) {
    const fresh = await mkdtemp(`${to}-`);
    await cp(from, fresh, { recursive: true, verbatimSymlinks: true });
    await execa('chmod', ['-R', 'go+rX,go-w', fresh]);
    // Another run may have been faster; its copy is as good.
    await rename(fresh, to).catch(() => rm(fresh, { recursive: true }));
  } else if (!there.isDirectory() || there.uid !== 0 || (there.mode & 0o022) !== 0) {
    // Anybody can create that name there, and have us run it.
    throw new Error(`${to} is not root's own. Remove it, and start again.`);
  }
  const copied = (binary: string) => join(to, 'bin', basename(binary));
  return { postgres: copied(binaries.postgres), initdb: copied(binaries.initdb) };
}

async function succeeds(words: string[], owner?: { uid: number; gid: number }): Promise<boolean> {
  const [command = '', ...args] = words;
  return !(await execa(command, args, { reject: false, ...owner })).failed;
}

async function idsOf(user: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([execa('id', ['-u', user]), execa('id', ['-g', user])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
