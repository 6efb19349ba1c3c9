import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withComposeServers } from '../compose/compose-servers.ts';
import { migrate } from '../database/migrate.ts';
import { refuseTakenPorts } from '../ports/ports.ts';
import { rememberedPorts } from '../ports/remembered-ports.ts';
import { endWithUs } from '../processes/end-with-us.ts';
import { healthy } from '../processes/healthy.ts';
import { endLeftovers, findLeftovers, lockOf } from '../processes/leftovers.ts';
import { onlyOne } from '../processes/only-one.ts';
import { releases } from '../processes/releases.ts';
import { developmentSecretNames, healthUrlOf, innerPorts, services, urlOf } from '../processes/services.ts';
import { stopRequest } from '../processes/stop-request.ts';
import { type Death, type Supervised, supervise } from '../processes/supervisor.ts';
import { DATA, DATA_SHOWN, projectEnv } from '../project.ts';
import { forScreen, readable } from '../screen/log-lines.ts';
import { say, show, warn } from '../screen/screen.ts';
import { welcome } from '../screen/welcome.ts';
import { developmentSecrets, envText } from '../secrets.ts';
import { type BackendName, backend, backendEnv } from '../servers/backends.ts';

const BACKENDS: readonly BackendName[] = ['postgres', 'redis', 'nats'];
/** A service ends its own stop after 25 s. */
const DRAIN_WITHIN_MS = 30_000;
/** How long a part that was starting when the stop came may take to be up, so that it can be stopped. */
const SETTLE_WITHIN_MS = 5_000;

const watch = process.argv.includes('--watch');
const held = releases((error) => warn(messageOf(error)));
const stop = stopRequest();

/** Starts everything; resolves when all is well, with what can end it. */
async function bringUp(): Promise<Supervised[]> {
  const given = await withComposeServers(projectEnv(), say);
  services(given);
  await held.add(await onlyOne(lockOf(DATA), onKilledRun));
  await endLeftovers(await findLeftovers(DATA), say);
  const stopped = endWithUs(DATA);
  await held.add(async () => stopped());
  const env = { ...given, ...(await innerPorts(given, rememberedPorts(DATA))) };
  const planned = services(env);
  await refuseTakenPorts(planned);

  const settled = await Promise.allSettled(
    BACKENDS.map(async (name) => {
      const ready = await backend(name, env, DATA, say, warn);
      const { own } = ready;
      if (own) await held.add(() => own.stop());
      return ready;
    }),
  );
  const faults = settled.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []));
  if (faults.length > 0) throw new Error(faults.join('\n\n'));
  const backends = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const urls = backendEnv(backends);
  const url = urlOf(env);
  const note = join(DATA, 'backends.env');
  writeFileSync(note, envText({ ...urls, BATON_URL: url }), { mode: 0o600 });
  await held.add(() => rm(note, { force: true }));

  await migrate({ ...env, ...urls });
  say('the database is up to date');

  const secrets = developmentSecrets(join(DATA, 'secrets.env'), developmentSecretNames);
  const running: Supervised[] = [];
  for (const spec of services({ ...secrets, ...env, ...urls })) {
    const service = await supervise(spec, { data: DATA, watch, onLine, onDeath });
    await held.add(() => service.stop(stop.hurry() ? 0 : DRAIN_WITHIN_MS));
    running.push(service);
  }
  say(`started ${running.map(({ name }) => name).join(', ')}; waiting until all is well`);
  const troubles = await Promise.race([healthy(healthUrlOf(env)), firstDeath(running)]);
  for (const service of running) service.keepAlive();
  show(welcome({ url, services: planned, backends, env, watch, troubles }));
  return running;
}

/** Never resolves; rejects when a service has ended for good. */
async function firstDeath(running: readonly Supervised[]): Promise<never> {
  const { service, reason } = await Promise.race(running.map(({ gaveUp }) => gaveUp));
  throw new Error(`${service} ${reason}, so Baton stops. Its whole log: ${DATA_SHOWN}logs/${service}.log`);
}

function onKilledRun(pid: number | undefined): void {
  warn(`An earlier run${pid === undefined ? '' : ` (process ${pid})`} was ended before it could stop.`);
}

function messageOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
    return `The disk of ${DATA_SHOWN} is full (${error.message}). Make space, and start again.`;
  return error instanceof Error ? error.message : String(error);
}

function onLine(service: string, line: string, stream: 'stdout' | 'stderr'): void {
  // Output of `node --watch` itself.
  const ofWatch = watch && /^(Restarting|Failed running) /.test(line);
  const text = ofWatch ? `${service}: ${line}` : forScreen(service, line, stream);
  if (text !== undefined) show(text);
}

function onDeath({ service, reason, lastLines, againInMs }: Death): void {
  const next = againInMs === undefined ? '' : `; starting it again in ${againInMs / 1_000} s`;
  warn(`${service} ${reason}${next}. Its log, ${DATA_SHOWN}logs/${service}.log, ends with:`);
  for (const line of lastLines) show(`    ${readable(line)}`);
}

const work = bringUp();
let code = 0;
try {
  const running = await Promise.race([work, stop.asked]);
  if (running) await Promise.race([firstDeath(running), stop.asked]);
} catch (error) {
  warn(messageOf(error));
  code = 1;
}
if (stop.signal() !== undefined) say('stopping; what is in flight is finished first (a second Ctrl-C hurries)');
await held.all();
await Promise.race([work.catch(() => {}), new Promise((resolve) => setTimeout(resolve, SETTLE_WITHIN_MS))]);
if (stop.signal() !== undefined) say(`stopped; the data is in ${DATA_SHOWN}`);
process.exit(code);
