import { expect, it } from 'vitest';
import { type Machine, natsProgram, provision, redisProgram } from './provision.ts';

interface Has {
  /** Programs that are there from the beginning. */
  programs?: string[];
  /** Commands that succeed; all others fail. A command may bring programs with it. */
  commands?: Record<string, string[]>;
  isRoot?: boolean;
}

/** A machine that has what it is said to have, and remembers what was run and said. */
function machine({ programs = [], commands = {}, isRoot = false }: Has) {
  const present = new Set(programs);
  const ran: string[] = [];
  const said: string[] = [];
  const fake: Machine = {
    isRoot,
    find: async (program) => (present.has(program) ? `/bin/${program}` : undefined),
    run: async (command, args) => {
      const line = [command, ...args].join(' ');
      ran.push(line);
      const brings = commands[line];
      for (const program of brings ?? []) present.add(program);
      return { ok: brings !== undefined, output: `reading\nfailed: ${command}` };
    },
  };
  return { fake, ran, said, say: (line: string) => said.push(line) };
}

const INSTALL_REDIS = 'apt-get -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends redis-server';

it('uses what is on the PATH, and does nothing else', async () => {
  const { fake, ran, said, say } = machine({ programs: ['nats-server', 'apt-get'], isRoot: true });
  expect(await provision(natsProgram, say, fake)).toEqual({ kind: 'binary', path: '/bin/nats-server' });
  expect([...ran, ...said]).toEqual([]);
});

it('installs Debian’s package as root, says so before, and stops the service that the package started', async () => {
  const { fake, ran, said, say } = machine({
    programs: ['apt-get', 'service'],
    isRoot: true,
    commands: {
      [INSTALL_REDIS]: ['redis-server'],
      'service redis-server status': [],
      'service redis-server stop': [],
    },
  });
  expect(await provision(redisProgram, say, fake)).toEqual({ kind: 'binary', path: '/bin/redis-server' });
  expect(said[0]).toMatch(/redis-server is not on this machine: installing Debian's package \(apt-get .* install/);
  expect(said[1]).toMatch(/system service redis-server .* was stopped again/);
  expect(ran.at(-1)).toBe('service redis-server stop');
});

it('disables the service where systemd runs it', async () => {
  const { fake, ran, say } = machine({
    programs: ['apt-get', 'service'],
    isRoot: true,
    commands: {
      [INSTALL_REDIS]: ['redis-server'],
      'systemctl is-active --quiet redis-server': [],
      'systemctl disable --now redis-server': [],
    },
  });
  await provision(redisProgram, say, fake);
  expect(ran.at(-1)).toBe('systemctl disable --now redis-server');
});

it('renews the package lists when the first try fails', async () => {
  const { fake, ran, say } = machine({ programs: ['apt-get'], isRoot: true });
  await expect(provision(redisProgram, say, fake)).rejects.toThrow();
  expect(ran).toEqual([INSTALL_REDIS, 'apt-get -o DPkg::Lock::Timeout=120 update', INSTALL_REDIS]);
});

it('uses sudo when it asks no password, else leaves Debian’s package alone', async () => {
  const willing = machine({
    programs: ['apt-get', 'sudo'],
    commands: { 'sudo -n true': [], [`sudo -n ${INSTALL_REDIS}`]: ['redis-server'] },
  });
  expect(await provision(redisProgram, willing.say, willing.fake)).toMatchObject({ kind: 'binary' });

  const asking = machine({ programs: ['apt-get', 'sudo'] });
  await expect(provision(redisProgram, asking.say, asking.fake)).rejects.toThrow(/sudo asks for a password/);
  expect(asking.ran).toEqual(['sudo -n true']);
});

it('installs from Homebrew', async () => {
  const { fake, said, say } = machine({ programs: ['brew'], commands: { 'brew install redis': ['redis-server'] } });
  expect(await provision(redisProgram, say, fake)).toEqual({ kind: 'binary', path: '/bin/redis-server' });
  expect(said).toEqual(['redis-server is not on this machine: installing it (brew install redis)']);
});

it('falls back to Docker when its engine answers', async () => {
  const { fake, say } = machine({ programs: ['docker'], commands: { 'docker info': [] } });
  expect(await provision(natsProgram, say, fake)).toEqual({ kind: 'docker', image: 'nats:2' });
});

it('says what was tried and what to install when nothing is possible', async () => {
  const { fake, say } = machine({ programs: ['docker', 'brew'] });
  const message = await provision(natsProgram, say, fake).then(
    () => '',
    (error: Error) => error.message,
  );
  expect(message).toBe(
    [
      'NATS is missing: nats-server is not on the PATH.',
      '  (brew could not install nats-server: failed: brew)',
      '  (docker is here, but its engine does not answer)',
      'Do one of these, and start again:',
      '  Debian, Ubuntu   sudo apt-get install nats-server',
      '  macOS            brew install nats-server',
      '  any system       start Docker',
      '  or set NATS_URL to a server you have (see .env.example)',
    ].join('\n'),
  );
});
