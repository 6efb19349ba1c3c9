import { setTimeout as pause } from 'node:timers/promises';
import { restartPause } from '../processes/restart-pause.ts';
import { spaceAt } from './disk.ts';
import type { Again, OwnServer } from './server-process.ts';

export interface KeptServerOptions {
  /** For people: 'Postgres'. */
  name: string;
  /** Where its data lies. */
  dir: string;
  /** Starts it on its data; a restart uses the same port, so that its users find it. */
  start: (again?: Again) => Promise<OwnServer>;
  /** Resolves when it does its job, writing included. */
  works: (url: string) => Promise<void>;
  /** So many checks in a row must fail, with space on the disk, before a running server is restarted. */
  failuresAllowed: number;
  /** How often it is checked, in milliseconds: while it works, and while it does not. */
  every?: { calm: number; alert: number };
  /** Tells the person what happened. */
  tell: (line: string) => void;
}

const EVERY = { calm: 5_000, alert: 1_000 };
/** How long a broken server may take to end by itself. */
const BROKEN_ENDS_WITHIN_MS = 2_000;

/**
 * Starts a server and keeps it working until it is stopped. A server that ended is restarted on the same data and port,
 * and so is one that runs but does not work, such as a NATS whose JetStream hangs after a full disk. While the disk is
 * full no restart helps, so it waits for space.
 */
export async function keepServer(options: KeptServerOptions): Promise<OwnServer> {
  const { name, dir, tell, every = EVERY } = options;
  const stopping = new AbortController();
  let server = await options.start();
  const { url } = server;
  const again: Again = { port: Number(new URL(url).port), signal: stopping.signal };

  /** Resolves with the reason for a restart, once there is one; undefined when `over` comes first. */
  const broken = async (over: AbortSignal): Promise<string | undefined> => {
    let failures = 0;
    let told = false;
    for (let full = false; !over.aborted; await wait(failures > 0 ? every.alert : every.calm, over)) {
      const fault = await options.works(url).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      const space = await spaceAt(dir);
      if (fault === undefined) {
        if (told) tell(`${name} works again`);
        told = false;
        full = false;
        failures = 0;
      } else if (!space.enough) {
        failures += 1;
        full = true;
        if (!told) tell(`${name} cannot work, as the disk of its data is full (${space.text}): ${fault}`);
        told = true;
      } else {
        failures = full ? options.failuresAllowed - 1 : failures + 1;
        full = false;
        if (failures >= options.failuresAllowed) return `does not work (${fault})`;
        // Space has just come back: it may need a moment, or a restart.
        if (failures === options.failuresAllowed - 1) await wait(every.alert, over);
      }
    }
    return undefined;
  };

  const startAgain = async () => {
    let toldFull = false;
    let fault = '';
    for (let attempt = 0; !stopping.signal.aborted; ) {
      const space = await spaceAt(dir);
      if (!space.enough) {
        if (!toldFull) tell(`${name} waits for space on the disk of its data (${space.text})`);
        toldFull = true;
        await wait(every.alert, stopping.signal);
        continue;
      }
      try {
        server = await options.start(again);
        return;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        // Often the first failure: the processes of a killed Postgres hold its memory a moment longer.
        if (attempt > 0 && message !== fault) tell(message);
        fault = message;
      }
      await wait(restartPause(attempt++), stopping.signal);
    }
  };

  const keeping = (async () => {
    while (!stopping.signal.aborted) {
      const life = new AbortController();
      const reason = await Promise.race([server.exited, broken(AbortSignal.any([life.signal, stopping.signal]))]);
      life.abort();
      if (stopping.signal.aborted) return;
      const since = performance.now();
      tell(`${name} ${reason}; starting it again`);
      await server.stop(BROKEN_ENDS_WITHIN_MS);
      await startAgain();
      if (stopping.signal.aborted) return;
      tell(`${name} is back after ${((performance.now() - since) / 1_000).toFixed(1)} s, with its data, at ${url}`);
    }
  })();

  return {
    url,
    exited: keeping.then(() => server.exited),
    stop: async (within) => {
      stopping.abort();
      // A start that is under way ends within its own limits; what it started is stopped here.
      await keeping;
      await server.stop(within);
    },
  };
}

const wait = (ms: number, over: AbortSignal) => pause(ms, undefined, { signal: over }).catch(() => {});
