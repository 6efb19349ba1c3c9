// Runs a command with the URL of a server in its environment: the server that `npm start` runs now, else the one that
// the environment or `.env` names, else docker-compose's, else one that is started for this command alone.
import { join } from 'node:path';
import { withoutSecrets } from '@baton/addresses';
import { execa } from 'execa';
import { withComposeServers } from '../compose/compose-servers.ts';
import { endWithUs } from '../processes/end-with-us.ts';
import { lockOf } from '../processes/leftovers.ts';
import { onlyOne } from '../processes/only-one.ts';
import { readLivePidRecord } from '../processes/pid-record.ts';
import { stopRequest } from '../processes/stop-request.ts';
import { DATA, projectEnv, ROOT, readEnvFile } from '../project.ts';
import { warn } from '../screen/screen.ts';
import { type BackendEnv, type BackendName, backend, backendEnv } from '../servers/backends.ts';

const variables: Record<BackendName, keyof BackendEnv> = {
  postgres: 'DATABASE_URL',
  redis: 'REDIS_URL',
  nats: 'NATS_URL',
};
const names: readonly BackendName[] = ['postgres', 'redis', 'nats'];
const stop = stopRequest();
/** Not on stdout: what the command prints there may be for another program. */
const say = (line: string) => process.stderr.write(`${line}\n`);

async function main([wanted = '', command, ...args]: string[]): Promise<number> {
  const name = names.find((one) => one === wanted);
  if (name === undefined || command === undefined) {
    throw new Error(`Usage: with-backends ${names.join('|')} command [arguments]`);
  }
  const variable = variables[name];
  const lock = lockOf(DATA);
  const running = (await readLivePidRecord(lock)) ? readEnvFile(join(DATA, 'backends.env')) : {};
  const known = { ...running, ...projectEnv() };
  const env = await withComposeServers(known, say, [variable]);
  const url = env[variable];
  if (url !== undefined) {
    const ready = await backend(name, env, DATA, () => {}, warn);
    say(`${ready.title}: ${withoutSecrets(url)}`);
    return run(command, args, env);
  }

  const release = await onlyOne(lock);
  const stopped = endWithUs(DATA);
  try {
    const ready = await backend(name, env, DATA, say, warn);
    try {
      return await run(command, args, { ...env, ...backendEnv([ready]) });
    } finally {
      await ready.own?.stop();
    }
  } finally {
    stopped();
    await release();
  }
}

/** The command has the terminal: a Ctrl-C reaches it directly, and it decides what that means. */
async function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = execa(command, args, { cwd: ROOT, env, stdio: 'inherit', reject: false });
  void stop.asked.then(() => {
    if (stop.signal() !== 'SIGINT') child.kill(stop.signal());
  });
  const done = await child;
  if (done.exitCode === undefined) warn(done.shortMessage ?? `${command} could not be run`);
  return done.exitCode ?? 1;
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  warn(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
