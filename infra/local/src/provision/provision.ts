import { execa } from 'execa';
import { findProgram } from './programs.ts';

/** Tells the person what is being done; one line. */
export type Say = (line: string) => void;

/** A server that may have to be installed first. */
export interface ServerProgram {
  /** For people: 'Redis'. */
  name: string;
  program: string;
  debian: string;
  homebrew: string;
  /** Used directly when the program is unavailable. */
  image: string;
  /** The variable that names a server to use instead. */
  variable: string;
}

export const redisProgram: ServerProgram = {
  name: 'Redis',
  program: 'redis-server',
  debian: 'redis-server',
  homebrew: 'redis',
  image: 'redis:7',
  variable: 'REDIS_URL',
};

export const natsProgram: ServerProgram = {
  name: 'NATS',
  program: 'nats-server',
  debian: 'nats-server',
  homebrew: 'nats-server',
  image: 'nats:2',
  variable: 'NATS_URL',
};

/** How a server is to be run on this machine. */
export type Provision = { kind: 'binary'; path: string } | { kind: 'docker'; image: string };

/** What this machine offers; an argument, so that tests can describe another machine. */
export interface Machine {
  find: (program: string) => Promise<string | undefined>;
  run: (command: string, args: string[]) => Promise<{ ok: boolean; output: string }>;
  isRoot: boolean;
}

const thisMachine: Machine = {
  find: findProgram,
  run: async (command, args) => {
    const done = await execa(command, args, {
      reject: false,
      all: true,
      stdin: 'ignore',
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
    return { ok: !done.failed, output: String(done.all ?? done.message ?? '') };
  },
  isRoot: process.getuid?.() === 0,
};

/**
 * Finds the server's program: on the PATH, else from Debian's package (as root, or by sudo when it asks no password),
 * else from Homebrew, else as a Docker image. Throws with what to do when none of these is possible.
 */
export function provision(server: ServerProgram, say: Say, machine: Machine = thisMachine): Promise<Provision> {
  // One at a time: two runs of apt-get, or of brew, would block each other.
  const mine = busy.then(() => provide(server, say, machine));
  busy = mine.catch(() => {});
  return mine;
}

let busy: Promise<unknown> = Promise.resolve();

async function provide(server: ServerProgram, say: Say, machine: Machine): Promise<Provision> {
  const present = await machine.find(server.program);
  if (present !== undefined) return { kind: 'binary', path: present };

  const tried: string[] = [];
  const installed =
    (await fromDebian(server, say, machine, tried)) ?? (await fromHomebrew(server, say, machine, tried));
  if (installed !== undefined) return { kind: 'binary', path: installed };

  if ((await machine.find('docker')) !== undefined) {
    if ((await machine.run('docker', ['info'])).ok) return { kind: 'docker', image: server.image };
    tried.push('docker is here, but its engine does not answer');
  }
  throw new Error(
    [
      `${server.name} is missing: ${server.program} is not on the PATH.`,
      ...tried.map((line) => `  (${line})`),
      'Do one of these, and start again:',
      `  Debian, Ubuntu   sudo apt-get install ${server.debian}`,
      `  macOS            brew install ${server.homebrew}`,
      '  any system       start Docker',
      `  or set ${server.variable} to a server you have (see .env.example)`,
    ].join('\n'),
  );
}

async function fromDebian(server: ServerProgram, say: Say, machine: Machine, tried: string[]) {
  if ((await machine.find('apt-get')) === undefined) return undefined;
  const sudo = machine.isRoot ? [] : ['sudo', '-n'];
  if (!machine.isRoot) {
    if ((await machine.find('sudo')) === undefined || !(await machine.run('sudo', ['-n', 'true'])).ok) {
      tried.push('apt-get is here, but needs root, and sudo asks for a password');
      return undefined;
    }
  }
  const run = (...words: string[]) => {
    const [command = '', ...args] = [...sudo, ...words];
    return machine.run(command, args);
  };
  // A fresh machine is often busy with updates of its own at first: wait for them.
  const patient = ['-o', 'DPkg::Lock::Timeout=120'];
  const install = ['apt-get', ...patient, 'install', '--yes', '--no-install-recommends', server.debian];
  say(`${server.program} is not on this machine: installing Debian's package (${[...sudo, ...install].join(' ')})`);
  let done = await run(...install);
  if (!done.ok) {
    // A machine whose package lists are missing or old.
    await run('apt-get', ...patient, 'update');
    done = await run(...install);
  }
  if (!done.ok) {
    tried.push(`apt-get could not install ${server.debian}: ${lastLine(done.output)}`);
    return undefined;
  }
  await stopService(server, say, machine, run);
  return machine.find(server.program);
}

/** Debian starts a system service when it installs a server. Nobody asked for it, and Baton does not use it. */
async function stopService(
  server: ServerProgram,
  say: Say,
  machine: Machine,
  run: (...words: string[]) => Promise<{ ok: boolean }>,
) {
  const systemd = (await run('systemctl', 'is-active', '--quiet', server.debian)).ok;
  const sysv = !systemd && (await machine.find('service')) !== undefined;
  if (systemd) await run('systemctl', 'disable', '--now', server.debian);
  else if (sysv && (await run('service', server.debian, 'status')).ok) await run('service', server.debian, 'stop');
  else return;
  say(`the system service ${server.debian} that the package started was stopped again; Baton runs its own`);
}

async function fromHomebrew(server: ServerProgram, say: Say, machine: Machine, tried: string[]) {
  if ((await machine.find('brew')) === undefined) return undefined;
  say(`${server.program} is not on this machine: installing it (brew install ${server.homebrew})`);
  const done = await machine.run('brew', ['install', server.homebrew]);
  if (done.ok) return machine.find(server.program);
  tried.push(`brew could not install ${server.homebrew}: ${lastLine(done.output)}`);
  return undefined;
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}
